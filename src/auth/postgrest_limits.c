/*
 * postgrest_limits.c
 *		Limits on what a request through PostgREST may make the server do.
 *
 * PostgREST turns a query string into SQL of any size and has no setting for most
 * of what follows. api.pre_request learns the path of a request, not its query
 * string, so the statements themselves are looked at, by hooks that act in
 * PostgREST's sessions only:
 *
 * - EXPLAIN (Prefer: count=planned, estimated) tells how many rows match a filter by the
 *   statistics of all rows, hidden ones included.
 * - UPDATE and DELETE without a filter change every row that the caller may change.
 * - Functional notation makes an aggregate of a field that is none: select=count or
 *   select=json_agg reads a whole view into one row, which no db-max-rows counts.
 * - Embedding multiplies: a thousand rows with a thousand each. How many levels there are
 *   is seen in the statement, how many rows they gather only while it runs.
 * - An answer that is taken apart can fail (select=pgrst_scalar->>message::int), and what
 *   the function wrote is undone: the count of a wrong password, the use of a token.
 * - A cast makes a number, and its 131,072 digits, of a name that reads 1e131071
 *   (select=name::numeric, ::jsonb, ::numrange, any number of times), and
 *   Prefer: missing=default reads a body as jsonb and prints its numbers. Neither is
 *   counted by the rows. Another cast tells the names of the catalog (id::regclass).
 *
 * The shape is checked of the statement that the client sent, not of those inside
 * functions: its text is the very string that the server is executing. What PostgREST
 * asks of the catalog for itself it asks as the login, without a role, and is not
 * limited; neither is any other login. For its OpenAPI document it reads the catalog as
 * the request's role, with casts of its own; a client names no relation of the catalog.
 *
 * Rows are counted on their way into an aggregate that keeps its input, json_agg
 * above all: memory follows them, while count(*) may run over a million. The node
 * below such an aggregate gets a function that counts and calls the node's own.
 * That one is found in a hash table by node, whose entries go with the statement's
 * memory context, so after an error as well.
 */
#include "postgres.h"

#include <limits.h>

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parsetree.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "auth/identity.h"
#include "auth/postgrest.h"
#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/json_bounds.h"

#define ROWS_DEFAULT 10000
#define EMBEDS_DEEP 4
#define EMBEDS_MOST 20
#define ROW_BYTES 8192 /* that one row stands for: a larger one counts as several */

/* What is embedded in a statement, and how deep; and what else it does. */
typedef struct Shape
{
	int embeds;
	int depth;
	bool writes;  /* calls a function that writes and answers by one value */
	bool names;   /* casts to names of the catalog */
	bool catalog; /* reads it: PostgREST's own statement, for its OpenAPI document */
} Shape;

typedef struct Gathered
{
	int64 rows;
} Gathered;

/* A node below an aggregate. */
typedef struct CountedNode
{
	PlanState *node; /* hash key */
	ExecProcNodeMtd real;
	Gathered *gathered; /* of its statement */
} CountedNode;

static int postgrest_rows = ROWS_DEFAULT;
static HTAB *counted_nodes = NULL;
static post_parse_analyze_hook_type next_analyze = NULL;
static ProcessUtility_hook_type next_utility = NULL;
static ExecutorStart_hook_type next_start = NULL;

/*
 * Does a request's role run this, in a session of PostgREST, and no function on its
 * behalf?
 */
static bool
is_request(void)
{
	return GetOuterUserId() != GetSessionUserId() && GetUserId() == GetOuterUserId() &&
		   realty_session_is_postgrest();
}

static void
refuse(const char *message, const char *hint)
{
	ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST), errmsg("%s", message),
					errhint("%s", hint)));
}

/* ---- the statement ---- */

/* An aggregate over whole rows of what is no subquery: PostgREST's own are over one. */
static bool
aggregates_a_view(Node *node, void *context)
{
	const Query *query = context;

	if (node == NULL || IsA(node, Query))
		return false;
	if (IsA(node, Aggref))
	{
		ListCell *cell;

		foreach (cell, ((Aggref *)node)->args)
		{
			const Var *var = (Var *)((TargetEntry *)lfirst(cell))->expr;

			if (IsA(var, Var) && var->varattno == InvalidAttrNumber &&
				var->varlevelsup == 0 &&
				rt_fetch(var->varno, query->rtable)->rtekind != RTE_SUBQUERY)
				return true;
		}
	}
	return expression_tree_walker(node, aggregates_a_view, context);
}

/* What a text can be read as and prints no longer than it was written, or than its type
 * has room for. */
static bool
is_read_of_text(Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(type, &category, &preferred);
	return category == TYPCATEGORY_STRING || get_typlen(type) > 0;
}

static void
check_cast(const CoerceViaIO *cast)
{
	char category;
	bool preferred;

	get_type_category_preferred(exprType((Node *)cast->arg), &category, &preferred);
	if (category == TYPCATEGORY_STRING && !is_read_of_text(getBaseType(cast->resulttype)))
		refuse("a text cannot be cast to this type here",
			   "Select the text as it is, or cast it to an integer, a float, a date, a "
			   "time, a boolean or a uuid.");
}

/* Numbers and names of roles, tables and functions into each other, of any schema. */
static bool
is_catalog_cast(Node *node)
{
	if (!IsA(node, CoerceViaIO) && !IsA(node, RelabelType) && !IsA(node, FuncExpr))
		return false;
	switch (exprType(node))
	{
	case REGPROCOID:
	case REGPROCEDUREOID:
	case REGOPEROID:
	case REGOPERATOROID:
	case REGCLASSOID:
	case REGCOLLATIONOID:
	case REGTYPEOID:
	case REGROLEOID:
	case REGNAMESPACEOID:
	case REGCONFIGOID:
	case REGDICTIONARYOID:
		return true;
	default:
		return false;
	}
}

static void
check_query(Query *query)
{
	if ((query->commandType == CMD_UPDATE || query->commandType == CMD_DELETE) &&
		query->jointree->quals == NULL)
		refuse("an update or delete needs a filter",
			   "Name the rows: id=eq.7, or id=gt.0 for all.");
	if (query->hasAggs && aggregates_a_view((Node *)query->targetList, query))
		refuse("aggregate functions are not available as fields",
			   "Select the names of fields; Prefer: count=exact counts rows.");
}

/*
 * A function that writes and answers by one value: its rows are no resource. PostgreSQL's
 * own stand in no schema that clients reach.
 */
static bool
writes_and_answers(Oid function, void *context)
{
	return get_func_namespace(function) != PG_CATALOG_NAMESPACE &&
		   func_volatile(function) == PROVOLATILE_VOLATILE &&
		   !get_func_retset(function) && !type_is_rowtype(get_func_rettype(function));
}

static bool
is_taken_apart(const Query *answer)
{
	ListCell *cell;

	foreach (cell, answer->targetList)
		if (!IsA(lfirst_node(TargetEntry, cell)->expr, Var))
			return true;
	return answer->jointree->quals != NULL || answer->sortClause != NIL ||
		   answer->hasAggs || answer->hasTargetSRFs;
}

/* PostgREST's own statement is around that of the client. */
static void
check_answer(const Query *query)
{
	ListCell *cell;

	foreach (cell, query->rtable)
	{
		const RangeTblEntry *entry = lfirst(cell);

		if (entry->rtekind == RTE_SUBQUERY && is_taken_apart(entry->subquery))
			refuse("the answer of this function cannot be filtered or reshaped",
				   "Leave out select, order and filters.");
	}
}

static bool look_at_node(Node *node, void *context);

static void
look_at_query(Query *query, Shape *shape)
{
	ListCell *cell;

	check_query(query);
	foreach (cell, query->rtable)
	{
		RangeTblEntry *entry = lfirst(cell);
		int deeper = entry->lateral ? 1 : 0;

		if (entry->rtekind == RTE_RELATION &&
			get_rel_namespace(entry->relid) == PG_CATALOG_NAMESPACE)
			shape->catalog = true;
		if (entry->rtekind != RTE_SUBQUERY)
			continue;
		shape->embeds += deeper;
		shape->depth += deeper;
		if (shape->depth > EMBEDS_DEEP || shape->embeds > EMBEDS_MOST)
			refuse("too many resources are embedded",
				   "Embed up to 4 levels deep and 20 in all, and make more requests.");
		look_at_query(entry->subquery, shape);
		shape->depth -= deeper;
	}
	(void)query_tree_walker(query, look_at_node, shape, QTW_IGNORE_RT_SUBQUERIES);
}

static bool
look_at_node(Node *node, void *context)
{
	Shape *shape = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		check_stack_depth();
		look_at_query((Query *)node, shape);
		return false;
	}
	if (IsA(node, CoerceViaIO))
		check_cast((CoerceViaIO *)node);
	if (is_catalog_cast(node))
		shape->names = true;
	if (check_functions_in_node(node, writes_and_answers, NULL))
		shape->writes = true;
	return expression_tree_walker(node, look_at_node, context);
}

static void
on_analyze(ParseState *pstate, Query *query, COMPAT_JUMBLE *jumble)
{
	Shape shape = {0};

	if (next_analyze)
		next_analyze(pstate, query, jumble);
	if (query->commandType != CMD_UTILITY && pstate->p_sourcetext == debug_query_string &&
		is_request())
	{
		look_at_query(query, &shape);
		if (shape.writes)
			check_answer(query);
		if (shape.names && !shape.catalog)
			refuse("names of the catalog are not available",
				   "Cast to an integer, a float, a date, a time, a boolean, a text or a "
				   "uuid.");
	}
}

static void
on_utility(PlannedStmt *pstmt, const char *query, bool read_only_tree,
		   ProcessUtilityContext context, ParamListInfo params, QueryEnvironment *env,
		   DestReceiver *dest, QueryCompletion *completion)
{
	ProcessUtility_hook_type next = next_utility ? next_utility : standard_ProcessUtility;

	if (IsA(pstmt->utilityStmt, ExplainStmt) && context == PROCESS_UTILITY_TOPLEVEL &&
		is_request())
		refuse("plans and planned counts are not available", "Use count=exact.");
	next(pstmt, query, read_only_tree, context, params, env, dest, completion);
}

/* ---- the rows ---- */

/* A row as one value, as json_agg(t) takes it. */
static int
columns_within(Form_pg_attribute column, Datum value)
{
	if (column->atttypid != RECORDOID || VARATT_IS_EXTENDED(DatumGetPointer(value)))
		return 1;
	return HeapTupleHeaderGetNatts((HeapTupleHeader)DatumGetPointer(value));
}

/* Joins repeat what was gathered once without gathering it again, so size counts too. The
 * names of columns are printed with each row: a client may give it many, by aliases. */
static int64
rows_worth(TupleTableSlot *slot)
{
	TupleDesc columns = slot->tts_tupleDescriptor;
	int64 bytes = 0;
	int names = columns->natts;

	slot_getallattrs(slot);
	for (int i = 0; i < columns->natts; i++)
		if (TupleDescAttr(columns, i)->attlen == -1 && !slot->tts_isnull[i])
		{
			bytes += (int64)toast_raw_datum_size(slot->tts_values[i]);
			names += columns_within(TupleDescAttr(columns, i), slot->tts_values[i]);
		}
	return 1 + (bytes + (int64)names * NAMEDATALEN) / ROW_BYTES;
}

static TupleTableSlot *
count_row(PlanState *node)
{
	CountedNode *counted = hash_search(counted_nodes, &node, HASH_FIND, NULL);
	TupleTableSlot *slot = counted->real(node);

	if (!TupIsNull(slot))
		counted->gathered->rows += rows_worth(slot);
	if (counted->gathered->rows > postgrest_rows)
		refuse("the request reads too many rows",
			   "Limit the rows and those of embedded resources.");
	return slot;
}

static bool
keeps_its_input(Oid aggregate)
{
	switch (aggregate)
	{
	case F_JSON_AGG:
	case F_JSONB_AGG:
	case F_JSON_OBJECT_AGG:
	case F_JSONB_OBJECT_AGG:
	case F_STRING_AGG_TEXT_TEXT:
	case F_STRING_AGG_BYTEA_BYTEA:
	case F_ARRAY_AGG_ANYARRAY:
	case F_ARRAY_AGG_ANYNONARRAY:
	case F_XMLAGG:
		return true;
	default:
		return false;
	}
}

static void
count_rows_of(PlanState *node, Gathered *gathered)
{
	CountedNode *counted;
	bool found;

	counted = hash_search(counted_nodes, &node, HASH_ENTER, &found);
	if (found)
		return;
	counted->real = node->ExecProcNodeReal;
	counted->gathered = gathered;
	ExecSetExecProcNode(node, count_row);
}

static bool
count_below_aggregates(PlanState *node, void *context)
{
	if (IsA(node, AggState) && outerPlanState(node) != NULL)
	{
		ListCell *cell;

		foreach (cell, ((AggState *)node)->aggs)
			if (keeps_its_input(lfirst_node(Aggref, cell)->aggfnoid))
			{
				count_rows_of(outerPlanState(node), context);
				break;
			}
	}
	return planstate_tree_walker(node, count_below_aggregates, context);
}

static void
forget_nodes(void *arg)
{
	HASH_SEQ_STATUS status;
	CountedNode *counted;

	hash_seq_init(&status, counted_nodes);
	while ((counted = hash_seq_search(&status)) != NULL)
		if (counted->gathered == arg)
			(void)hash_search(counted_nodes, &counted->node, HASH_REMOVE, NULL);
}

static void
count_rows(QueryDesc *query)
{
	MemoryContext context = query->estate->es_query_cxt;
	Gathered *gathered = MemoryContextAllocZero(context, sizeof(Gathered));
	MemoryContextCallback *callback =
		MemoryContextAllocZero(context, sizeof(MemoryContextCallback));

	callback->func = forget_nodes;
	callback->arg = gathered;
	MemoryContextRegisterResetCallback(context, callback);
	(void)count_below_aggregates(query->planstate, gathered);
}

/* ---- the body ---- */

static void
check_numbers(Jsonb *document)
{
	JsonbIterator *iterator = JsonbIteratorInit(&document->root);
	JsonbValue value;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
		if ((token == WJB_ELEM || token == WJB_VALUE) &&
			!realty_json_value_is_plain(&value))
			refuse("the body " REALTY_JSON_NUMBER_RULE, "Send a text as a text.");
}

/* As jsonb a body comes with Prefer: missing=default alone. */
static void
check_parameters(ParamListInfo parameters)
{
	for (int i = 0; parameters != NULL && i < parameters->numParams; i++)
	{
		const ParamExternData *parameter = &parameters->params[i];

		if (parameter->ptype == JSONBOID && !parameter->isnull)
			check_numbers(DatumGetJsonbP(parameter->value));
	}
}

static void
on_executor_start(QueryDesc *query, int flags)
{
	ExecutorStart_hook_type next = next_start ? next_start : standard_ExecutorStart;

	if (query->params != NULL && is_request())
		check_parameters(query->params);
	next(query, flags);
	if (postgrest_rows > 0 && (flags & EXEC_FLAG_EXPLAIN_ONLY) == 0 && is_request())
		count_rows(query);
}

void
realty_postgrest_limits_init(void)
{
	HASHCTL control = {.keysize = sizeof(PlanState *), .entrysize = sizeof(CountedNode)};

	DefineCustomIntVariable(
		"realty.postgrest_rows",
		"How many rows a request of PostgREST may accumulate, embedded ones included.",
		"0: no limit.", &postgrest_rows, ROWS_DEFAULT, 0, INT_MAX, PGC_SUSET, 0, NULL,
		NULL, NULL);
	counted_nodes =
		hash_create("realty counted nodes", 32, &control, HASH_ELEM | HASH_BLOBS);
	next_analyze = post_parse_analyze_hook;
	post_parse_analyze_hook = on_analyze;
	next_utility = ProcessUtility_hook;
	ProcessUtility_hook = on_utility;
	next_start = ExecutorStart_hook;
	ExecutorStart_hook = on_executor_start;
}
