/*
 * call.c
 *		A route that calls a function with named arguments.
 *
 * Arguments come from the path, the route's fixed values, the body's keys and the query
 * string. A function that wants the whole instead declares jsonb arguments named body
 * or query. As with PostgREST, a function can set response.status and response.headers;
 * with a status of 400 or more its answer {"code", "message"} is an error whose effects
 * stay (a replayed refresh token revokes its session, and the answer is an error).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/formatting.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/tuplestore.h"

#include "api/handlers/call.h"
#include "api/http/answer.h"
#include "api/request.h"
#include "api/sql/assign.h"
#include "api/sql/select.h"
#include "api/sql/statement_cache.h"
#include "api/violations.h"
#include "platform/compat.h"
#include "platform/jsonb_member.h"

typedef struct Call
{
	ApiRequest *request;
	ApiFunction *function;
} Call;

/* ---- arguments ---- */

static const ApiArgument *
argument_find(const ApiFunction *function, const char *name)
{
	for (int i = 0; i < function->nargs; i++)
		if (strcmp(function->args[i].name, name) == 0)
			return &function->args[i];
	return NULL;
}

static const ApiType *
type_of_argument(const void *target, const char *name)
{
	const ApiArgument *arg = argument_find(target, name);

	return arg ? &arg->type : NULL;
}

static const ApiType *
argument_may_be_set(ApiRequest *request, const void *target, const char *name,
					const char **violation)
{
	const ApiType *type = type_of_argument(target, name);

	if (type == NULL)
		*violation = "is not a known field";
	return type;
}

/* An argument that takes the whole body or query string. */
static const ApiArgument *
whole_argument(const ApiFunction *function, const char *name)
{
	const ApiArgument *arg = argument_find(function, name);

	return arg != NULL && arg->type.oid == JSONBOID ? arg : NULL;
}

static void
take_body(Call *call)
{
	const ApiArgument *whole = whole_argument(call->function, "body");
	ApiRequest *request = call->request;

	if (whole == NULL)
	{
		realty_assign_body(request, argument_may_be_set, call->function);
		return;
	}
	realty_assign_datum(
		request, whole->name, &whole->type,
		JsonbPGetDatum(request->body ? request->body : realty_pairs_jsonb(NULL, 0)));
}

/* URLs are written into logs and histories; a GET has nothing else. */
static bool
is_secret_in_address(const ApiRequest *request, const char *name)
{
	return strcmp(request->method, "GET") != 0 &&
		   (strstr(name, "password") != NULL || strstr(name, "token") != NULL);
}

static void
take_parameters(Call *call)
{
	const ApiArgument *whole = whole_argument(call->function, "query");
	ApiRequest *request = call->request;

	if (whole != NULL)
	{
		realty_assign_datum(request, whole->name, &whole->type,
							JsonbPGetDatum(realty_pairs_jsonb(request->parameters,
															  request->nparameters)));
		return;
	}
	for (int i = 0; i < request->nparameters; i++)
	{
		const ApiPair *pair = &request->parameters[i];
		const ApiArgument *arg = argument_find(call->function, pair->name);

		if (arg == NULL)
			realty_request_violation(request, API_IN_QUERY, pair->name,
									 "is not a known parameter");
		else if (is_secret_in_address(request, arg->name))
			realty_request_violation(request, API_IN_QUERY, arg->name,
									 "belongs in the body, not in the URL");
		else
			realty_assign_text(request, API_IN_QUERY, arg->name, &arg->type, pair->value);
	}
}

static void
check_required(const Call *call)
{
	bool reads = strcmp(call->request->method, "GET") == 0;

	for (int i = 0; i < call->function->nargs; i++)
	{
		const ApiArgument *arg = &call->function->args[i];

		if (arg->required && realty_assignment_find(call->request, arg->name) == NULL &&
			!realty_request_has_violation(call->request, arg->name))
			realty_request_violation(call->request, reads ? API_IN_QUERY : API_IN_BODY,
									 arg->name, "is required");
	}
}

/* ---- the statement ---- */

static void
write_invocation(StringInfo sql, const Call *call)
{
	int arg = 0;
	ListCell *cell;

	appendStringInfo(sql, "%s(", call->function->quoted_name);
	foreach (cell, call->request->assignments)
	{
		ApiAssignment *assignment = lfirst(cell);

		appendStringInfo(sql, "%s%s => $%d", arg ? ", " : "",
						 quote_identifier(assignment->name), arg + 1);
		arg++;
	}
	appendStringInfoChar(sql, ')');
}

/* Does it return rows of the route's resource, to be shown as such? */
static bool
returns_resource(const Call *call)
{
	ApiResource *resource = call->request->route->resource;

	if (resource == NULL || !OidIsValid(call->function->row_relation))
		return false;
	realty_resource_describe(resource);
	return resource->relid == call->function->row_relation;
}

/* One value is computed where it stands; FROM would put it into a tuplestore first. */
static void
write_value(StringInfo sql, const Call *call, bool as_json, const char *invocation)
{
	const char *value = call->function->returns_set ? "x" : invocation;

	appendStringInfo(sql,
					 as_json ? "SELECT pg_catalog.to_json(%s)::pg_catalog.text"
							 : "SELECT %s::pg_catalog.text",
					 value);
	if (call->function->returns_set)
		appendStringInfo(sql, " FROM %s x", invocation);
}

static void
write_call(StringInfo sql, const void *what)
{
	const Call *call = what;
	StringInfoData from;

	initStringInfo(&from);
	write_invocation(&from, call);
	switch (call->function->result)
	{
	case API_RESULT_VOID:
		appendStringInfo(sql, "SELECT %s", from.data);
		return;
	case API_RESULT_JSON:
		write_value(sql, call, false, from.data);
		return;
	case API_RESULT_SCALAR:
		write_value(sql, call, call->request->route->media_type == NULL, from.data);
		return;
	case API_RESULT_ROW:
		break;
	}
	appendStringInfoString(sql, "SELECT pg_catalog.row_to_json(x) FROM ");
	appendStringInfoString(&from, returns_resource(call) ? " t" : " x");
	if (returns_resource(call))
		realty_rows_select(sql, call->request->route->resource, call->request->role,
						   from.data);
	else
		appendStringInfoString(sql, from.data);
	if (!call->function->returns_set)
		appendStringInfoString(sql, " WHERE NOT x IS NULL");
}

static void
run_call(const Call *call)
{
	ApiStatement *statement = realty_statement_make(call->request->role);
	ListCell *cell;

	appendStringInfo(&statement->key, "F" INT64_FORMAT, call->request->route->id);
	foreach (cell, call->request->assignments)
	{
		ApiAssignment *assignment = lfirst(cell);

		realty_statement_bind(statement, assignment->type.oid, assignment->value,
							  assignment->isnull);
		appendStringInfo(&statement->key, ",%d",
						 (int)(argument_find(call->function, assignment->name) -
							   call->function->args));
	}
	realty_statement_run(statement, write_call, call, !call->function->is_volatile, 0);
}

/* ---- the answer ---- */

static void
append_many(ApiRequest *request)
{
	uint64 found = SPI_processed;

	appendStringInfoChar(&request->answer.body, '[');
	for (uint64 i = 0; i < found; i++)
	{
		if (i > 0)
			appendStringInfoChar(&request->answer.body, ',');
		realty_rows_append(request, i);
	}
	appendStringInfoChar(&request->answer.body, ']');
}

static void
append_result(const Call *call)
{
	ApiRequest *request = call->request;
	bool is_void = call->function->result == API_RESULT_VOID;
	const char *key = is_void ? "" : realty_route_answer_key(request->route);

	if (!is_void && !call->function->returns_many && SPI_processed == 0)
		realty_resource_not_found(request->route->resource);
	realty_answer_begin(request, key);
	if (is_void)
		appendStringInfoString(&request->answer.body, "null");
	else if (call->function->returns_many)
		append_many(request);
	else
		realty_rows_append(request, 0);
	realty_answer_end(request, key);
}

/* A result that is no JSON has no envelope. */
static void
append_text_result(const Call *call)
{
	ApiRequest *request = call->request;
	const char *type = request->route->media_type;

	if (call->function->result == API_RESULT_ROW || call->function->returns_many)
		elog(ERROR, "function %s of route %s must return one value to be %s",
			 call->function->quoted_name, request->route->path, type);
	if (SPI_processed == 0)
		realty_resource_not_found(request->route->resource);
	if (call->function->result != API_RESULT_VOID &&
		SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) != NULL)
		realty_rows_append(request, 0);
	request->answer.status = request->route->status;
	realty_answer_header(
		request, "Content-Type",
		strncmp(type, "text/", 5) == 0 ? psprintf("%s; charset=utf-8", type) : type);
}

/*
 * {"code", "message", "details", "hint"} as the function returned it, in the route's
 * envelope. Details are those of an error: an array of violations, as text.
 */
static void
append_error(const Call *call, int status)
{
	Jsonb *error = NULL;
	bool isnull = true;
	Datum value = (Datum)0;
	char *code = NULL;
	char *message = NULL;
	char *details = NULL;

	if (call->function->result == API_RESULT_JSON && SPI_processed > 0)
		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull)
	{
		error = DatumGetJsonbP(
			DirectFunctionCall1(jsonb_in, CStringGetDatum(TextDatumGetCString(value))));
		code = realty_jsonb_text(&error->root, "code");
		message = realty_jsonb_text(&error->root, "message");
		details = realty_jsonb_text(&error->root, "details");
	}
	if (details != NULL && details[0] == '[')
		realty_request_violations_from_json(
			call->request,
			DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(details))),
			status == 422);
	realty_answer_error(call->request, status, code ? code : "error",
						message ? message : "refused",
						error ? realty_jsonb_text(&error->root, "hint") : NULL);
}

static bool
header_is_plain(const char *name, const char *value)
{
	return name[0] != '\0' && strpbrk(name, ": \t\r\n") == NULL &&
		   strpbrk(value, "\r\n") == NULL;
}

static void
take_header_object(ApiRequest *request, JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue key;
	JsonbValue value;

	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		char *name = pnstrdup(key.val.string.val, key.val.string.len);
		char *text;

		(void)JsonbIteratorNext(&it, &value, true);
		if (value.type != jbvString)
			continue;
		text = pnstrdup(value.val.string.val, value.val.string.len);
		if (header_is_plain(name, text))
			realty_answer_header(request, name, text);
	}
}

/* [{"Name": "value"}, …] of response.headers; a line break in one drops it. */
static void
take_response_headers(ApiRequest *request)
{
	const char *setting = GetConfigOption("response.headers", true, false);
	Jsonb *headers;

	if (setting == NULL || setting[0] == '\0')
		return;
	headers = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(setting)));
	if (!JsonContainerIsArray(&headers->root))
		return;
	for (uint32 i = 0; i < JsonContainerSize(&headers->root); i++)
	{
		JsonbContainer *object =
			realty_jsonb_object(getIthJsonbValueFromContainer(&headers->root, i));

		if (object != NULL)
			take_header_object(request, object);
	}
}

static int
response_status(void)
{
	const char *setting = GetConfigOption("response.status", true, false);
	int status = setting ? atoi(setting) : 0;

	return status >= 200 && status <= 599 ? status : 0;
}

/* {"user-agent": …} as PostgREST gives it, without the headers that hold credentials. */
static char *
request_headers_json(const ApiRequest *request)
{
	StringInfoData json;

	initStringInfo(&json);
	for (int i = 0; i < request->nheaders; i++)
	{
		char *name =
			asc_tolower(request->headers[i].name, strlen(request->headers[i].name));

		if (strcmp(name, "authorization") == 0 || strcmp(name, "cookie") == 0)
			continue;
		appendStringInfoChar(&json, json.len == 0 ? '{' : ',');
		escape_json(&json, name);
		appendStringInfoChar(&json, ':');
		escape_json(&json, request->headers[i].value);
	}
	appendStringInfoChar(&json, json.len == 0 ? '{' : '}');
	if (json.len == 1)
		appendStringInfoChar(&json, '}');
	return json.data;
}

static void
set_for_call(const char *name, const char *value)
{
	(void)set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
							0, false);
}

/* What the function may read of the request, and the settings it may answer by. */
static void
set_call_settings(const ApiRequest *request)
{
	set_for_call("response.status", "");
	set_for_call("response.headers", "");
	set_for_call("request.headers", request_headers_json(request));
	set_for_call("realty.client", request->client ? request->client : "");
}

/* ---- the handler ---- */

/* Violations are raised before the call, so that no part of the function has run. */
void
realty_handle_call(ApiRequest *request)
{
	Call call = {.request = request};
	int status;

	call.function = realty_route_function(request->route);
	realty_assign_captured(request, type_of_argument, call.function);
	realty_assign_fixed(request, type_of_argument, call.function);
	if (strcmp(request->method, "GET") != 0)
		take_body(&call);
	take_parameters(&call);
	check_required(&call);
	realty_request_check_violations(request);
	set_call_settings(request);
	run_call(&call);
	status = response_status();
	if (status >= 400)
		append_error(&call, status);
	else
	{
		if (request->route->media_type != NULL)
			append_text_result(&call);
		else
			append_result(&call);
		if (status != 0)
			request->answer.status = status;
	}
	take_response_headers(request);
}
