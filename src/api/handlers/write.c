/*
 * write.c
 *		POST, PATCH, PUT and DELETE on a resource's view: create, update, set, delete.
 *
 * The statement names exactly the columns that the body, the path and the route give;
 * rights, rules and defaults are the tables' own. The answer shows the row as the
 * caller reads it afterwards, with what triggers made of it.
 *
 * A value that cannot be converted never reaches the table, so its validator does not
 * see the rest of the row. Then the same rules are checked without a write
 * (realty.row_faults), and the caller sees all violations at once.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "api/handlers/write.h"
#include "api/http/answer.h"
#include "api/request.h"
#include "api/sql/assign.h"
#include "api/sql/select.h"
#include "api/sql/statement_cache.h"
#include "api/violations.h"
#include "platform/error_codes.h"
#include "platform/jsonb_member.h"
#include "platform/kept_statement.h"
#include "platform/scope.h"

typedef struct Write
{
	ApiRequest *request;
	ApiResource *resource;
	RowsQuery *where; /* of an update or delete */
	AclMode mode;
} Write;

static RealtyStatement row_violations = {
	.sql = "SELECT realty.row_faults($1::pg_catalog.oid, $2, $3)",
	.nargs = 3,
	.types = {OIDOID, JSONBOID, TEXTARRAYOID},
};

/* ---- what may be set ---- */

static const ApiType *
column_may_be_set(ApiRequest *request, const void *target, const char *name,
				  const char **violation)
{
	const Write *write = target;
	const ApiColumn *column = realty_resource_column(write->resource, name);

	if (column == NULL || column->hidden)
		*violation = "is not a known field";
	else if (!realty_column_allows(write->resource, column, request->role, write->mode))
		*violation = "may not be set";
	return column ? &column->type : NULL;
}

/* ---- violations of the whole row ---- */

static bool
is_in_body(const Write *write, const char *name)
{
	JsonbValue found;

	return realty_jsonb_member(&write->request->body->root, name, &found);
}

/*
 * Columns whose violations say nothing: invalid ones, those the caller does not give,
 * and those that the path or the route gives, which the body is checked without.
 */
static Datum
columns_to_skip(const Write *write)
{
	ApiResource *resource = write->resource;
	Datum *names = palloc(sizeof(Datum) * Max(resource->ncolumns, 1));
	int count = 0;

	for (int i = 0; i < resource->ncolumns; i++)
	{
		ApiColumn *column = &resource->columns[i];
		bool given = realty_assignment_find(write->request, column->name) != NULL;
		bool expected =
			write->mode == ACL_INSERT &&
			realty_column_allows(resource, column, write->request->role, ACL_INSERT);

		if (realty_request_has_violation(write->request, column->name) ||
			(given ? !is_in_body(write, column->name) : !expected))
			names[count++] = CStringGetTextDatum(column->name);
	}
	return PointerGetDatum(
		construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
add_row_violations(const Write *write)
{
	Datum values[3];
	OwnerScope scope;
	bool isnull;
	Datum violations;

	if (write->request->body == NULL || !OidIsValid(write->resource->base))
		return;
	values[0] = ObjectIdGetDatum(write->resource->base);
	values[1] = JsonbPGetDatum(write->request->body);
	values[2] = columns_to_skip(write);
	realty_owner_enter(&scope);
	(void)realty_execute(&row_violations, values, NULL, true, 1);
	violations = realty_result(1, JSONBOID, &isnull);
	if (!isnull)
		realty_request_violations_from_json(write->request,
											DatumGetJsonbPCopy(violations), true);
	SPI_freetuptable(SPI_tuptable); /* a list asks for each row of ten thousand */
	realty_owner_leave(&scope);
}

static void
check_violations(const Write *write)
{
	if (write->request->violations == NIL)
		return;
	add_row_violations(write);
	realty_request_check_violations(write->request);
}

/* ---- statements ---- */

static void
write_where(StringInfo sql, const Write *write)
{
	const char *word = " WHERE ";
	int arg = list_length(write->request->assignments);

	for (int i = 0; i < write->where->nconditions; i++, word = " AND ")
		appendStringInfo(sql, "%st.%s = $%d", word,
						 quote_identifier(write->where->conditions[i].column->name),
						 ++arg);
}

static void
write_insert(StringInfo sql, const void *what)
{
	const Write *write = what;
	StringInfoData values;
	const char *between = "";
	int arg = 0;
	ListCell *cell;

	initStringInfo(&values);
	appendStringInfo(sql, "INSERT INTO %s AS t ", write->resource->quoted_view);
	foreach (cell, write->request->assignments)
	{
		ApiAssignment *assignment = lfirst(cell);

		appendStringInfo(sql, "%s%s", arg ? ", " : "(",
						 quote_identifier(assignment->name));
		appendStringInfo(&values, "%s$%d", between, ++arg);
		between = ", ";
	}
	if (arg == 0)
		appendStringInfoString(sql, "DEFAULT VALUES");
	else
		appendStringInfo(sql, ") VALUES (%s)", values.data);
	appendStringInfo(sql, " RETURNING t.%s",
					 quote_identifier(write->resource->key->name));
}

static void
write_update(StringInfo sql, const void *what)
{
	const Write *write = what;
	const char *between = " SET ";
	int arg = 0;
	ListCell *cell;

	appendStringInfo(sql, "UPDATE %s AS t", write->resource->quoted_view);
	foreach (cell, write->request->assignments)
	{
		ApiAssignment *assignment = lfirst(cell);

		appendStringInfo(sql, "%s%s = $%d", between, quote_identifier(assignment->name),
						 ++arg);
		between = ", ";
	}
	write_where(sql, write);
}

static void
write_delete(StringInfo sql, const void *what)
{
	const Write *write = what;

	appendStringInfo(sql, "DELETE FROM %s AS t", write->resource->quoted_view);
	write_where(sql, write);
}

/* Everything the text depends on: verb, view, columns in their order. */
static void
run_write(const Write *write, char verb, ApiStatementWriter writer)
{
	ApiStatement *statement = realty_statement_make(write->request->role);
	ListCell *cell;

	appendStringInfo(&statement->key, "%c%u", verb, write->resource->relid);
	foreach (cell, write->request->assignments)
	{
		ApiAssignment *assignment = lfirst(cell);
		ApiColumn *column = realty_resource_column(write->resource, assignment->name);

		realty_statement_bind(statement, assignment->type.oid, assignment->value,
							  assignment->isnull);
		appendStringInfo(&statement->key, ",%d", column->attnum);
	}
	for (int i = 0; write->where != NULL && i < write->where->nconditions; i++)
	{
		RowsCondition *condition = &write->where->conditions[i];

		realty_statement_bind(statement, condition->type, condition->value, false);
		appendStringInfo(&statement->key, "=%d", condition->column->attnum);
	}
	realty_statement_run(statement, writer, write, false, 0);
}

/* ---- answers ---- */

/* The row as the caller reads it now; a caller who may not read it sees null. */
static void
answer_row(const Write *write, RowsQuery *query)
{
	ApiRequest *request = write->request;
	const char *key = realty_route_answer_key(request->route);

	realty_rows_run(query, false, 1);
	realty_answer_begin(request, key);
	if (SPI_processed > 0)
		realty_rows_append(request, 0);
	else
		appendStringInfoString(&request->answer.body, "null");
	realty_answer_end(request, key);
}

/* Nothing was changed: no such row, or one that the caller sees but may not change. */
static void
refuse_untouched(const Write *write)
{
	realty_rows_run(write->where, false, 1);
	if (SPI_processed == 0)
		realty_resource_not_found(write->resource);
	ereport(ERROR, (realty_errcode(REALTY_FORBIDDEN),
					errmsg("this %s is not yours to change", write->resource->singular)));
}

/* Where the new row is: below the path that made it. */
static void
add_location(const Write *write, Datum key)
{
	if (write->request->ncaptures == 0 && write->resource->key->type.oid == INT8OID)
		realty_answer_header(write->request, "Location",
							 psprintf("%s/" INT64_FORMAT, write->request->route->path,
									  DatumGetInt64(key)));
}

static void
write_prepare(Write *write, ApiRequest *request, AclMode mode)
{
	write->request = request;
	write->resource = request->route->resource;
	write->where = NULL;
	write->mode = mode;
	realty_resource_describe(write->resource);
	realty_request_refuse_parameters(request);
}

static void
create_prepare(Write *write, ApiRequest *request)
{
	write_prepare(write, request, ACL_INSERT);
	realty_assign_captured(request, realty_resource_type, write->resource);
	realty_assign_fixed(request, realty_resource_type, write->resource);
	realty_assign_body(request, column_may_be_set, write);
}

void
realty_create_violations(ApiRequest *request)
{
	Write write;

	create_prepare(&write, request);
	add_row_violations(&write);
}

void
realty_handle_create(ApiRequest *request)
{
	Write write;
	RowsQuery *made;
	Datum key;
	bool isnull;

	create_prepare(&write, request);
	check_violations(&write);
	run_write(&write, 'I', write_insert);
	if (SPI_processed == 0)
		elog(ERROR, "the insert returned no row");
	key = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (isnull)
		elog(ERROR, "the new row has no key");
	made = realty_rows_make(request, write.resource);
	realty_rows_where(made, write.resource->key, ROWS_EQUAL,
					  write.resource->key->type.oid, key);
	answer_row(&write, made);
	add_location(&write, key);
}

static void
write_locate(Write *write)
{
	write->where = realty_rows_make(write->request, write->resource);
	realty_rows_where_captured(write->request, write->where);
	if (write->where->nconditions == 0)
		elog(ERROR, "route " INT64_FORMAT " would touch every row",
			 write->request->route->id);
}

void
realty_handle_update(ApiRequest *request)
{
	Write write;

	write_prepare(&write, request, ACL_UPDATE);
	write_locate(&write);
	realty_assign_fixed(request, realty_resource_type, write.resource);
	realty_assign_body(request, column_may_be_set, &write);
	if (request->assignments == NIL && request->violations == NIL)
		realty_request_violation(request, API_IN_BODY, NULL,
								 "must name a field to change");
	check_violations(&write);
	run_write(&write, 'U', write_update);
	if (SPI_processed == 0)
		refuse_untouched(&write);
	answer_row(&write, write.where);
}

/* {"id": 7}: the key as the path named it, in the form that its type writes. */
static void
append_key(const Write *write)
{
	const ApiColumn *key = write->resource->key;
	StringInfo body = &write->request->answer.body;
	char *text = NULL;

	for (int i = 0; i < write->where->nconditions; i++)
	{
		RowsCondition *condition = &write->where->conditions[i];
		Oid output;
		bool is_varlena;

		if (condition->column != key)
			continue;
		getTypeOutputInfo(condition->type, &output, &is_varlena);
		text = OidOutputFunctionCall(output, condition->value);
	}
	appendStringInfoChar(body, '{');
	escape_json(body, key->name);
	appendStringInfoChar(body, ':');
	if (text != NULL && key->type.kind == API_INTEGER)
		appendStringInfoString(body, text);
	else
		escape_json(body, text ? text : "");
	appendStringInfoChar(body, '}');
}

/* Says what is gone by its key. */
void
realty_handle_delete(ApiRequest *request)
{
	Write write;
	const char *key = realty_route_answer_key(request->route);

	write_prepare(&write, request, ACL_DELETE);
	realty_request_check_violations(request);
	write_locate(&write);
	run_write(&write, 'D', write_delete);
	if (SPI_processed == 0)
		refuse_untouched(&write);
	realty_answer_begin(request, key);
	append_key(&write);
	realty_answer_end(request, key);
}
