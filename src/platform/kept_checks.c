/*
 * kept_checks.c
 *		CHECKs of tables, read once a session in place of once a statement.
 *
 * The executor parses the stored text of every CHECK of a table anew for each statement
 * that writes to it (ExecRelCheck, src/backend/executor/execMain.c). A booking writes to
 * five tables with sixty-seven CHECKs, one row each: a quarter of its instructions were
 * that. It parses only where ri_ConstraintExprs is still empty, so it is filled here:
 * from expressions that are parsed and planned once, and kept until the table or a
 * function changes. What is checked, and when, stays the executor's; see decision 0042.
 *
 * A statement runs on the kept expressions themselves, so it holds them until its memory
 * goes, on success and on error alike; those that have become stale meanwhile are freed
 * with their last statement. The validator (domain/validate.c) evaluates the same
 * expressions.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "platform/catalog_changes.h"
#include "platform/compat.h"
#include "platform/kept_checks.h"

typedef struct KeptEntry
{
	Oid relid; /* hash key */
	KeptChecks *kept;
} KeptEntry;

static HTAB *kept_by_relation = NULL;
static ExecutorStart_hook_type next_start = NULL;

static void
free_if_unused(KeptChecks *kept)
{
	if (kept->stale && kept->holders == 0)
		MemoryContextDelete(kept->context);
}

static void
drop_entry(KeptEntry *entry)
{
	KeptChecks *kept = entry->kept;

	(void)hash_search(kept_by_relation, &entry->relid, HASH_REMOVE, NULL);
	kept->stale = true;
	free_if_unused(kept);
}

static void
relation_changed(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS status;
	KeptEntry *entry;

	if (OidIsValid(relid))
	{
		entry = hash_search(kept_by_relation, &relid, HASH_FIND, NULL);
		if (entry != NULL)
			drop_entry(entry);
		return;
	}
	hash_seq_init(&status, kept_by_relation);
	while ((entry = hash_seq_search(&status)) != NULL)
		drop_entry(entry);
}

static KeptChecks *
read_checks(Relation rel)
{
	TupleConstr *constr = RelationGetDescr(rel)->constr;
	int count = constr != NULL ? constr->num_check : 0;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "realty checks",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	KeptChecks *kept = palloc0(offsetof(KeptChecks, checks) + sizeof(Expr *) * count);

	kept->context = context;
	kept->as_of = realty_function_changes();
	kept->count = count;
	for (int i = 0; i < count; i++)
		if (compat_is_enforced(&constr->check[i]))
			kept->checks[i] = expression_planner(
				(Expr *)compat_expand_virtual(stringToNode(constr->check[i].ccbin), rel));
	MemoryContextSwitchTo(caller);
	return kept;
}

/*
 * Those that a change came over while they were read serve their first user alone, and
 * so do those that others have come before: to plan a CHECK may call its function, which
 * may write to the same table. The planner puts the bodies of SQL functions into the
 * expressions, so those of another state of the functions are not used either.
 */
KeptChecks *
realty_kept_checks(Relation rel)
{
	Oid relid = RelationGetRelid(rel);
	KeptEntry *entry = hash_search(kept_by_relation, &relid, HASH_FIND, NULL);
	uint64 functions = realty_function_changes();
	uint64 relations = realty_relation_changes();
	KeptChecks *kept;

	if (entry != NULL && entry->kept->as_of == functions)
		return entry->kept;
	if (entry != NULL)
		drop_entry(entry);
	kept = read_checks(rel);
	MemoryContextSetParent(kept->context, CacheMemoryContext);
	kept->stale = functions != realty_function_changes() ||
				  relations != realty_relation_changes() ||
				  hash_search(kept_by_relation, &relid, HASH_FIND, NULL) != NULL;
	if (kept->stale)
		return kept;
	entry = hash_search(kept_by_relation, &relid, HASH_ENTER, NULL);
	entry->kept = kept;
	return kept;
}

void
realty_kept_checks_hold(KeptChecks *kept)
{
	kept->holders++;
}

void
realty_kept_checks_release(KeptChecks *kept)
{
	kept->holders--;
	free_if_unused(kept);
}

static void
statement_ended(void *arg)
{
	realty_kept_checks_release(arg);
}

static void
hold_until_end(KeptChecks *kept, EState *estate)
{
	MemoryContextCallback *callback =
		MemoryContextAllocZero(estate->es_query_cxt, sizeof(MemoryContextCallback));

	callback->func = statement_ended;
	callback->arg = kept;
	realty_kept_checks_hold(kept);
	MemoryContextRegisterResetCallback(estate->es_query_cxt, callback);
}

static bool
is_refused(Oid function, void *context)
{
	return !compat_may_call(function, GetUserId());
}

static bool
calls_refused(Node *node, void *context)
{
	return node != NULL && (check_functions_in_node(node, is_refused, context) ||
							expression_tree_walker(node, calls_refused, context));
}

/* Where not, nothing is prepared: the executor refuses it when a row comes that far. */
static bool
may_call_all(KeptChecks *kept)
{
	if (kept->role == GetUserId())
		return true;
	for (int i = 0; i < kept->count; i++)
		if (calls_refused((Node *)kept->checks[i], NULL))
			return false;
	kept->role = GetUserId();
	return true;
}

static void
give_checks(ResultRelInfo *target, EState *estate)
{
	MemoryContext caller;
	KeptChecks *kept = realty_kept_checks(target->ri_RelationDesc);

	/* before the catalog is asked for rights: that takes in what others have changed */
	hold_until_end(kept, estate);
	if (!may_call_all(kept))
		return;
	caller = MemoryContextSwitchTo(estate->es_query_cxt);
	target->ri_ConstraintExprs = palloc(sizeof(ExprState *) * kept->count);
	for (int i = 0; i < kept->count; i++)
		target->ri_ConstraintExprs[i] = ExecInitExpr(kept->checks[i], NULL);
	MemoryContextSwitchTo(caller);
}

static bool
has_checks_of_ours(Relation rel)
{
	TupleConstr *constr = RelationGetDescr(rel)->constr;

	return constr != NULL && constr->num_check > 0 &&
		   RelationGetNamespace(rel) == get_namespace_oid("realty", true);
}

static void
start_with_checks(QueryDesc *query, int flags)
{
	ExecutorStart_hook_type next = next_start ? next_start : standard_ExecutorStart;
	ListCell *cell;

	next(query, flags);
	if ((flags & EXEC_FLAG_EXPLAIN_ONLY) != 0 ||
		(query->operation != CMD_INSERT && query->operation != CMD_UPDATE))
		return;
	foreach (cell, query->estate->es_opened_result_relations)
	{
		ResultRelInfo *target = lfirst(cell);

		if (target->ri_ConstraintExprs == NULL &&
			has_checks_of_ours(target->ri_RelationDesc))
			give_checks(target, query->estate);
	}
}

void
realty_kept_checks_init(void)
{
	HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(KeptEntry)};

	kept_by_relation =
		hash_create("realty kept checks", 32, &control, HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(relation_changed, (Datum)0);
	next_start = ExecutorStart_hook;
	ExecutorStart_hook = start_with_checks;
}
