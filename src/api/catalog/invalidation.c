/*
 * invalidation.c
 *		How long what was read of routes, resources, views and functions is kept.
 *
 * All of it goes at once, when something that it was made from changes: realty.routes
 * or realty.resources, a watched relation (each described view and the tables that its
 * columns come from), any function, any role or role membership. The rows of the two
 * tables are data, so their statement triggers ask for a relcache invalidation
 * (realty.routes_changed), which reaches every backend at commit and this one at its
 * next command.
 *
 * Invalidations arrive in the middle of requests, while routes and statements are in
 * use. So a callback only marks, and the next request that stands in no other one
 * drops. A nested request uses what is there.
 *
 * They also arrive while the two tables are read, and then the snapshot that reads may
 * be too old for them. So the tables are known by oid before they are read, and are
 * read again when a change came meanwhile. What is read later, of a view or a function,
 * is used by the request under way even if a change came meanwhile, and is read anew by
 * the next.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "api/catalog/invalidation.h"

static MemoryContext kept = NULL;
static List *watched = NIL; /* oids; in that context */
static uint64 generation = 1;
static bool stale = false;
static uint64 changes = 0; /* of whatever a resource or function is made from */
static Oid tables[2] = {InvalidOid, InvalidOid}; /* routes and resources */
static int depth = 0;

static void
relation_changed(Datum arg, Oid relid)
{
	changes++;
	if (relid == InvalidOid || relid == tables[0] || relid == tables[1] ||
		list_member_oid(watched, relid))
		stale = true;
}

static void
something_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	changes++;
	stale = true;
}

void
realty_catalog_init(void)
{
	CacheRegisterRelcacheCallback(relation_changed, (Datum)0);
	CacheRegisterSyscacheCallback(PROCOID, something_changed, (Datum)0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, something_changed, (Datum)0);
	CacheRegisterSyscacheCallback(AUTHOID, something_changed, (Datum)0);
}

/* ---- keeping ---- */

void
realty_catalog_read_begin(void)
{
	Oid schema;

	stale = false;
	schema = get_namespace_oid("realty", false);
	tables[0] = get_relname_relid("routes", schema);
	tables[1] = get_relname_relid("resources", schema);
}

bool
realty_catalog_is_stale(void)
{
	return stale;
}

void
realty_catalog_keep(MemoryContext read)
{
	MemoryContextSetParent(read, CacheMemoryContext);
	kept = read;
}

MemoryContext
realty_catalog_context(void)
{
	Assert(kept != NULL);
	return kept;
}

void
realty_catalog_watch(Oid relid)
{
	MemoryContext old = MemoryContextSwitchTo(realty_catalog_context());

	if (OidIsValid(relid))
		watched = list_append_unique_oid(watched, relid);
	MemoryContextSwitchTo(old);
}

uint64
realty_catalog_changes(void)
{
	return changes;
}

void
realty_catalog_made_since(uint64 before)
{
	if (changes != before)
		stale = true;
}

/* ---- dropping ---- */

static void
drop(void)
{
	MemoryContext old = kept;

	kept = NULL;
	watched = NIL;
	generation++;
	stale = false;
	if (old != NULL)
		MemoryContextDelete(old);
}

void
realty_catalog_enter(void)
{
	depth++;
	if (stale && depth == 1)
		drop();
}

void
realty_catalog_leave(void)
{
	depth--;
}

bool
realty_catalog_is_nested(void)
{
	return depth > 1;
}

uint64
realty_catalog_generation(void)
{
	return generation;
}
