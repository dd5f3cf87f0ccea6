/*
 * scope.c
 *		The owner scope: rights and search_path for the extension's own SQL.
 *
 * A trigger fires under the role that wrote the row, and that role may neither
 * touch the tables behind the rule nor be trusted with a search_path: a planted
 * operator would run with the owner's rights. So both change together, and nowhere
 * else. This is cheaper than SECURITY DEFINER and lets the code see the real
 * caller.
 *
 * No PG_FINALLY is needed: on ERROR the enclosing (sub)transaction's abort puts
 * back the user, the security context and every setting of the nest level.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/syscache.h"

#include "platform/scope.h"

#define PINNED_PATH "pg_catalog, pg_temp"

static Oid cached_owner = InvalidOid;
static bool forgotten = false;

/* pg_extension has no syscache; any change of a schema's or role's row asks again. */
static void
owner_forget(Datum arg, int cacheid, uint32 hashvalue)
{
	cached_owner = InvalidOid;
	forgotten = true;
}

static Oid
owner_look_up(void)
{
	Relation rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	Oid owner = InvalidOid;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("realty"));
	scan = systable_beginscan(rel, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		owner = ((Form_pg_extension)GETSTRUCT(tuple))->extowner;
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return owner;
}

Oid
realty_owner(void)
{
	static bool registered = false;

	if (!registered)
	{
		CacheRegisterSyscacheCallback(NAMESPACEOID, owner_forget, (Datum)0);
		CacheRegisterSyscacheCallback(AUTHOID, owner_forget, (Datum)0);
		registered = true;
	}
	while (!OidIsValid(cached_owner))
	{
		Oid owner;

		forgotten = false;
		owner = owner_look_up();
		if (!OidIsValid(owner))
			break;
		if (!forgotten)
			cached_owner = owner;
	}
	if (!OidIsValid(cached_owner))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("extension \"realty\" is not installed in this database"),
						errhint("Run CREATE EXTENSION realty as a superuser.")));
	return cached_owner;
}

bool
realty_is_privileged(void)
{
	Oid user = GetUserId();

	return user == realty_owner() || superuser_arg(user) ||
		   has_privs_of_role(user, realty_owner());
}

void
realty_pin_search_path(void)
{
	if (namespace_search_path != NULL && strcmp(namespace_search_path, PINNED_PATH) == 0)
		return;
	(void)set_config_option("search_path", PINNED_PATH, PGC_USERSET, PGC_S_SESSION,
							GUC_ACTION_SAVE, true, 0, false);
}

void
realty_owner_enter(OwnerScope *scope)
{
	Oid owner = realty_owner();

	GetUserIdAndSecContext(&scope->user, &scope->sec_context);
	scope->nest_level = NewGUCNestLevel();
	realty_pin_search_path();
	SetUserIdAndSecContext(owner, scope->sec_context | SECURITY_LOCAL_USERID_CHANGE);
}

void
realty_owner_leave(const OwnerScope *scope)
{
	AtEOXact_GUC(true, scope->nest_level);
	SetUserIdAndSecContext(scope->user, scope->sec_context);
}

int
realty_become_replica(void)
{
	int nest_level = NewGUCNestLevel();

	(void)set_config_option("session_replication_role", "replica", PGC_SUSET,
							PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return nest_level;
}
