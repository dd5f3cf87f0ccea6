/*
 * read_only.c
 *		A function of schema api that writes says so before it looks anything up.
 *
 * PostgREST runs a GET in a read-only transaction, of any function. One that wrote at its
 * end would first have looked: GET /rpc/login answered 405 for an address that has an
 * account, and 401 for one that has not, without counting the failure. So the refusal
 * comes at the start of the statement, whatever its arguments are.
 *
 * A site's own functions are left to themselves: many are volatile for no reason.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "auth/auth.h"

static object_access_hook_type next_object_access = NULL;

/* Volatile for what they see, or for what they keep outside the tables. */
static bool
only_reads(const char *name)
{
	return strcmp(name, "pre_request") == 0 || strcmp(name, "project_stream") == 0 ||
		   strcmp(name, "notifications_stream") == 0;
}

static bool
is_ours(Oid function, Oid schema)
{
	const char *name = get_namespace_name(schema);
	Oid extension = get_extension_oid("realty", true);

	return name != NULL && strcmp(name, "api") == 0 && OidIsValid(extension) &&
		   getExtensionOfObject(ProcedureRelationId, function) == extension;
}

static void
refuse_to_write(Oid function)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	char name[NAMEDATALEN];
	char volatility;
	Oid schema;

	if (!HeapTupleIsValid(tuple))
		return;
	strlcpy(name, NameStr(((Form_pg_proc)GETSTRUCT(tuple))->proname), NAMEDATALEN);
	volatility = ((Form_pg_proc)GETSTRUCT(tuple))->provolatile;
	schema = ((Form_pg_proc)GETSTRUCT(tuple))->pronamespace;
	ReleaseSysCache(tuple);
	if (volatility == PROVOLATILE_VOLATILE && !only_reads(name) &&
		is_ours(function, schema))
		PreventCommandIfReadOnly(name);
}

static void
look_at_function(ObjectAccessType access, Oid class_id, Oid object_id, int sub_id,
				 void *arg)
{
	if (next_object_access)
		next_object_access(access, class_id, object_id, sub_id, arg);
	if (access == OAT_FUNCTION_EXECUTE && XactReadOnly)
		refuse_to_write(object_id);
}

void
realty_read_only_init(void)
{
	next_object_access = object_access_hook;
	object_access_hook = look_at_function;
}
