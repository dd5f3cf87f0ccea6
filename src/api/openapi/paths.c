/*
 * paths.c
 *		paths: each route with its parameters, body, answers and errors.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "api/handlers/bulk.h"
#include "api/json_writer.h"
#include "api/openapi/doc_route.h"
#include "api/openapi/paths.h"
#include "api/openapi/schemas.h"
#include "api/openapi/types.h"

/* ---- parameters ---- */

static void
append_path_parameters(StringInfo json, const ApiRoute *route)
{
	for (const char *brace = strchr(route->path, '{'); brace != NULL;
		 brace = strchr(brace + 1, '{'))
	{
		char *name = pnstrdup(brace + 1, strcspn(brace + 1, "}"));

		realty_json_open(json, NULL);
		realty_json_text(json, "name", name);
		realty_json_text(json, "in", "path");
		realty_json_flag(json, "required", true);
		realty_json_raw(json, "schema",
						strcmp(name, "id") == 0
							? "{\"type\":\"integer\",\"format\":\"int64\"}"
							: "{\"type\":\"string\"}");
		realty_json_close(json);
	}
}

static void
open_query_parameter(StringInfo json, const char *name, bool required)
{
	realty_json_open(json, NULL);
	realty_json_text(json, "name", name);
	realty_json_text(json, "in", "query");
	if (required)
		realty_json_flag(json, "required", true);
}

/* A filter's schema stands once, in XFilter. */
static void
append_filter_parameter(StringInfo json, const ApiResource *resource, const char *name)
{
	open_query_parameter(json, name, false);
	realty_json_ref(json, "schema", "schemas",
					psprintf("%s/properties/%s",
							 realty_openapi_schema_name(resource->singular, "Filter"),
							 name));
	realty_json_close(json);
}

static bool
is_in_path(const ApiRoute *route, const char *name)
{
	for (int i = 0; i < route->nparams; i++)
		if (strcmp(route->params[i], name) == 0)
			return true;
	return false;
}

static void
append_filters(StringInfo json, const ApiRoute *route)
{
	const ApiResource *resource = route->resource;

	for (int i = 0; i < resource->ncolumns; i++)
	{
		const ApiColumn *column = &resource->columns[i];

		if (!realty_column_is_filter(column) || is_in_path(route, column->name) ||
			!realty_openapi_column_is_for(resource, column, route->roles, ACL_SELECT,
										  false))
			continue;
		append_filter_parameter(json, resource, column->name);
		if (!realty_column_has_order(column))
			continue;
		append_filter_parameter(json, resource, psprintf("min_%s", column->name));
		append_filter_parameter(json, resource, psprintf("max_%s", column->name));
	}
}

static void
append_sort(StringInfo json, const ApiResource *resource)
{
	ListCell *cell;

	open_query_parameter(json, "sort", false);
	realty_json_text(json, "description", "with - before it for descending");
	realty_json_open(json, "schema");
	realty_json_text(json, "type", "string");
	realty_json_text(json, "default", resource->default_sort);
	realty_json_open_list(json, "enum");
	foreach (cell, resource->sort)
	{
		realty_json_text(json, NULL, lfirst(cell));
		realty_json_text(json, NULL, psprintf("-%s", (char *)lfirst(cell)));
	}
	realty_json_close_list(json);
	realty_json_close(json);
	realty_json_close(json);
}

static void
append_list_parameters(StringInfo json, const ApiRoute *route)
{
	append_filters(json, route);
	if (route->resource->search != NULL)
		realty_json_ref(json, NULL, "parameters", "q");
	append_sort(json, route->resource);
	realty_json_ref(json, NULL, "parameters", "page");
	realty_json_ref(json, NULL, "parameters", "limit");
	realty_json_ref(json, NULL, "parameters", "after");
}

/* Of a GET that calls a function: its arguments. */
static void
append_argument_parameters(StringInfo json, const ApiRoute *route)
{
	for (int i = 0; i < route->function->nargs; i++)
	{
		const ApiArgument *arg = &route->function->args[i];

		if (is_in_path(route, arg->name))
			continue;
		open_query_parameter(json, arg->name, arg->required);
		realty_openapi_type(json, "schema", &arg->type, false, NULL);
		realty_json_close(json);
	}
}

static bool
keeps_answers(const DocRoute *doc)
{
	return strcmp(doc->route->method, "POST") == 0 && strcmp(doc->tag, "auth") != 0 &&
		   !(doc->route->roles & API_FOR_ANONYMOUS);
}

static bool
is_public_read(const ApiRoute *route)
{
	return strcmp(route->method, "GET") == 0 && (route->roles & API_FOR_PUBLIC);
}

static void
append_parameters(StringInfo json, const DocRoute *doc)
{
	const ApiRoute *route = doc->route;

	realty_json_open_list(json, "parameters");
	append_path_parameters(json, route);
	if (route->handler == API_LIST)
		append_list_parameters(json, route);
	else if (route->handler == API_CALL && strcmp(route->method, "GET") == 0)
		append_argument_parameters(json, route);
	realty_json_ref(json, NULL, "parameters", "requestId");
	if (is_public_read(route))
		realty_json_ref(json, NULL, "parameters", "ifNoneMatch");
	if (keeps_answers(doc))
		realty_json_ref(json, NULL, "parameters", "idempotencyKey");
	realty_json_close_list(json);
}

/* ---- bodies and answers ---- */

static void
open_json_content(StringInfo json)
{
	realty_json_open(json, "content");
	realty_json_open(json, "application/json");
}

static void
close_json_content(StringInfo json)
{
	realty_json_close(json);
	realty_json_close(json);
}

static void
append_body(StringInfo json, const DocRoute *doc)
{
	char *schema = realty_openapi_body_schema(doc);

	if (schema == NULL)
		return;
	realty_json_open(json, "requestBody");
	realty_json_flag(json, "required", true);
	open_json_content(json);
	if (doc->route->handler == API_CREATE_MANY)
	{
		realty_json_open(json, "schema");
		realty_json_text(json, "type", "array");
		realty_json_number(json, "minItems", 1);
		realty_json_number(json, "maxItems", API_BULK_MAX_ROWS);
		realty_json_ref(json, "items", "schemas", schema);
		realty_json_close(json);
	}
	else
		realty_json_ref(json, "schema", "schemas", schema);
	close_json_content(json);
	realty_json_close(json);
}

/* The value under the key of the data, or the data itself. */
static void
append_value(StringInfo json, const char *name, const DocRoute *doc, bool many)
{
	char *schema = realty_openapi_row_schema(doc);
	ApiType type;

	if (many)
	{
		realty_json_open(json, name);
		realty_json_text(json, "type", "array");
		append_value(json, "items", doc, false);
		realty_json_close(json);
	}
	else if (schema != NULL)
		realty_json_ref(json, name, "schemas", schema);
	else if (doc->route->function->result == API_RESULT_SCALAR)
	{
		realty_type_classify(&type, doc->route->function->result_type, -1);
		realty_openapi_type(json, name, &type, true, NULL);
	}
	else if (doc->route->function->result == API_RESULT_VOID)
		realty_json_raw(json, name, "{\"type\":\"null\"}");
	else
		realty_json_raw(json, name, "{}");
}

static void
append_keyed(StringInfo json, const char *name, const char *key, const DocRoute *doc,
			 bool many)
{
	if (key[0] == '\0')
	{
		append_value(json, name, doc, many);
		return;
	}
	realty_json_open(json, name);
	realty_json_text(json, "type", "object");
	realty_json_flag(json, "additionalProperties", false);
	realty_json_open(json, "properties");
	append_value(json, key, doc, many);
	if (doc->route->handler == API_LIST)
		realty_json_ref(json, "pagination", "schemas", "Pagination");
	realty_json_close(json);
	realty_json_open_list(json, "required");
	realty_json_text(json, NULL, key);
	realty_json_close_list(json);
	realty_json_close(json);
}

/* {"unit": {"id": 7}} */
static void
append_deleted(StringInfo json, const char *name, const ApiRoute *route)
{
	const char *key = route->data_key ? route->data_key : route->resource->singular;

	realty_json_raw(
		json, name,
		psprintf("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":"
				 "{\"%s\":{\"type\":\"object\",\"additionalProperties\":false,"
				 "\"properties\":{\"%s\":{\"type\":%s}}}},\"required\":[\"%s\"]}",
				 key, route->resource->key_name,
				 route->resource->key->type.kind == API_INTEGER ? "\"integer\""
																: "\"string\"",
				 key));
}

static void
append_data(StringInfo json, const char *name, const DocRoute *doc)
{
	const ApiRoute *route = doc->route;

	if (route->handler == API_DELETE)
		append_deleted(json, name, route);
	else if (route->handler == API_CREATE_MANY)
		realty_json_raw(
			json, name,
			"{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
			"\"count\":{\"type\":\"integer\"},\"ids\":{\"type\":\"array\",\"items\":"
			"{\"type\":\"integer\"}}},\"required\":[\"count\",\"ids\"]}");
	else if (route->handler == API_LIST && route->data_key == NULL)
		realty_json_ref(json, name, "schemas",
						realty_openapi_schema_name(route->resource->singular, "List"));
	else
		append_keyed(json, name, realty_route_answer_key(route), doc,
					 route->handler == API_LIST ||
						 (route->handler == API_CALL && route->function->returns_many));
}

static void
append_success(StringInfo json, const DocRoute *doc)
{
	realty_json_open(json, psprintf("%d", doc->route->status));
	realty_json_text(json, "description", doc->summary);
	realty_json_raw(json, "headers",
					"{\"X-Request-Id\":{\"schema\":{\"type\":\"string\"}}}");
	if (doc->route->media_type != NULL)
	{
		realty_json_open(json, "content");
		realty_json_raw(json, doc->route->media_type,
						"{\"schema\":{\"type\":\"string\"}}");
		realty_json_close(json);
		realty_json_close(json);
		return;
	}
	open_json_content(json);
	if (doc->route->bare)
		append_data(json, "schema", doc);
	else
	{
		realty_json_open(json, "schema");
		realty_json_text(json, "type", "object");
		realty_json_flag(json, "additionalProperties", false);
		realty_json_open(json, "properties");
		realty_json_raw(json, "success", "{\"const\":true}");
		append_data(json, "data", doc);
		realty_json_close(json);
		realty_json_raw(json, "required", "[\"success\",\"data\"]");
		realty_json_close(json);
	}
	close_json_content(json);
	realty_json_close(json);
}

/* The errors that all routes share, and which routes have them. */
#define IF_ANY 0
#define IF_WRITES 1
#define IF_NAMES 2 /* something by its path, body or parameters */
#define IF_SIGNED_IN 4

static const struct
{
	int status;
	int when;
	const char *name;
	const char *description;
	const char *code;
} shared_errors[] = {
	{400, IF_ANY, "BadRequest", "Malformed JSON, path or query string.", "bad_request"},
	{401, IF_ANY, "Unauthenticated", "No token, or an invalid one.", "unauthenticated"},
	{403, IF_SIGNED_IN, "Forbidden", "Not permitted for this user.", "forbidden"},
	{404, IF_ANY, "NotFound", "Not found, or not visible to this user.", "not_found"},
	{406, IF_ANY, "NotAcceptable", "Answers are application/json.", "not_acceptable"},
	{409, IF_WRITES, "Conflict",
	 "It conflicts with the present state: taken, overlapping, in another status. With "
	 "code in_progress and Retry-After: a request with the same Idempotency-Key is being "
	 "processed.",
	 "conflict"},
	{413, IF_WRITES, "PayloadTooLarge", "The body is too large.", "payload_too_large"},
	{415, IF_WRITES, "UnsupportedMediaType", "Bodies are application/json.",
	 "unsupported_media_type"},
	{422, IF_ANY, "ValidationFailed", "Invalid values; details lists all of them.",
	 "validation_failed"},
	{429, IF_ANY, "TooManyRequests", "Try again after Retry-After seconds.",
	 "too_many_requests"},
	{503, IF_ANY, "Unavailable", "Busy, or read-only at present; see Retry-After.",
	 "unavailable"},
};

static bool
route_may_refuse(const ApiRoute *route, int when)
{
	if (when == IF_WRITES)
		return strcmp(route->method, "GET") != 0;
	if (when == IF_SIGNED_IN)
		return !is_public_read(route);
	return true;
}

static void
append_answers(StringInfo json, const DocRoute *doc)
{
	realty_json_open(json, "responses");
	append_success(json, doc);
	if (is_public_read(doc->route))
		realty_json_ref(json, "304", "responses", "NotModified");
	for (size_t i = 0; i < lengthof(shared_errors); i++)
		if (route_may_refuse(doc->route, shared_errors[i].when))
			realty_json_ref(
				json, psprintf("%d", shared_errors[i].status), "responses",
				psprintf("%s%s", doc->route->bare ? "Bare" : "", shared_errors[i].name));
	realty_json_close(json);
}

/* ---- operations ---- */

static void
append_roles(StringInfo json, const ApiRoute *route)
{
	static const char *const names[] = {"anonymous", "public",   "user",
										"builder",   "customer", "admin"};

	realty_json_open_list(json, "x-roles");
	for (size_t i = 0; i < lengthof(names); i++)
		if (route->roles & (1 << i))
			realty_json_text(json, NULL, names[i]);
	realty_json_close_list(json);
	if (route->roles & API_FOR_ANONYMOUS)
		realty_json_raw(json, "security", "[]");
	else
		realty_json_raw(json, "security",
						route->roles & API_FOR_PUBLIC ? "[{},{\"bearer\":[]}]"
													  : "[{\"bearer\":[]}]");
}

static void
append_operation(StringInfo json, const DocRoute *doc)
{
	char *method = pstrdup(doc->route->method);

	for (char *c = method; *c; c++)
		*c = (char)pg_tolower((unsigned char)*c);
	realty_json_open(json, method);
	realty_json_open_list(json, "tags");
	realty_json_text(json, NULL, doc->tag);
	realty_json_close_list(json);
	realty_json_text(json, "operationId", doc->operation);
	realty_json_text(json, "summary", doc->summary);
	if (doc->description != NULL)
		realty_json_text(json, "description", doc->description);
	append_roles(json, doc->route);
	append_parameters(json, doc);
	append_body(json, doc);
	append_answers(json, doc);
	realty_json_close(json);
}

void
realty_openapi_paths(StringInfo json, List *routes)
{
	const char *path = "";
	ListCell *cell;

	realty_json_open(json, "paths");
	foreach (cell, routes)
	{
		DocRoute *doc = lfirst(cell);

		if (strcmp(doc->route->path, path) != 0)
		{
			if (path[0] != '\0')
				realty_json_close(json);
			path = doc->route->path;
			realty_json_open(json, path);
		}
		append_operation(json, doc);
	}
	if (path[0] != '\0')
		realty_json_close(json);
	realty_json_close(json);
}

static void
append_error(StringInfo json, size_t at, bool bare)
{
	realty_json_open(json, psprintf("%s%s", bare ? "Bare" : "", shared_errors[at].name));
	realty_json_text(json, "description", shared_errors[at].description);
	if (shared_errors[at].status == 409 || shared_errors[at].status == 429 ||
		shared_errors[at].status == 503)
		realty_json_raw(
			json, "headers",
			"{\"Retry-After\":{\"description\":\"seconds\",\"schema\":{\"type\":"
			"\"string\"}}}");
	open_json_content(json);
	realty_json_ref(json, "schema", "schemas", bare ? "BareError" : "Error");
	if (!bare)
		realty_json_raw(
			json, "example",
			psprintf("{\"success\":false,\"error\":{\"code\":\"%s\",\"message\":\"%s\","
					 "\"details\":[]}}",
					 shared_errors[at].code, shared_errors[at].description));
	close_json_content(json);
	realty_json_close(json);
}

void
realty_openapi_shared_parts(StringInfo json)
{
	realty_json_open(json, "responses");
	realty_json_raw(json, "NotModified",
					"{\"description\":\"The client's copy is still current.\"}");
	for (size_t i = 0; i < lengthof(shared_errors); i++)
	{
		append_error(json, i, false);
		append_error(json, i, true);
	}
	realty_json_close(json);
	realty_json_raw(
		json, "parameters",
		"{\"q\":{\"name\":\"q\",\"in\":\"query\",\"description\":\"words, matched as "
		"prefixes, ignoring case and accents; the best hits come first unless sort is "
		"given\",\"schema\":{\"type\":\"string\",\"maxLength\":200}},"
		"\"page\":{\"name\":\"page\",\"in\":\"query\",\"schema\":{\"type\":\"integer\","
		"\"minimum\":1,\"default\":1}},"
		"\"limit\":{\"name\":\"limit\",\"in\":\"query\",\"schema\":{\"type\":\"integer\","
		"\"minimum\":1,\"maximum\":100,\"default\":10}},"
		"\"after\":{\"name\":\"after\",\"in\":\"query\",\"description\":\"nextCursor of "
		"the "
		"page before; not together with page\",\"schema\":{\"type\":\"string\"}},"
		"\"requestId\":{\"name\":\"X-Request-Id\",\"in\":\"header\",\"description\":"
		"\"comes "
		"back, and is in the log and the audit trail\",\"schema\":{\"type\":\"string\","
		"\"maxLength\":63}},"
		"\"ifNoneMatch\":{\"name\":\"If-None-Match\",\"in\":\"header\",\"description\":"
		"\"ETag "
		"of what the client has\",\"schema\":{\"type\":\"string\"}},"
		"\"idempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":\"header\","
		"\"description\":"
		"\"a retry with the same key gets the first answer, for 24 hours\",\"schema\":"
		"{\"type\":\"string\",\"minLength\":1,\"maxLength\":255}}}");
	realty_json_raw(
		json, "securitySchemes",
		"{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\","
		"\"description\":\"The token of POST /api/auth/login.\"}}");
}
