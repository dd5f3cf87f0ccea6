/*
 * hooks.c
 *		Hooks that keep data whole: the restore guard, the drop guard, the schema guard.
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
 *
 * Schema guard. A dump has the extension and the rows, not the tables: a column that
 * was added, renamed or given another type is not there at the restore, and its table
 * comes back empty. And nothing tells when a rule is off. So our tables keep their
 * columns, their triggers and their row security. The utility hook looks before
 * PostgreSQL has checked rights, so it leaves alone what the caller may not do anyway.
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
#include "catalog/pg_constraint.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "commands/trigger.h"
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

#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/hooks.h"
#include "platform/install.h"
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
static bool dropping_part = false; /* by the innermost utility statement */
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

	return superuser_arg(user) || (OidIsValid(get_extension_oid("realty", true)) &&
								   has_privs_of_role(user, realty_owner()));
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

/* Triggers of a site may come and go; ours call our functions. */
static bool
is_our_trigger(Oid relid, const char *name)
{
	Oid trigger = get_trigger_oid(relid, name, true);
	HeapTuple tuple;
	Relation rel;
	ScanKeyData key;
	SysScanDesc scan;
	Oid function = InvalidOid;

	rel = table_open(TriggerRelationId, AccessShareLock);
	ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(trigger));
	scan = systable_beginscan(rel, TriggerOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		function = ((Form_pg_trigger)GETSTRUCT(tuple))->tgfoid;
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return OidIsValid(function) && getExtensionOfObject(ProcedureRelationId, function) ==
									   get_extension_oid("realty", true);
}

static void
refuse_columns(Oid relid)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		 errmsg("table \"%s\" of extension \"realty\" cannot be altered this way",
				get_rel_name(relid)),
		 errdetail("A dump does not include the change, and would not restore the rows."),
		 errhint("Put values of your own into column \"extra\" or into a table of your "
				 "own.")));
}

static void
refuse_rules(const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
					errmsg("rules of extension \"realty\" cannot be removed"),
					errdetail("%s", detail),
					errhint("To do it anyway, as a superuser: SET realty.allow_drop = on "
							"and try again.")));
}

/* Indexes and policies are no members of an extension, so the table of what it made is
 * asked: as its owner, for any role may drop what is its own. */
static bool
is_recorded(const ObjectAddress *object)
{
	OwnerScope scope;
	Oid types[] = {TEXTOID, TEXTOID};
	Datum values[] = {CStringGetTextDatum(getObjectTypeDescription(object, false)),
					  CStringGetTextDatum(getObjectIdentity(object, false))};
	bool found;

	realty_owner_enter(&scope);
	SPI_connect();
	if (SPI_execute_with_args("SELECT WHERE realty.is_recorded($1, $2)", 2, types, values,
							  NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not look up what was installed");
	found = SPI_processed > 0;
	SPI_finish();
	realty_owner_leave(&scope);
	return found;
}

/* Deferred or, on newer servers, not enforced: those of a site may change. */
static void
guard_constraint(Oid relid, const char *name)
{
	ObjectAddress object = {ConstraintRelationId,
							get_relation_constraint_oid(relid, name, true), 0};

	if (OidIsValid(object.objectId) && is_recorded(&object))
		refuse_rules(
			psprintf("It would change %s.", getObjectDescription(&object, false)));
}

static void
guard_alter_command(Oid relid, const AlterTableCmd *command)
{
	if (compat_sets_expression(command))
		refuse_rules(psprintf("Table \"%s\" would lose one.", get_rel_name(relid)));
	switch (command->subtype)
	{
	case AT_AddColumn:
	case AT_DropColumn:
	case AT_DropExpression:
	case AT_AlterColumnType:
		refuse_columns(relid);
		break;
	case AT_AlterConstraint:
		guard_constraint(relid, compat_altered_constraint(command));
		break;
	case AT_DisableTrig:
	case AT_EnableReplicaTrig:
		if (!is_our_trigger(relid, command->name))
			break;
		refuse_rules(psprintf("Table \"%s\" would lose one.", get_rel_name(relid)));
		break;
	case AT_DropNotNull:
	case AT_DisableTrigAll:
	case AT_DisableTrigUser:
	case AT_DisableRowSecurity:
	case AT_NoForceRowSecurity:
		refuse_rules(psprintf("Table \"%s\" would lose one.", get_rel_name(relid)));
		break;
	default:
		break;
	}
}

/* Our table that the statement may alter, or InvalidOid. */
static Oid
our_table_named(const RangeVar *name)
{
	Oid relid = name == NULL ? InvalidOid : RangeVarGetRelid(name, NoLock, true);

	if (!is_our_table(relid) || get_rel_relkind(relid) != RELKIND_RELATION ||
		!pg_class_ownercheck(relid, GetUserId()))
		return InvalidOid;
	return relid;
}

static void
guard_alter_table(const AlterTableStmt *alter)
{
	Oid relid = our_table_named(alter->relation);
	ListCell *cell;

	if (OidIsValid(relid))
		foreach (cell, alter->cmds)
			guard_alter_command(relid, lfirst_node(AlterTableCmd, cell));
}

/* Our functions, and ours in C, name the schemas they are in. */
static void
guard_schema_name(const char *name)
{
	Oid schema = get_namespace_oid(name, true);
	Oid extension = get_extension_oid("realty", true);

	if (!OidIsValid(schema) || !OidIsValid(extension) ||
		getExtensionOfObject(NamespaceRelationId, schema) != extension ||
		!has_privs_of_role(GetUserId(), realty_owner()))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("schema \"%s\" of extension \"realty\" keeps its name", name)));
}

/* Table or column; what else has a name is not in the rows. */
static void
guard_rename(const RenameStmt *rename)
{
	Oid relid = rename->renameType == OBJECT_TABLE || rename->renameType == OBJECT_COLUMN
					? our_table_named(rename->relation)
					: InvalidOid;

	if (OidIsValid(relid))
		refuse_columns(relid);
	if (rename->renameType == OBJECT_SCHEMA)
		guard_schema_name(rename->subname);
}

/* DROP OWNED takes the role's rights and policies, though it owns nothing. */
static void
guard_drop_owned(const DropOwnedStmt *drop)
{
	Oid extension = get_extension_oid("realty", true);
	ListCell *cell;

	if (!OidIsValid(extension))
		return;
	foreach (cell, drop->roles)
	{
		Oid role = get_rolespec_oid(lfirst_node(RoleSpec, cell), false);
		char *name = GetUserNameFromId(role, false);

		if (realty_is_installed_role(name) && has_privs_of_role(GetUserId(), role))
			refuse_rules(
				psprintf("Role \"%s\" would lose its rights and policies.", name));
	}
}

/* A part goes alone, or with its table, which has a guard of its own. */
static void
refuse_to_lose_part(Oid class_id, Oid object_id)
{
	ObjectAddress object = {class_id, object_id, 0};

	if (!dropping_part || allow_drop || creating_extension ||
		!OidIsValid(get_extension_oid("realty", true)) || !is_recorded(&object))
		return;
	refuse_rules(psprintf("It would drop %s.", getObjectDescription(&object, false)));
}

static bool
is_drop_of_part(Node *statement)
{
	if (IsA(statement, AlterTableStmt))
		return true;
	if (!IsA(statement, DropStmt))
		return false;
	switch (((DropStmt *)statement)->removeType)
	{
	case OBJECT_INDEX:
	case OBJECT_POLICY:
	case OBJECT_RULE:
	case OBJECT_TRIGGER:
		return true;
	default:
		return false;
	}
}

static void
guard_schema(Node *statement)
{
	if (allow_drop || creating_extension || IsBinaryUpgrade || !IsTransactionState() ||
		session_is_restoring())
		return;
	if (IsA(statement, AlterTableStmt))
		guard_alter_table((AlterTableStmt *)statement);
	else if (IsA(statement, RenameStmt))
		guard_rename((RenameStmt *)statement);
	else if (IsA(statement, AlterObjectSchemaStmt) &&
			 OidIsValid(our_table_named(((AlterObjectSchemaStmt *)statement)->relation)))
		refuse_columns(our_table_named(((AlterObjectSchemaStmt *)statement)->relation));
	else if (IsA(statement, DropOwnedStmt))
		guard_drop_owned((DropOwnedStmt *)statement);
}

static void
call_next_utility(PlannedStmt *pstmt, const char *query, bool read_only_tree,
				  ProcessUtilityContext context, ParamListInfo params,
				  QueryEnvironment *env, DestReceiver *dest, QueryCompletion *completion)
{
	bool outer = dropping_part;

	dropping_part = is_drop_of_part(pstmt->utilityStmt);
	PG_TRY();
	{
		(next_utility ? next_utility : standard_ProcessUtility)(
			pstmt, query, read_only_tree, context, params, env, dest, completion);
	}
	PG_FINALLY();
	{
		dropping_part = outer;
	}
	PG_END_TRY();
}

/* A dump made with --inserts looks like any INSERT: only when it is announced. */
static bool
is_restoring_insert(QueryDesc *query)
{
	int target = compat_result_relation(query->plannedstmt);
	List *tables = query->plannedstmt->rtable;

	return restoring == RESTORING_ON && query->operation == CMD_INSERT && target > 0 &&
		   is_our_table(rt_fetch(target, tables)->relid);
}

static void
on_executor_run(QueryDesc *query, ScanDirection direction, uint64 count EXECUTOR_RUN_ONCE)
{
	ExecutorRun_hook_type next = next_run ? next_run : standard_ExecutorRun;
	bool as_replica = is_restoring_insert(query);
	int nest_level = as_replica ? realty_become_replica() : 0;

	next(query, direction, count EXECUTOR_PASS_ONCE);
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

/*
 * pg_restore --clean is not let drop the extension, and goes on to add the rows of the
 * dump to those that are there: most have a key that stops it, the ledgers have none.
 */
static void
refuse_to_restore_over(const CopyStmt *copy)
{
	Oid relid = RangeVarGetRelid(copy->relation, NoLock, true);
	char *condition;

	if (restoring != RESTORING_AUTO || is_made_anew(relid))
		return;
	condition = dump_condition(relid);
	if (condition == NULL || !holds_rows(relid, condition))
		return;
	ereport(
		ERROR,
		(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
		 errmsg("cannot restore into table \"%s\", which has rows", get_rel_name(relid)),
		 errdetail("A restore passes by the rules that keep every count right."),
		 errhint("Restore into a new database. For a COPY that the rules see: SET "
				 "row_security = on.")));
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
on_utility(PlannedStmt *pstmt, const char *query, bool read_only_tree,
		   ProcessUtilityContext context, ParamListInfo params, QueryEnvironment *env,
		   DestReceiver *dest, QueryCompletion *completion)
{
	bool as_replica = is_restoring_copy(pstmt->utilityStmt);
	int nest_level;

	guard_schema(pstmt->utilityStmt);
	if (as_replica)
		refuse_to_restore_over((CopyStmt *)pstmt->utilityStmt);
	nest_level = as_replica ? realty_become_replica() : 0;
	call_next_utility(pstmt, query, read_only_tree, context, params, env, dest,
					  completion);
	if (as_replica)
		AtEOXact_GUC(true, nest_level);
}

static void
on_object_access(ObjectAccessType access, Oid class_id, Oid object_id, int sub_id,
				 void *arg)
{
	if (next_object_access)
		next_object_access(access, class_id, object_id, sub_id, arg);
	if (access == OAT_DROP && class_id == RelationRelationId && sub_id == 0)
		refuse_to_lose_rows(object_id);
	if (access == OAT_DROP && sub_id == 0 &&
		(class_id == RelationRelationId || class_id == ConstraintRelationId ||
		 class_id == TriggerRelationId || class_id == PolicyRelationId))
		refuse_to_lose_part(class_id, object_id);
}

void
realty_hooks_init(void)
{
	DefineCustomEnumVariable(
		"realty.restoring", "Whether COPY into tables of realty is a restore.",
		"auto: when row_security is off and the session user is a superuser or has the "
		"owner's "
		"privileges. Set it on for dumps made with --enable-row-security or --inserts.",
		&restoring, RESTORING_AUTO, restoring_options, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("realty.allow_drop",
							 "Permits dropping the extension with the rows in its "
							 "tables, and changing their columns and rules.",
							 NULL, &allow_drop, false, PGC_SUSET, 0, NULL, NULL, NULL);
	next_utility = ProcessUtility_hook;
	ProcessUtility_hook = on_utility;
	next_run = ExecutorRun_hook;
	ExecutorRun_hook = on_executor_run;
	next_object_access = object_access_hook;
	object_access_hook = on_object_access;
}
