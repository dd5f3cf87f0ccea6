/*
 * validate.h
 *		Every CHECK and NOT NULL of a relation, at once.
 */
#ifndef REALTY_DOMAIN_VALIDATE_H
#define REALTY_DOMAIN_VALIDATE_H

#include "postgres.h"

#include "access/htup.h"
#include "nodes/pg_list.h"
#include "utils/relcache.h"

#include "platform/violations.h"

/*
 * Adds the violations of the tuple. Rules that mention a column of `skip` (names,
 * as char *) are passed over; `defaults_pending` also passes over a NULL in a
 * column that has a default, for rows that are not complete yet.
 */
extern void realty_validate_tuple(Relation rel, HeapTuple tuple, List *skip,
								  bool defaults_pending, Violations *violations);

#endif /* REALTY_DOMAIN_VALIDATE_H */
