/*
 * unit_changes.h
 *		What the public has seen change, for the streams of projects.
 */
#ifndef REALTY_DOMAIN_UNIT_UNIT_CHANGES_H
#define REALTY_DOMAIN_UNIT_UNIT_CHANGES_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/hsearch.h"

#include "domain/unit/unit_rows.h"
#include "platform/kept_statement.h"

#define UNIT_CHANGES_NAMED 50 /* units of one statement */

/* The changes of one statement: by unit as long as they are few, then by project. */
typedef struct UnitChanges
{
	int count;
	struct
	{
		int64 id;
		int64 project_id;
	} named[UNIT_CHANGES_NAMED];
	HTAB *projects; /* NULL as long as units are named */
} UnitChanges;

/*
 * Note what a statement does to its units, one by one (NULL: it was not there, it is
 * gone), and write it. As the owner, between SPI_connect and SPI_finish.
 */
extern void realty_unit_changes_open(UnitChanges *changes);
extern void realty_unit_changes_note(UnitChanges *changes, const UnitState *before,
									 const UnitState *after);
extern void realty_unit_changes_close(UnitChanges *changes);

/* Let go of what is older than it is kept. The same; at read committed. */
extern void realty_unit_changes_trim(int64 project_id);

/*
 * A function (most integer) → SETOF bigint: tidies the projects that the statement
 * finds, at most so many, and returns their ids.
 */
extern Datum realty_unit_changes_tidy(FunctionCallInfo fcinfo, RealtyStatement *find,
									  void (*tidy)(int64 project_id));

#endif /* REALTY_DOMAIN_UNIT_UNIT_CHANGES_H */
