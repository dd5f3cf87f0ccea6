/*
 * statement_cache.c
 *		The dispatcher's prepared statements, one per statement and role.
 *
 * A plan made under row security belongs to one role: run under another it is planned
 * again, which costs more than the query. So the role is part of the key, before the
 * statement's own words (resource, columns or filters present, order).
 *
 * Which filters a client combines is the client's choice, so the number kept is
 * bounded and the least recently used one makes room. Inside a nested request
 * nothing is thrown away, for an outer one may be running it.
 *
 * SPI leaves its own memory context behind as the current one, which SPI_finish frees.
 * An answer outlives that, so each run puts back the context it was called in.
 */
#include "postgres.h"

#include "lib/ilist.h"
#include "nodes/parsenodes.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/resowner.h"

#include "api/catalog/invalidation.h"
#include "api/sql/statement_cache.h"
#include "platform/error_codes.h"

/* A list takes some 250 kB, the rest a tenth of that. */
#define MAX_KEPT_STATEMENTS 128
#define STATEMENT_KEY_SIZE 240

typedef struct KeptStatement
{
	char key[STATEMENT_KEY_SIZE]; /* hash key: must be first */
	SPIPlanPtr plan;
	dlist_node used;
} KeptStatement;

static HTAB *statements = NULL;
static uint64 generation;                   /* of the catalog that they were made from */
static StatementLabel label = {NULL, NULL}; /* of the request under way */
static uint64 last_query_id = 0;
static dlist_head by_use = DLIST_STATIC_INIT(by_use); /* latest first */

ApiStatement *
realty_statement_make(Oid role)
{
	ApiStatement *statement = palloc(sizeof(ApiStatement));

	statement->nargs = 0;
	initStringInfo(&statement->key);
	appendStringInfo(&statement->key, "%u", role);
	return statement;
}

int
realty_statement_bind(ApiStatement *statement, Oid type, Datum value, bool isnull)
{
	int at = statement->nargs;

	if (at == API_MAX_ARGS)
		ereport(ERROR,
				(realty_errcode(REALTY_BAD_REQUEST), errmsg("too many parameters")));
	statement->types[at] = type;
	statement->values[at] = value;
	statement->nulls[at] = isnull ? 'n' : ' ';
	return ++statement->nargs;
}

static void
statements_init(void)
{
	HASHCTL ctl;

	memset(&ctl, 0, sizeof(ctl));
	ctl.keysize = STATEMENT_KEY_SIZE;
	ctl.entrysize = sizeof(KeptStatement);
	ctl.hcxt = CacheMemoryContext;
	statements = hash_create("realty plans", MAX_KEPT_STATEMENTS, &ctl,
							 HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
}

static void
statement_drop(KeptStatement *kept)
{
	SPIPlanPtr plan = kept->plan;

	dlist_delete(&kept->used);
	(void)hash_search(statements, kept->key, HASH_REMOVE, NULL);
	SPI_freeplan(plan);
}

/* Those made from a catalog that was dropped. None of them runs any more. */
static void
statements_forget_stale(void)
{
	if (generation == realty_catalog_generation())
		return;
	while (!dlist_is_empty(&by_use))
		statement_drop(dlist_head_element(KeptStatement, used, &by_use));
	generation = realty_catalog_generation();
}

static SPIPlanPtr
statement_find(const char *key)
{
	KeptStatement *kept;

	statements_forget_stale();
	/* Longer ones are never kept, and a lookup would take them for their first part. */
	if (statements == NULL || strlen(key) >= STATEMENT_KEY_SIZE)
		return NULL;
	kept = hash_search(statements, key, HASH_FIND, NULL);
	if (kept == NULL)
		return NULL;
	dlist_move_head(&by_use, &kept->used);
	return kept->plan;
}

static bool
statement_keep(const char *key, SPIPlanPtr plan)
{
	KeptStatement *kept;
	bool found;

	if (strlen(key) >= STATEMENT_KEY_SIZE || statement_find(key) != NULL)
		return false;
	if (statements == NULL)
		statements_init();
	if (hash_get_num_entries(statements) >= MAX_KEPT_STATEMENTS)
	{
		if (realty_catalog_is_nested())
			return false;
		statement_drop(dlist_tail_element(KeptStatement, used, &by_use));
	}
	SPI_keepplan(plan);
	kept = hash_search(statements, key, HASH_ENTER, &found);
	kept->plan = plan;
	dlist_push_head(&by_use, &kept->used);
	return true;
}

StatementLabel
realty_statement_label(StatementLabel next)
{
	StatementLabel before = label;

	label = next;
	return before;
}

void
realty_statement_forget_id(void)
{
	last_query_id = 0;
}

uint64
realty_statement_query_id(void)
{
	return last_query_id;
}

/*
 * The statement, with the name of the route behind its first word: the server may drop a
 * comment that stands before. For readers of pg_stat_statements, which keeps the text of
 * the first use, so of several routes with one statement the first gives the name. A
 * site's path could end the comment.
 */
static char *
labelled(const char *statement)
{
	size_t word = strcspn(statement, " ");

	if (label.path == NULL || strstr(label.path, "*/") != NULL ||
		strstr(label.path, "/*") != NULL)
		return pstrdup(statement);
	return psprintf("%.*s /* %s %s */%s", (int)word, statement, label.method, label.path,
					statement + word);
}

static void
note_query_id(SPIPlanPtr plan)
{
	CachedPlanSource *source = linitial(SPI_plan_get_plan_sources(plan));

	if (source->query_list != NIL)
		last_query_id = linitial_node(Query, source->query_list)->queryId;
}

/* Generic: values never change the shape of our statements, and planning is costly. */
static SPIPlanPtr
statement_prepare(ApiStatement *statement, ApiStatementWriter writer, const void *what)
{
	StringInfoData sql;
	SPIPlanPtr plan;

	initStringInfo(&sql);
	writer(&sql, what);
	plan = SPI_prepare_cursor(labelled(sql.data), statement->nargs, statement->types,
							  CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "could not prepare: %s", SPI_result_code_string(SPI_result));
	(void)statement_keep(statement->key.data, plan);
	return plan;
}

static Plan *
plan_below(const Plan *plan)
{
	return IsA(plan, SubqueryScan) ? ((const SubqueryScan *)plan)->subplan
								   : outerPlan(plan);
}

int64
realty_statement_expected(ApiStatement *statement, ApiStatementWriter writer,
						  const void *what)
{
	SPIPlanPtr kept = statement_find(statement->key.data);
	CachedPlan *cached;
	Plan *plan;
	int64 rows = 0;

	if (kept == NULL)
	{
		(void)statement_prepare(statement, writer, what);
		kept = statement_find(statement->key.data);
	}
	cached = kept ? SPI_plan_get_cached_plan(kept) : NULL;
	if (cached == NULL)
		return 0;
	plan = linitial_node(PlannedStmt, cached->stmt_list)->planTree;
	while (plan != NULL && !IsA(plan, Limit))
		plan = plan_below(plan);
	if (plan != NULL && plan_below(plan) != NULL)
		rows = (int64)plan_below(plan)->plan_rows;
	ReleaseCachedPlan(cached, CurrentResourceOwner);
	return rows;
}

/* A statement that is not kept goes with SPI_finish. */
void
realty_statement_run(ApiStatement *statement, ApiStatementWriter writer, const void *what,
					 bool read_only, long limit)
{
	MemoryContext caller = CurrentMemoryContext;
	SPIPlanPtr plan = statement_find(statement->key.data);
	int code;

	if (plan == NULL)
		plan = statement_prepare(statement, writer, what);
	note_query_id(plan);
	code = SPI_execute_plan(plan, statement->values, statement->nulls, read_only, limit);
	MemoryContextSwitchTo(caller);
	if (code < 0)
		elog(ERROR, "could not run: %s", SPI_result_code_string(code));
}
