/*
 * bulk.c
 *		POST of many rows in one request: all of them, or all that is wrong with them.
 *
 * Each row is judged by the code that judges a single one, so both refuse the same. The
 * good case is one INSERT … SELECT, so that triggers of statements run once. When a row
 * fails, or could not even be read, the rows are tried in a rehearsal that is undone: by
 * halves, down to the single bad ones, whose faults then carry their index
 *("[17].price"). Rows that passed stay for the rest of the rehearsal, so that two rows
 * which collide are found.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "api/assign.h"
#include "api/convert.h"
#include "api/request.h"
#include "api/respond.h"
#include "api/rows.h"

/* More details than this help nobody; the rest is counted. */
#define BULK_FAULTS_TOLD 1000

typedef struct Bulk
{
	ApiRequest *request;
	ApiResource *resource;
	int count;
	Jsonb **rows;
	bool *unreadable; /* per row: its values cannot go into the statement */
	int *given;       /* per column: how many rows have it */
	int first;        /* of the rows that the statement takes now */
	int last;         /* the one behind them */
	List *faults;     /* ApiFault *, with their index */
	int untold;
} Bulk;

static const ApiType *
type_of_column(const void *target, const char *name)
{
	const Bulk *bulk = target;
	const ApiColumn *column = realty_resource_column(bulk->resource, name);

	return column ? &column->type : NULL;
}

/* ---- reading ---- */

/* Would a single row be taken with this value? Then it also goes into the statement. */
static bool
value_is_readable(Bulk *bulk, const char *name, JsonbValue *json)
{
	ApiColumn *column = realty_resource_column(bulk->resource, name);
	Datum value;
	bool isnull;

	if (column == NULL || column->hidden ||
		!realty_column_allows(bulk->resource, column, bulk->request->role, ACL_INSERT) ||
		realty_assignment_find(bulk->request, name) != NULL ||
		realty_convert_json(&column->type, json, &value, &isnull) != NULL)
		return false;
	bulk->given[column - bulk->resource->columns]++;
	return true;
}

static bool
row_is_readable(Bulk *bulk, Jsonb *row)
{
	JsonbIterator *it;
	JsonbValue key;
	JsonbValue json;
	bool readable = true;

	if (!JB_ROOT_IS_OBJECT(row))
		return false;
	it = JsonbIteratorInit(&row->root);
	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		(void)JsonbIteratorNext(&it, &json, true);
		if (!value_is_readable(bulk, pnstrdup(key.val.string.val, key.val.string.len),
							   &json))
			readable = false;
	}
	return readable;
}

static void
read_rows(Bulk *bulk)
{
	JsonbContainer *list = &bulk->request->body->root;

	bulk->rows = palloc(sizeof(Jsonb *) * bulk->count);
	bulk->unreadable = palloc0(sizeof(bool) * bulk->count);
	bulk->given = palloc0(sizeof(int) * Max(bulk->resource->ncolumns, 1));
	for (int i = 0; i < bulk->count; i++)
	{
		bulk->rows[i] = JsonbValueToJsonb(getIthJsonbValueFromContainer(list, i));
		bulk->unreadable[i] = !row_is_readable(bulk, bulk->rows[i]);
	}
}

static void
check_count(ApiRequest *request)
{
	int count = request->body != NULL && JB_ROOT_IS_ARRAY(request->body) &&
						!JB_ROOT_IS_SCALAR(request->body)
					? JB_ROOT_COUNT(request->body)
					: 0;

	if (count >= 1 && count <= API_BULK_MOST)
		return;
	realty_request_fault(request, API_IN_BODY, NULL,
						 psprintf("must be a list of 1 to %d rows", API_BULK_MOST));
	realty_request_check_faults(request);
}

/* ---- the statement ---- */

/* What a row gets that does not name the column, when others do: its default. */
static char *
default_of(const Bulk *bulk, const ApiColumn *column)
{
	AttrNumber at = OidIsValid(bulk->resource->base)
						? get_attnum(bulk->resource->base, column->name)
						: InvalidAttrNumber;
	Relation table;
	Node *expression;

	if (at == InvalidAttrNumber)
		return "NULL";
	table = table_open(bulk->resource->base, AccessShareLock);
	expression = build_column_default(table, at);
	table_close(table, AccessShareLock);
	return expression ? deparse_expression(expression, NIL, false, false) : "NULL";
}

static bool
is_given(const Bulk *bulk, int column)
{
	return bulk->given[column] > 0;
}

static void
write_values(StringInfo names, StringInfo values, StringInfo types, const Bulk *bulk)
{
	const char *between = names->len ? ", " : "";

	for (int i = 0; i < bulk->resource->ncolumns; i++)
	{
		const ApiColumn *column = &bulk->resource->columns[i];
		const char *name = quote_identifier(column->name);

		if (!is_given(bulk, i))
			continue;
		appendStringInfo(names, "%s%s", between, name);
		if (bulk->given[i] == bulk->count)
			appendStringInfo(values, "%sx.%s", between, name);
		else
			appendStringInfo(values,
							 "%sCASE WHEN pg_catalog.jsonb_exists(e.v, %s) THEN x.%s "
							 "ELSE %s END",
							 between, quote_literal_cstr(column->name), name,
							 default_of(bulk, column));
		appendStringInfo(types, "%s%s %s", types->len ? ", " : "", name,
						 format_type_with_typemod(column->type.oid, column->type.typmod));
		between = ", ";
	}
}

static void
write_bulk(StringInfo sql, const void *what)
{
	const Bulk *bulk = what;
	StringInfoData names;
	StringInfoData values;
	StringInfoData types;
	ListCell *cell;
	int arg = 1;

	initStringInfo(&names);
	initStringInfo(&values);
	initStringInfo(&types);
	foreach (cell, bulk->request->assignments)
	{
		ApiAssignment *assignment = lfirst(cell);

		appendStringInfo(&names, "%s%s", names.len ? ", " : "",
						 quote_identifier(assignment->name));
		appendStringInfo(&values, "%s$%d", values.len ? ", " : "", ++arg);
	}
	write_values(&names, &values, &types, bulk);
	appendStringInfo(
		sql,
		"INSERT INTO %s AS t (%s) SELECT %s FROM pg_catalog.jsonb_array_elements($1) "
		"WITH ORDINALITY e (v, n), LATERAL pg_catalog.jsonb_to_record(e.v) AS x (%s) "
		"ORDER BY e.n RETURNING t.%s",
		bulk->resource->quoted_view, names.data, values.data, types.data,
		quote_identifier(bulk->resource->key->name));
}

static Jsonb *
rows_of_now(const Bulk *bulk)
{
	JsonbParseState *state = NULL;

	(void)pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = bulk->first; i < bulk->last; i++)
	{
		JsonbValue row = {.type = jbvBinary};

		row.val.binary.data = &bulk->rows[i]->root;
		row.val.binary.len = VARSIZE(bulk->rows[i]) - VARHDRSZ;
		(void)pushJsonbValue(&state, WJB_ELEM, &row);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL));
}

static void
insert_rows(ApiRequest *request, void *arg)
{
	Bulk *bulk = arg;
	ApiStatement *statement = realty_statement_make(request->role);
	ListCell *cell;

	appendStringInfo(&statement->key, "B%u", bulk->resource->relid);
	realty_statement_bind(statement, JSONBOID, JsonbPGetDatum(rows_of_now(bulk)), false);
	foreach (cell, request->assignments)
	{
		ApiAssignment *assignment = lfirst(cell);

		realty_statement_bind(statement, assignment->type.oid, assignment->value,
							  assignment->isnull);
		appendStringInfo(&statement->key, "=%s", assignment->name);
	}
	for (int i = 0; i < bulk->resource->ncolumns; i++)
		if (is_given(bulk, i))
			appendStringInfo(&statement->key, ",%d%s", bulk->resource->columns[i].attnum,
							 bulk->given[i] == bulk->count ? "" : "?");
	realty_statement_run(statement, write_bulk, bulk, false, 0);
}

/* ---- what is wrong ---- */

static void
add_fault(Bulk *bulk, int row, const char *field, const char *message)
{
	ApiFault *fault;

	if (list_length(bulk->faults) >= BULK_FAULTS_TOLD)
	{
		bulk->untold++;
		return;
	}
	fault = palloc(sizeof(ApiFault));
	fault->place = API_IN_BODY;
	fault->field = field ? psprintf("[%d].%s", row, field) : psprintf("[%d]", row);
	fault->message = message;
	bulk->faults = lappend(bulk->faults, fault);
}

static void
create_one(ApiRequest *request, void *arg)
{
	realty_handle_create(request);
}

/* A request of its own for one row: what it is refused for are the row's faults. */
static void
try_one(Bulk *bulk, int row)
{
	ApiRequest single = *bulk->request;
	ErrorData *error;
	const char *message;
	ListCell *cell;

	single.body = bulk->rows[row];
	single.faults = NIL;
	single.assignments = NIL;
	initStringInfo(&single.answer.body);
	if (!JB_ROOT_IS_OBJECT(single.body))
	{
		add_fault(bulk, row, NULL, "must be a JSON object");
		return;
	}
	if (realty_request_guarded(&single, create_one, NULL, &error))
		return;
	message = realty_failure_explain(&single, error);
	foreach (cell, single.faults)
		add_fault(bulk, row, ((ApiFault *)lfirst(cell))->field,
				  ((ApiFault *)lfirst(cell))->message);
	if (single.faults == NIL)
		add_fault(bulk, row, NULL, message);
}

static bool
all_are_readable(const Bulk *bulk, int first, int last)
{
	for (int i = first; i < last; i++)
		if (bulk->unreadable[i])
			return false;
	return true;
}

/* Depth is the logarithm of the count. */
static void
try_rows(Bulk *bulk, int first, int last)
{
	ErrorData *error;

	CHECK_FOR_INTERRUPTS();
	if (bulk->untold > 0)
		return;
	if (last - first == 1)
	{
		try_one(bulk, first);
		return;
	}
	bulk->first = first;
	bulk->last = last;
	if (all_are_readable(bulk, first, last) &&
		realty_request_guarded(bulk->request, insert_rows, bulk, &error))
		return;
	try_rows(bulk, first, first + (last - first) / 2);
	try_rows(bulk, first + (last - first) / 2, last);
}

/* Refuses the request with the faults of its rows; returns when none has any. */
static void
refuse_rows(Bulk *bulk)
{
	try_rows(bulk, 0, bulk->count);
	if (bulk->faults == NIL)
		return;
	if (bulk->untold > 0)
	{
		ApiFault *more = palloc0(sizeof(ApiFault));

		more->place = API_IN_BODY;
		more->message = "there are more faults than are told here";
		bulk->faults = lappend(bulk->faults, more);
	}
	bulk->request->faults = bulk->faults;
	realty_request_check_faults(bulk->request);
}

/* ---- the handler ---- */

static void
append_answer(const Bulk *bulk)
{
	ApiRequest *request = bulk->request;
	StringInfo body = &request->answer.body;

	realty_answer_begin(request);
	appendStringInfo(body, "{\"count\":%d,\"ids\":[", (int)SPI_processed);
	for (uint64 i = 0; i < SPI_processed; i++)
		appendStringInfo(body, "%s%s", i ? "," : "",
						 SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1));
	appendStringInfoString(body, "]}");
	realty_answer_end(request);
}

void
realty_handle_create_many(ApiRequest *request)
{
	Bulk bulk = {.request = request, .resource = request->route->resource};
	ErrorData *error = NULL;

	realty_resource_describe(bulk.resource);
	for (int i = 0; i < request->nparameters; i++)
		realty_request_fault(request, API_IN_QUERY, request->parameters[i].name,
							 "is not a known parameter");
	realty_request_check_faults(request);
	check_count(request);
	bulk.count = bulk.last = JB_ROOT_COUNT(request->body);
	realty_assign_captured(request, type_of_column, &bulk);
	realty_assign_fixed(request, type_of_column, &bulk);
	read_rows(&bulk);
	if (!all_are_readable(&bulk, 0, bulk.count) ||
		!realty_request_guarded(request, insert_rows, &bulk, &error))
	{
		refuse_rows(&bulk);
		/* Not the rows' fault: what stopped the statement stops the request. */
		if (error != NULL)
			ReThrowError(error);
		elog(ERROR, "rows that cannot be read have no faults");
	}
	append_answer(&bulk);
}
