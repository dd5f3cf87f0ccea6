/*
 * select.c
 *		Rows of a resource as JSON: the statement and its conditions.
 *
 * One row is one row_to_json of the columns that the role may read, with the embedded
 * rows as sub-objects. Paging happens in the innermost query, so that embeds are looked
 * up for the rows shown only. All names come from the catalog, quoted; all values are
 * arguments.
 *
 * LIMIT is one of two constants, and the executor stops earlier where less is wanted:
 * a generic plan takes LIMIT $n for a tenth of the table, and the planner sorts it all.
 * With the larger one a page of ten would be sorted out of a hundred all the same.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "api/catalog/catalog.h"
#include "api/sql/convert.h"
#include "api/sql/select.h"
#include "api/sql/statement_cache.h"
#include "platform/compat.h"
#include "platform/error_codes.h"

/* What a list asks for, one more to tell whether there is a next page: mostly few. */
#define ROWS_FEW 11
#define ROWS_MANY 101

RowsQuery *
realty_rows_make(const ApiRequest *request, const ApiResource *resource)
{
	RowsQuery *query = palloc0(sizeof(RowsQuery));

	query->resource = resource;
	query->role = request->role;
	return query;
}

void
realty_rows_where(RowsQuery *query, const ApiColumn *column, RowsTest test, Oid type,
				  Datum value)
{
	RowsCondition *condition = &query->conditions[query->nconditions];

	if (query->nconditions == lengthof(query->conditions))
		ereport(ERROR,
				(realty_errcode(REALTY_BAD_REQUEST), errmsg("too many parameters")));
	condition->column = column;
	condition->test = test;
	condition->type = type;
	condition->value = value;
	query->nconditions++;
}

/* What the path names is a condition; a value that cannot be is a row that is not. */
void
realty_rows_where_captured(const ApiRequest *request, RowsQuery *query)
{
	const ApiResource *named =
		request->route->parent ? request->route->parent : query->resource;

	for (int i = 0; i < request->ncaptures; i++)
	{
		const char *name = request->route->params[i];
		const ApiColumn *column = realty_resource_column(query->resource, name);
		Datum value;

		if (column == NULL)
			elog(ERROR,
				 "route " INT64_FORMAT " maps a path parameter to no column \"%s\"",
				 request->route->id, name);
		if (realty_convert_text(&column->type, request->captures[i], &value) != NULL)
			realty_resource_not_found(named);
		realty_rows_where(query, column, ROWS_EQUAL, column->type.oid, value);
	}
}

/*
 * Arguments are numbered by position: the conditions in the order of their columns, then
 * the cursor's, then the offset. So the order of parameters makes no new statement.
 */
static int
compare_conditions(const void *a, const void *b)
{
	const RowsCondition *x = a;
	const RowsCondition *y = b;

	if (x->column->attnum != y->column->attnum)
		return x->column->attnum - y->column->attnum;
	return (int)x->test - (int)y->test;
}

static int
key_argument(const RowsQuery *query)
{
	return query->nconditions + (query->after == ROWS_AFTER_VALUE ? 2 : 1);
}

static int
offset_argument(const RowsQuery *query)
{
	return query->nconditions + 1;
}

/* The hits come last. */
static int
hits_argument(const RowsQuery *query)
{
	return query->nconditions + (query->after == ROWS_AFTER_VALUE ? 1 : 0) +
		   (query->after != ROWS_FROM_START ? 1 : 0) + (query->offset != 0 ? 1 : 0) + 1;
}

/* ---- the text ---- */

/* The view, joined to the hits where there is something to search for. */
static void
write_source(StringInfo sql, const RowsQuery *query)
{
	appendStringInfo(sql, "%s t", query->resource->quoted_view);
	if (query->words != NULL)
		appendStringInfo(
			sql,
			" JOIN pg_catalog.unnest($%d) WITH ORDINALITY h (id, ordinal) ON h.id = t.%s",
			hits_argument(query), quote_identifier(query->resource->key->name));
}

static void
write_column(StringInfo sql, const char *table, const char *name)
{
	appendStringInfo(sql, "%s.%s", table, quote_identifier(name));
}

static void
write_condition(StringInfo sql, const RowsCondition *condition, int arg)
{
	StringInfoData column;

	initStringInfo(&column);
	write_column(&column, "t", condition->column->name);
	switch (condition->test)
	{
	case ROWS_EQUAL:
		appendStringInfo(sql, "%s = $%d", column.data, arg);
		break;
	case ROWS_LIKE:
		appendStringInfo(sql, "%s ILIKE $%d", column.data, arg);
		break;
	case ROWS_AMONG:
		appendStringInfo(sql, "%s = ANY ($%d)", column.data, arg);
		break;
	case ROWS_AT_LEAST:
		appendStringInfo(sql, "%s >= $%d", column.data, arg);
		break;
	case ROWS_AT_MOST:
		appendStringInfo(sql, "%s <= $%d", column.data, arg);
		break;
	case ROWS_HAS:
		appendStringInfo(sql, "$%d = ANY (%s)", arg, column.data);
		break;
	case ROWS_NEVER:
		appendStringInfo(sql, "$%d IS NULL", arg);
		break;
	case ROWS_TRUE: /* as an index's predicate has it */
		appendStringInfoString(sql, column.data);
		break;
	}
}

/* After the last row of a page, in its order; nulls sort as the largest value. */
static void
write_after(StringInfo sql, const RowsQuery *query)
{
	const char *sort = quote_identifier(query->sort->name);
	const char *key = quote_identifier(query->resource->key->name);
	char way = query->descending ? '<' : '>';

	if (query->sort == query->resource->key)
		appendStringInfo(sql, "t.%s %c $%d", key, way, key_argument(query));
	else if (query->after == ROWS_AFTER_NULL)
	{
		appendStringInfo(sql, "((t.%s IS NULL AND t.%s %c $%d)", sort, key, way,
						 key_argument(query));
		if (query->descending)
			appendStringInfo(sql, " OR t.%s IS NOT NULL", sort);
		appendStringInfoChar(sql, ')');
	}
	else
	{
		bool nulls_follow = !query->descending && !query->sort->not_null;

		appendStringInfo(sql, "%s(t.%s, t.%s) %c ($%d, $%d)", nulls_follow ? "(" : "",
						 sort, key, way, key_argument(query) - 1, key_argument(query));
		if (nulls_follow)
			appendStringInfo(sql, " OR t.%s IS NULL)", sort);
	}
}

static void
write_conditions(StringInfo sql, const RowsQuery *query)
{
	const char *word = " WHERE ";

	for (int i = 0; i < query->nconditions; i++)
	{
		appendStringInfoString(sql, word);
		write_condition(sql, &query->conditions[i], i + 1);
		word = " AND ";
	}
	if (query->after != ROWS_FROM_START)
	{
		appendStringInfoString(sql, word);
		write_after(sql, query);
	}
}

static void
write_sort(StringInfo sql, const RowsQuery *query)
{
	const char *way = query->descending ? "DESC" : "ASC";

	appendStringInfoString(sql, " ORDER BY ");
	write_column(sql, "t", query->sort->name);
	appendStringInfo(sql, " %s", way);
	if (query->sort == query->resource->key)
		return;
	appendStringInfoString(sql, ", ");
	write_column(sql, "t", query->resource->key->name);
	appendStringInfo(sql, " %s", way);
}

/* Hits stand in their order, so the page ends when its rows have been judged. */
static void
write_order(StringInfo sql, const RowsQuery *query)
{
	if (query->by_rank)
		appendStringInfoString(sql, " ORDER BY h.ordinal");
	else
		write_sort(sql, query);
	appendStringInfo(sql, " LIMIT %d", query->many ? ROWS_MANY : ROWS_FEW);
	if (query->offset != 0)
		appendStringInfo(sql, " OFFSET $%d", offset_argument(query));
}

/* The columns of a row that the role may see, as `table`.name, .... */
static void
write_columns(StringInfo sql, const ApiResource *resource, Oid role, const char *table)
{
	const char *between = "";

	for (int i = 0; i < resource->ncolumns; i++)
	{
		const ApiColumn *column = &resource->columns[i];

		if (column->hidden || !realty_column_allows(resource, column, role, ACL_SELECT))
			continue;
		appendStringInfoString(sql, between);
		write_column(sql, table, column->name);
		between = ", ";
	}
}

static void
write_embed(StringInfo sql, const ApiEmbed *embed, Oid role)
{
	ApiResource *other = realty_resource_find(embed->resource);
	const char *between = "";
	ListCell *cell;

	if (other == NULL)
		elog(ERROR, "embedded resource \"%s\" does not exist", embed->resource);
	realty_resource_describe(other);
	appendStringInfoString(sql, ", (SELECT pg_catalog.row_to_json(e) FROM (SELECT ");
	foreach (cell, embed->columns)
	{
		const ApiColumn *column = realty_resource_column(other, lfirst(cell));

		if (column == NULL || !realty_column_allows(other, column, role, ACL_SELECT))
			continue;
		appendStringInfoString(sql, between);
		write_column(sql, "r", column->name);
		between = ", ";
	}
	appendStringInfo(sql, " FROM %s r WHERE ", other->quoted_view);
	write_column(sql, "r", other->key->name);
	appendStringInfoString(sql, " = ");
	write_column(sql, "p", embed->by);
	appendStringInfo(sql, ") e) AS %s", quote_identifier(embed->key));
}

void
realty_rows_select(StringInfo sql, const ApiResource *resource, Oid role,
				   const char *from)
{
	ListCell *cell;

	appendStringInfoString(sql, "(SELECT p.*");
	foreach (cell, resource->embeds)
		write_embed(sql, lfirst(cell), role);
	appendStringInfoString(sql, " FROM (SELECT ");
	write_columns(sql, resource, role, "t");
	appendStringInfo(sql, " FROM %s) p) x", from);
}

/* The value that a cursor remembers: of money the minor units. */
static void
write_sort_value(StringInfo sql, const RowsQuery *query)
{
	for (int i = 0; i < query->resource->ncolumns; i++)
	{
		const ApiColumn *shown = &query->resource->columns[i];

		if (shown->minor_units != query->sort)
			continue;
		appendStringInfo(sql, "(x.%s * 100)::bigint", quote_identifier(shown->name));
		return;
	}
	write_column(sql, "x", query->sort->name);
}

static void
write_rows(StringInfo sql, const void *what)
{
	const RowsQuery *query = what;
	StringInfoData from;

	initStringInfo(&from);
	write_source(&from, query);
	write_conditions(&from, query);
	appendStringInfoString(sql, "SELECT pg_catalog.row_to_json(x)");
	if (query->sort != NULL)
	{
		write_order(&from, query);
		appendStringInfoString(sql, ", ");
		write_column(sql, "x", query->resource->key->name);
		appendStringInfoString(sql, ", ");
		write_sort_value(sql, query);
	}
	appendStringInfoString(sql, " FROM ");
	realty_rows_select(sql, query->resource, query->role, from.data);
}

static void
write_count(StringInfo sql, const void *what)
{
	const RowsQuery *query = what;

	appendStringInfoString(sql, "SELECT pg_catalog.count(*) FROM (SELECT FROM ");
	write_source(sql, query);
	write_conditions(sql, query);
	appendStringInfo(sql, " LIMIT " INT64_FORMAT ") counted", query->count_limit);
}

static void
write_search(StringInfo sql, const void *what)
{
	const RowsQuery *query = what;

	appendStringInfo(sql, "SELECT pg_catalog.array_agg(h.id) FROM %s($1) h (id)",
					 query->resource->search);
}

/* ---- running ---- */

/* Everything the text depends on; the role stands in the key already. */
static void
write_key(StringInfo key, const RowsQuery *query)
{
	appendStringInfo(key, "R%u", query->resource->relid);
	for (int i = 0; i < query->nconditions; i++)
		appendStringInfo(key, "%c%d", (char)query->conditions[i].test,
						 query->conditions[i].column->attnum);
	if (query->words != NULL)
		appendStringInfo(key, "?%u%s", query->hits_type, query->by_rank ? "!" : "");
	if (query->sort != NULL)
		appendStringInfo(key, "%c%d%s%d%s", query->descending ? '-' : '+',
						 query->sort->attnum, query->offset ? "o" : "", query->after,
						 query->many ? "m" : "");
}

static ApiStatement *
statement_of(const RowsQuery *query)
{
	ApiStatement *statement = realty_statement_make(query->role);

	for (int i = 0; i < query->nconditions; i++)
		realty_statement_bind(statement, query->conditions[i].type,
							  query->conditions[i].value, false);
	if (query->after == ROWS_AFTER_VALUE)
		realty_statement_bind(statement, query->sort->type.oid, query->after_value,
							  false);
	if (query->after != ROWS_FROM_START)
		realty_statement_bind(statement, query->resource->key->type.oid, query->after_key,
							  false);
	if (query->offset != 0)
		realty_statement_bind(statement, INT8OID, Int64GetDatum(query->offset), false);
	if (query->words != NULL)
		realty_statement_bind(statement, query->hits_type, PointerGetDatum(query->hits),
							  query->hits == NULL);
	write_key(&statement->key, query);
	return statement;
}

void
realty_rows_search(RowsQuery *query)
{
	ApiStatement *statement = realty_statement_make(query->role);
	Datum hits;
	bool isnull;

	realty_statement_bind(statement, TEXTOID, CStringGetTextDatum(query->words), false);
	appendStringInfo(&statement->key, "S%s", query->resource->search);
	realty_statement_run(statement, write_search, query, true, 1);
	query->hits_type = SPI_gettypeid(SPI_tuptable->tupdesc, 1);
	hits = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (isnull)
		return;
	query->hits = DatumGetArrayTypePCopy(hits);
	query->nhits = ArrayGetNItems(ARR_NDIM(query->hits), ARR_DIMS(query->hits));
}

void
realty_rows_run(RowsQuery *query, bool read_only, long limit)
{
	qsort(query->conditions, query->nconditions, sizeof(RowsCondition),
		  compare_conditions);
	query->many = limit > ROWS_FEW;
	realty_statement_run(statement_of(query), write_rows, query, read_only, limit);
}

/* The query without its order and page: only the conditions are left. */
static RowsQuery
conditions_alone(const RowsQuery *query)
{
	RowsQuery counted = *query;

	counted.sort = NULL;
	counted.after = ROWS_FROM_START;
	counted.offset = 0;
	counted.by_rank = false;
	return counted;
}

/* The limit is a constant, for the planner's sake, and a handful of values. */
static ApiStatement *
count_statement(RowsQuery *counted, int64 limit)
{
	ApiStatement *statement = statement_of(counted);

	counted->count_limit = limit;
	appendStringInfo(&statement->key, "#" INT64_FORMAT, limit);
	return statement;
}

int64
realty_rows_count(const RowsQuery *query, int64 limit)
{
	RowsQuery counted = conditions_alone(query);
	bool isnull;

	realty_statement_run(count_statement(&counted, limit), write_count, &counted, true,
						 1);
	return DatumGetInt64(
		SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

int64
realty_rows_expected(const RowsQuery *query, int64 limit)
{
	RowsQuery counted = conditions_alone(query);

	return realty_statement_expected(count_statement(&counted, limit), write_count,
									 &counted);
}

/*
 * For what is planned and never run: EXPLAIN starts the executor, and of a large table's
 * plan that would already make code for the JIT compiler, which takes longer than the
 * rest of a page.
 */
static int
plan_without_code(void)
{
	int nest_level = NewGUCNestLevel();

	(void)set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							true, 0, false);
	(void)set_config_option("max_parallel_workers_per_gather", "0", PGC_USERSET,
							PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return nest_level;
}

/*
 * EXPLAIN with these very values, since a generic plan knows none; its first line is
 * "… (cost=… rows=… width=…)" of the whole. It writes nothing, yet SPI takes no utility
 * statement for read-only.
 */
int64
realty_rows_estimate(const RowsQuery *query)
{
	RowsQuery counted = conditions_alone(query);
	ApiStatement *statement = statement_of(&counted);
	MemoryContext caller = CurrentMemoryContext;
	StringInfoData sql;
	const char *line;
	int nest_level;
	int code;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "EXPLAIN SELECT FROM ");
	write_source(&sql, &counted);
	write_conditions(&sql, &counted);
	nest_level = plan_without_code();
	code = SPI_execute_with_args(sql.data, statement->nargs, statement->types,
								 statement->values, statement->nulls, false, 0);
	AtEOXact_GUC(true, nest_level);
	MemoryContextSwitchTo(caller);
	if (code < 0 || SPI_processed == 0)
		elog(ERROR, "could not explain: %s", SPI_result_code_string(code));
	line =
		strstr(SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1), " rows=");
	return line == NULL ? 0 : (int64)strtod(line + strlen(" rows="), NULL);
}

/* As it stands in the row, which holds it whole. */
size_t
realty_rows_size(uint64 row)
{
	bool isnull;
	Datum value =
		SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1, &isnull);

	return isnull ? 0 : VARSIZE_ANY_EXHDR(DatumGetPointer(value));
}

void
realty_rows_append(ApiRequest *request, uint64 row)
{
	bool isnull;
	Datum value =
		SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1, &isnull);
	text *json;

	if (isnull)
	{
		appendStringInfoString(&request->answer.body, "null");
		return;
	}
	json = DatumGetTextPP(value);
	appendBinaryStringInfo(&request->answer.body, VARDATA_ANY(json),
						   (int)VARSIZE_ANY_EXHDR(json));
}
