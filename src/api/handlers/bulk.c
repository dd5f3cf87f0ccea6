/*
 * bulk.c
 *		POST of many rows in one request: all of them, or what is wrong with them.
 *
 * First every row is checked without being inserted: its fields, their values and the
 * table's constraints, by the code that checks a single one, so that both report the
 * same. When all pass they are inserted by one INSERT ... SELECT, so that statement
 * triggers run once.
 *
 * What only the table can find (a policy, a key that points nowhere, two rows that
 * collide) is found in a dry run that is undone: the rows that passed are tried
 * together and then by halves, down to the single bad ones, whose violations carry their
 * index ("[17].price"). Rows that pass stay for the rest of the dry run, so that the
 * second of two equal ones fails.
 *
 * A request can have ten thousand violations. The search ends with MAX_VIOLATIONS of
 * them, which bounds the tries as well. Each try has a memory context of its own, which
 * is reset: thousands of tries would leave hundreds of megabytes behind.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "api/error_response.h"
#include "api/handlers/bulk.h"
#include "api/handlers/write.h"
#include "api/http/answer.h"
#include "api/request.h"
#include "api/sql/assign.h"
#include "api/sql/local_time.h"
#include "api/sql/statement_cache.h"
#include "api/subtransaction.h"
#include "api/violations.h"
#include "platform/compat.h"
#include "platform/error_codes.h"

/* Of all rows, in one answer. */
#define MAX_VIOLATIONS 100

typedef struct Bulk
{
	ApiRequest *request;
	ApiResource *resource;
	MemoryContext scratch; /* of one try */
	int count;
	Jsonb **rows;
	int checked;       /* rows so far, without being inserted */
	List **violations; /* per row: ApiViolation *, with the row's index */
	int nviolations;   /* of all rows */
	int *sound;        /* indexes of the rows that have none so far */
	int nsound;
	int *given; /* per column: how many sound rows have it */
	int first;  /* of the sound rows that the statement takes now */
	int last;   /* the one behind them */
} Bulk;

/* ---- reading ---- */

static void
read_rows(Bulk *bulk)
{
	JsonbContainer *list = &bulk->request->body->root;

	bulk->rows = palloc(sizeof(Jsonb *) * bulk->count);
	bulk->violations = palloc0(sizeof(List *) * bulk->count);
	bulk->sound = palloc(sizeof(int) * bulk->count);
	bulk->given = palloc0(sizeof(int) * Max(bulk->resource->ncolumns, 1));
	for (int i = 0; i < bulk->count; i++)
		bulk->rows[i] = JsonbValueToJsonb(getIthJsonbValueFromContainer(list, i));
}

static void
check_count(ApiRequest *request)
{
	int count = request->body != NULL && JB_ROOT_IS_ARRAY(request->body) &&
						!JB_ROOT_IS_SCALAR(request->body)
					? JB_ROOT_COUNT(request->body)
					: 0;

	if (count >= 1 && count <= API_BULK_MAX_ROWS)
		return;
	realty_request_violation(
		request, API_IN_BODY, NULL,
		psprintf("must be a list of 1 to %d rows", API_BULK_MAX_ROWS));
	realty_request_check_violations(request);
}

/* ---- the statement ---- */

/* What a row gets that does not name the column while others do: the default. */
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
		const char *type =
			format_type_with_typemod(column->type.oid, column->type.typmod);
		bool whole = column->type.kind == API_INTEGER; /* 2.0 is read as a numeric */

		if (!is_given(bulk, i))
			continue;
		appendStringInfo(names, "%s%s", between, name);
		if (bulk->given[i] == bulk->nsound)
			appendStringInfo(values, "%sx.%s::%s", between, name, type);
		else
			appendStringInfo(values,
							 "%sCASE WHEN pg_catalog.jsonb_exists(e.v, %s) THEN x.%s::%s "
							 "ELSE %s END",
							 between, quote_literal_cstr(column->name), name, type,
							 default_of(bulk, column));
		appendStringInfo(types, "%s%s %s", types->len ? ", " : "", name,
						 whole ? "pg_catalog.numeric" : type);
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
	JsonbInState state = {0};

	compat_push_jsonb(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = bulk->first; i < bulk->last; i++)
	{
		JsonbValue row = {.type = jbvBinary};

		row.val.binary.data = &bulk->rows[bulk->sound[i]]->root;
		row.val.binary.len = VARSIZE(bulk->rows[bulk->sound[i]]) - VARHDRSZ;
		compat_push_jsonb(&state, WJB_ELEM, &row);
	}
	compat_push_jsonb(&state, WJB_END_ARRAY, NULL);
	return JsonbValueToJsonb(state.result);
}

static bool
gives_times(const Bulk *bulk)
{
	for (int i = 0; i < bulk->resource->ncolumns; i++)
		if (is_given(bulk, i) && bulk->resource->columns[i].type.oid == TIMESTAMPTZOID)
			return true;
	return false;
}

/* SQL reads the rows' times, in the caller's time zone as those of a single row. */
static void
run_by_clock(Bulk *bulk, ApiStatement *statement)
{
	int nest_level = NewGUCNestLevel();

	if (gives_times(bulk))
		(void)set_config_option("timezone", realty_clock_of_caller(), PGC_USERSET,
								PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	realty_statement_run(statement, write_bulk, bulk, false, 0);
	AtEOXact_GUC(true, nest_level);
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
							 bulk->given[i] == bulk->nsound ? "" : "?");
	run_by_clock(bulk, statement);
}

/* ---- what is wrong ---- */

static bool
has_enough_violations(const Bulk *bulk)
{
	return bulk->nviolations >= MAX_VIOLATIONS;
}

static void
add_violation(Bulk *bulk, int row, const char *field, const char *message)
{
	MemoryContext old = MemoryContextSwitchTo(bulk->request->context);
	ApiViolation *violation;

	if (!has_enough_violations(bulk))
	{
		violation = palloc(sizeof(ApiViolation));
		violation->location = API_IN_BODY;
		violation->field =
			field ? psprintf("[%d].%s", row, field) : psprintf("[%d]", row);
		violation->message = pstrdup(message);
		bulk->violations[row] = lappend(bulk->violations[row], violation);
		bulk->nviolations++;
	}
	MemoryContextSwitchTo(old);
}

static void
take_violations(Bulk *bulk, int row, const ApiRequest *single)
{
	ListCell *cell;

	foreach (cell, single->violations)
	{
		const ApiViolation *violation = lfirst(cell);

		add_violation(bulk, row, violation->field, violation->message);
	}
}

/* A request of its own for one row, whose violations become the row's. */
static void
make_single(const Bulk *bulk, int row, ApiRequest *single)
{
	*single = *bulk->request;
	single->context = bulk->scratch;
	single->body = bulk->rows[row];
	single->violations = NIL;
	single->assignments = NIL;
}

/* A lock that was not available is no fault of a row, and a retry would wait again. */
static void
rethrow_trouble(ErrorData *error)
{
	int status;
	const char *code;

	realty_error_answer(error, &status, &code);
	if (status == 429 || status >= 500)
		ReThrowError(error);
}

static void
take_error(Bulk *bulk, int row, ApiRequest *single, ErrorData *error)
{
	const char *message;

	rethrow_trouble(error);
	message = realty_error_explain(single, error);
	if (single->violations == NIL)
		add_violation(bulk, row, NULL, message);
	take_violations(bulk, row, single);
}

/* ---- rows alone, without inserting them ---- */

static void
note_sound(Bulk *bulk, int row, const ApiRequest *single)
{
	ListCell *cell;

	bulk->sound[bulk->nsound++] = row;
	foreach (cell, single->assignments)
	{
		ApiAssignment *assignment = lfirst(cell);

		if (realty_assignment_find(bulk->request, assignment->name) == NULL)
			bulk->given[realty_resource_column(bulk->resource, assignment->name) -
						bulk->resource->columns]++;
	}
}

static void
check_row(Bulk *bulk, int row)
{
	ApiRequest single;

	make_single(bulk, row, &single);
	if (!JB_ROOT_IS_OBJECT(single.body))
	{
		add_violation(bulk, row, NULL, "must be a JSON object");
		return;
	}
	realty_create_violations(&single);
	take_violations(bulk, row, &single);
	if (single.violations == NIL)
		note_sound(bulk, row, &single);
}

static void
check_rows(ApiRequest *request, void *arg)
{
	Bulk *bulk = arg;

	while (bulk->checked < bulk->count && !has_enough_violations(bulk))
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(bulk->scratch);
		check_row(bulk, bulk->checked);
		MemoryContextSwitchTo(request->context);
		MemoryContextReset(bulk->scratch);
		bulk->checked++;
	}
}

/* One subtransaction for all, and another behind each row that raises an error. */
static void
check_all(Bulk *bulk)
{
	ApiRequest single;
	ErrorData *error;

	while (!realty_request_in_subtransaction(bulk->request, check_rows, bulk, &error))
	{
		make_single(bulk, bulk->checked, &single);
		take_error(bulk, bulk->checked++, &single, error);
		MemoryContextReset(bulk->scratch);
	}
}

/* ---- rows together ---- */

static void
create_one(ApiRequest *request, void *arg)
{
	SPI_connect();
	MemoryContextSwitchTo(request->context);
	initStringInfo(&request->answer.body);
	realty_handle_create(request);
	SPI_finish();
}

static void
create_some(ApiRequest *request, void *arg)
{
	SPI_connect();
	MemoryContextSwitchTo(request->context);
	insert_rows(request, arg);
	SPI_finish();
}

static bool
try_insert(Bulk *bulk, int first, int last)
{
	ApiRequest request = *bulk->request;
	ErrorData *error;
	bool passed;

	request.context = bulk->scratch;
	bulk->first = first;
	bulk->last = last;
	if (last - first > 1)
	{
		passed = realty_request_in_subtransaction(&request, create_some, bulk, &error);
		if (!passed)
			rethrow_trouble(error);
	}
	else
	{
		make_single(bulk, bulk->sound[first], &request);
		passed = realty_request_in_subtransaction(&request, create_one, NULL, &error);
		if (!passed)
			take_error(bulk, bulk->sound[first], &request, error);
	}
	MemoryContextSwitchTo(bulk->request->context);
	MemoryContextReset(bulk->scratch);
	return passed;
}

/* Depth is the logarithm of the count. */
static void
try_rows(Bulk *bulk, int first, int last)
{
	int middle = first + (last - first) / 2;

	CHECK_FOR_INTERRUPTS();
	if (has_enough_violations(bulk) || first == last || try_insert(bulk, first, last) ||
		last - first == 1)
		return;
	try_rows(bulk, first, middle);
	try_rows(bulk, middle, last);
}

/* Refuses the request with the violations of its rows; returns when none has any. */
static void
raise_violations(const Bulk *bulk)
{
	ApiRequest *request = bulk->request;

	for (int i = 0; i < bulk->count; i++)
		request->violations = list_concat(request->violations, bulk->violations[i]);
	if (has_enough_violations(bulk))
		realty_request_violation(
			request, API_IN_BODY, NULL,
			psprintf("only the first %d violations are listed", MAX_VIOLATIONS));
	realty_request_check_violations(request);
}

/* ---- the handler ---- */

static void
append_answer(const Bulk *bulk)
{
	ApiRequest *request = bulk->request;
	StringInfo body = &request->answer.body;

	realty_answer_begin(request, "");
	appendStringInfo(body, "{\"count\":%d,\"ids\":[", (int)SPI_processed);
	for (uint64 i = 0; i < SPI_processed; i++)
		appendStringInfo(body, "%s%s", i ? "," : "",
						 SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1));
	appendStringInfoString(body, "]}");
	realty_answer_end(request, "");
}

void
realty_handle_create_many(ApiRequest *request)
{
	Bulk bulk = {.request = request, .resource = request->route->resource};
	ErrorData *error = NULL;

	realty_resource_describe(bulk.resource);
	realty_request_refuse_parameters(request);
	realty_request_check_violations(request);
	check_count(request);
	bulk.count = JB_ROOT_COUNT(request->body);
	bulk.scratch =
		AllocSetContextCreate(request->context, "realty row", ALLOCSET_DEFAULT_SIZES);
	realty_assign_captured(request, realty_resource_type, bulk.resource);
	realty_assign_fixed(request, realty_resource_type, bulk.resource);
	read_rows(&bulk);
	check_all(&bulk);
	bulk.last = bulk.nsound;
	if (bulk.nviolations > 0 ||
		!realty_request_in_subtransaction(request, insert_rows, &bulk, &error))
	{
		if (error != NULL)
			rethrow_trouble(error);
		try_rows(&bulk, 0, bulk.nsound);
		raise_violations(&bulk);
		/* No row is wrong: what stopped the statement stops the request. */
		ReThrowError(error);
	}
	append_answer(&bulk);
}
