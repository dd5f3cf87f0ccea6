/*
 * reader.h
 *		What a reader sees that the row itself does not say.
 */
#ifndef REALTY_DOMAIN_READER_H
#define REALTY_DOMAIN_READER_H

#include "postgres.h"

/*
 * Does the current user see this project, or this unit, although the market does not show
 * it: an administrator, or a customer with a live booking there? As the policies have it
 * for them. Between realty_owner_sql_begin and _end.
 */
extern bool realty_reader_sees_project(int64 project_id);
extern bool realty_reader_sees_unit(int64 unit_id);

#endif /* REALTY_DOMAIN_READER_H */
