/*
 * guards.c
 *		Two hooks that keep data whole: the restore guard and the drop guard.
 *
 * Restore guard. At a restore the extension's triggers and foreign keys exist
 * before the rows, and pg_restore -j does not order an extension's tables by
 * their keys: effects would happen twice and child rows be lost. So a restoring
 * session's COPY … FROM into a table of ours (and its INSERT, where that was
 * asked for) runs as a replica's, without triggers. Restoring means row_security is off,
 * as every pg_dump script sets it; any user can set that, so the session user must also
 * be a superuser or have the owner's privileges. The session user: SET ROLE changes
 * nothing.
 *
 * Drop guard. DROP EXTENSION would drop all data without a question, and an
 * event trigger of the extension does not fire at its own drop. The extension
 * itself is deleted last, when its tables are gone, so the guard stands on each
 * table: one that still holds a row which pg_dump would carry refuses to go,
 * whatever set off the drop, and takes the whole command back.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "parser/parsetree.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"

#include "platform/errors.h"
#include "platform/guards.h"
#include "platform/scope.h"

typedef enum Restoring
{
	RESTORING_AUTO,
	RESTORING_ON,
	RESTORING_OFF
} Restoring;

static const struct config_enum_entry restoring_options[] = {
	{"auto", RESTORING_AUTO, false},
	{"on", RESTORING_ON, false},
	{"off", RESTORING_OFF, false},
	{NULL, 0, false},
};

static int restoring = RESTORING_AUTO;
static bool allow_drop = false;
static ProcessUtility_hook_type next_utility = NULL;
static ExecutorRun_hook_type next_run = NULL;
static object_access_hook_type next_object_access = NULL;

static bool
is_our_table(Oid relid)
{
	Oid extension = get_extension_oid("realty", true);

	return OidIsValid(extension) && OidIsValid(relid) &&
		   getExtensionOfObject(RelationRelationId, relid) == extension;
}

static bool
session_may_restore(void)
{
	Oid user = GetSessionUserId();

	return superuser_arg(user) || has_privs_of_role(user, realty_owner());
}

static bool
session_is_restoring(void)
{
	if (restoring != RESTORING_AUTO)
		return restoring == RESTORING_ON;
	return !row_security && session_may_restore();
}

static bool
is_restoring_copy(Node *statement)
{
	CopyStmt *copy = (CopyStmt *)statement;

	return IsA(statement, CopyStmt) && copy->is_from && copy->relation != NULL &&
		   IsTransactionState() &&
		   is_our_table(RangeVarGetRelid(copy->relation, NoLock, true)) &&
		   session_is_restoring();
}

static void
call_next_utility(PlannedStmt *pstmt, const char *query, bool read_only_tree,
				  ProcessUtilityContext context, ParamListInfo params,
				  QueryEnvironment *env, DestReceiver *dest, QueryCompletion *completion)
{
	ProcessUtility_hook_type next = next_utility ? next_utility : standard_ProcessUtility;

	next(pstmt, query, read_only_tree, context, params, env, dest, completion);
}

/* On ERROR the transaction's abort undoes the setting. */
static int
become_replica(void)
{
	int nest_level = NewGUCNestLevel();

	(void)set_config_option("session_replication_role", "replica", PGC_SUSET,
							PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return nest_level;
}

/* Dumps made with --inserts cannot be told from any INSERT: only when asked for. */
static bool
is_restoring_insert(QueryDesc *query)
{
	List *targets = query->plannedstmt->resultRelations;
	List *tables = query->plannedstmt->rtable;

	return restoring == RESTORING_ON && query->operation == CMD_INSERT &&
		   targets != NIL && is_our_table(rt_fetch(linitial_int(targets), tables)->relid);
}

static void
guard_run(QueryDesc *query, ScanDirection direction, uint64 count, bool once)
{
	ExecutorRun_hook_type next = next_run ? next_run : standard_ExecutorRun;
	bool as_replica = is_restoring_insert(query);
	int nest_level = as_replica ? become_replica() : 0;

	next(query, direction, count, once);
	if (as_replica)
		AtEOXact_GUC(true, nest_level);
}

static void
guard_utility(PlannedStmt *pstmt, const char *query, bool read_only_tree,
			  ProcessUtilityContext context, ParamListInfo params, QueryEnvironment *env,
			  DestReceiver *dest, QueryCompletion *completion)
{
	bool as_replica = is_restoring_copy(pstmt->utilityStmt);
	int nest_level = as_replica ? become_replica() : 0;

	call_next_utility(pstmt, query, read_only_tree, context, params, env, dest,
					  completion);
	if (as_replica)
		AtEOXact_GUC(true, nest_level);
}

/* The condition of the table's dump mark, or NULL when it has none. */
static char *
condition_in(HeapTuple extension, TupleDesc desc, Oid relid)
{
	bool no_config;
	bool no_condition;
	Datum config = heap_getattr(extension, Anum_pg_extension_extconfig, desc, &no_config);
	Datum condition =
		heap_getattr(extension, Anum_pg_extension_extcondition, desc, &no_condition);
	Datum *relids;
	Datum *conditions;
	int count;
	int nconditions;

	if (no_config || no_condition)
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(config), OIDOID, sizeof(Oid), true, TYPALIGN_INT,
					  &relids, NULL, &count);
	deconstruct_array(DatumGetArrayTypeP(condition), TEXTOID, -1, false, TYPALIGN_INT,
					  &conditions, NULL, &nconditions);
	for (int i = 0; i < count && i < nconditions; i++)
		if (DatumGetObjectId(relids[i]) == relid)
			return TextDatumGetCString(conditions[i]);
	return NULL;
}

static char *
dump_condition(Oid relid)
{
	Relation rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	char *condition = NULL;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("realty"));
	scan = systable_beginscan(rel, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		condition = condition_in(tuple, RelationGetDescr(rel), relid);
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return condition;
}

/* Dumped, since a restore keeps it, yet CREATE EXTENSION makes its row: by itself no
 * data. */
static bool
is_made_anew(Oid relid)
{
	return strcmp(get_rel_name(relid), "database_identity") == 0;
}

static bool
holds_rows(Oid relid, const char *condition)
{
	char *name = quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
											get_rel_name(relid));
	bool found;

	SPI_connect();
	if (SPI_execute(psprintf("SELECT 1 FROM %s %s LIMIT 1", name, condition), false, 1) !=
		SPI_OK_SELECT)
		elog(ERROR, "could not look into %s", name);
	found = SPI_processed > 0;
	SPI_finish();
	return found;
}

static void
refuse_to_lose_rows(Oid relid)
{
	char *condition;

	if (allow_drop || creating_extension || get_rel_relkind(relid) != RELKIND_RELATION ||
		!is_our_table(relid) || is_made_anew(relid))
		return;
	condition = dump_condition(relid);
	if (condition == NULL || !holds_rows(relid, condition))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
			 errmsg("extension \"realty\" still holds data"),
			 errdetail("Table \"%s\" has rows, and dropping would lose them.",
					   get_rel_name(relid)),
			 errhint("Dump the database first; then SET realty.allow_drop = on and "
					 "drop again.")));
}

static void
guard_object_access(ObjectAccessType access, Oid class_id, Oid object_id, int sub_id,
					void *arg)
{
	if (next_object_access)
		next_object_access(access, class_id, object_id, sub_id, arg);
	if (access == OAT_DROP && class_id == RelationRelationId && sub_id == 0)
		refuse_to_lose_rows(object_id);
}

void
realty_guards_init(void)
{
	DefineCustomEnumVariable(
		"realty.restoring", "Whether COPY into tables of realty is a restore.",
		"auto: when row_security is off and the session user is a superuser or has the "
		"owner's "
		"privileges. Set it on for dumps made with --enable-row-security or --inserts.",
		&restoring, RESTORING_AUTO, restoring_options, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("realty.allow_drop",
							 "Lets DROP EXTENSION realty lose the rows its tables hold.",
							 NULL, &allow_drop, false, PGC_SUSET, 0, NULL, NULL, NULL);
	next_utility = ProcessUtility_hook;
	ProcessUtility_hook = guard_utility;
	next_run = ExecutorRun_hook;
	ExecutorRun_hook = guard_run;
	next_object_access = object_access_hook;
	object_access_hook = guard_object_access;
}
