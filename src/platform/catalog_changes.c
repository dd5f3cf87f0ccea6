/*
 * catalog_changes.c
 *		Has the catalog changed since something was read of it?
 *
 * The server's invalidation messages, counted. They may arrive while something is being
 * read, so the number to keep is the one from before the reading.
 */
#include "postgres.h"

#include "utils/inval.h"
#include "utils/syscache.h"

#include "platform/catalog_changes.h"

static uint64 functions = 1;
static uint64 relations = 1;

static void
function_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	functions++;
}

static void
relation_changed(Datum arg, Oid relid)
{
	relations++;
}

static void
listen(void)
{
	static bool listens = false;

	if (listens)
		return;
	CacheRegisterSyscacheCallback(PROCOID, function_changed, (Datum)0);
	CacheRegisterRelcacheCallback(relation_changed, (Datum)0);
	listens = true;
}

uint64
realty_function_changes(void)
{
	listen();
	return functions;
}

uint64
realty_relation_changes(void)
{
	listen();
	return relations;
}
