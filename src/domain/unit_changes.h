/*
 * unit_changes.h
 *		What the public has seen change, for the streams of projects.
 */
#ifndef REALTY_DOMAIN_UNIT_CHANGES_H
#define REALTY_DOMAIN_UNIT_CHANGES_H

#include "postgres.h"

#include "commands/trigger.h"

/*
 * Note what the statement did to units; `rows` of them where it inserts or deletes.
 * As the owner, between SPI_connect and SPI_finish, with the trigger's data registered.
 */
extern void realty_unit_changes_note(const TriggerData *data, int64 rows);

/* Let go of what is older than it is kept. The same; at read committed. */
extern void realty_unit_changes_trim(int64 project_id);

#endif /* REALTY_DOMAIN_UNIT_CHANGES_H */
