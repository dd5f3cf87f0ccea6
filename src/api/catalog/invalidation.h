/*
 * invalidation.h
 *		How long what was read of routes, resources, views and functions is kept.
 */
#ifndef REALTY_API_CATALOG_INVALIDATION_H
#define REALTY_API_CATALOG_INVALIDATION_H

#include "postgres.h"

extern void realty_catalog_init(void);

/* Bracket every request; what went stale is dropped only when none is under way. */
extern void realty_catalog_enter(void);
extern void realty_catalog_leave(void);
extern bool realty_catalog_is_nested(void);

/* Changes when what was kept is dropped: what was made from it must go as well. */
extern uint64 realty_catalog_generation(void);

/* A reading of routes and resources begins; stale says whether a change came since. */
extern void realty_catalog_read_begin(void);
extern bool realty_catalog_is_stale(void);

/* Keeps the context of a reading, from now on the one below. */
extern void realty_catalog_keep(MemoryContext read);

/* Of what is kept; what is read later, of a view or a function, joins it. */
extern MemoryContext realty_catalog_context(void);

/* A change of the relation makes stale what is kept. InvalidOid: of none. */
extern void realty_catalog_watch(Oid relid);

/*
 * For what is read of a relation before it is watched: the count from before, and then
 * whether anything has changed since, so that the next request reads it anew.
 */
extern uint64 realty_catalog_changes(void);
extern void realty_catalog_made_since(uint64 before);

#endif /* REALTY_API_CATALOG_INVALIDATION_H */
