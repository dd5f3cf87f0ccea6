/*
 * catalog_changes.h
 *		Has the catalog changed since something was read of it?
 */
#ifndef REALTY_PLATFORM_CATALOG_CHANGES_H
#define REALTY_PLATFORM_CATALOG_CHANGES_H

#include "postgres.h"

/*
 * How often a function, or a relation, has changed as far as this backend knows. What is
 * derived from the catalog is right while the number from before it was read stays the
 * same. Never 0, which may stand for what was never read.
 */
extern uint64 realty_function_changes(void);
extern uint64 realty_relation_changes(void);

#endif /* REALTY_PLATFORM_CATALOG_CHANGES_H */
