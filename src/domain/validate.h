/*
 * validate.h
 *		Every CHECK and NOT NULL of a relation, at once.
 */
#ifndef REALTY_DOMAIN_VALIDATE_H
#define REALTY_DOMAIN_VALIDATE_H

#include "postgres.h"

#include "nodes/pg_list.h"
#include "utils/relcache.h"

#include "domain/row.h"
#include "platform/violations.h"

/*
 * Adds the violations of the tuple. Rules that mention a column of `skip` (names,
 * as char *) are passed over; `defaults_pending` also passes over a NULL in a
 * column that has a default, for rows that are not complete yet.
 */
extern void realty_validate_tuple(Relation rel, HeapTuple tuple, List *skip,
								  bool defaults_pending, Violations *violations);

/*
 * PT422 with this violation and those of the row's other columns; rules that mention a
 * column of `skip` are passed over. The second is for a column that refers to what is not
 * there: where it is NULL, it is required.
 */
extern void realty_refuse_row(const TriggerData *data, const Row *row, const char *field,
							  const char *message, List *skip);
extern void realty_refuse_reference(const TriggerData *data, const Row *row,
									const char *column, const char *message, List *skip);

#endif /* REALTY_DOMAIN_VALIDATE_H */
