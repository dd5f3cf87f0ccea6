/*
 * openapi_paths.c
 *		paths: each route with its parameters, body, answers and errors.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "api/json_writer.h"
#include "api/openapi.h"
#include "api/request.h"

/* ---- parameters ---- */

static void
append_path_parameters(StringInfo json, const ApiRoute *route)
{
	int at = 0;

	for (const char *brace = strchr(route->path, '{'); brace != NULL;
		 brace = strchr(brace + 1, '{'), at++)
	{
		char *name = pnstrdup(brace + 1, strcspn(brace + 1, "}"));

		json_open(json, NULL);
		json_text(json, "name", name);
		json_text(json, "in", "path");
		json_flag(json, "required", true);
		json_raw(json, "schema",
				 strcmp(name, "id") == 0 ? "{\"type\":\"integer\",\"format\":\"int64\"}"
										 : "{\"type\":\"string\"}");
		json_close(json);
	}
}

static void
open_query_parameter(StringInfo json, const char *name, bool required)
{
	json_open(json, NULL);
	json_text(json, "name", name);
	json_text(json, "in", "query");
	if (required)
		json_flag(json, "required", true);
}

/* A filter's schema stands once, in XFilter. */
static void
append_filter_parameter(StringInfo json, const ApiResource *resource, const char *name)
{
	open_query_parameter(json, name, false);
	json_ref(json, "schema", "schemas",
			 psprintf("%s/properties/%s",
					  openapi_schema_name(resource->singular, "Filter"), name));
	json_close(json);
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
			!openapi_column_is_for(resource, column, route->roles, ACL_SELECT, false))
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
	json_text(json, "description", "with - before it for descending");
	json_open(json, "schema");
	json_text(json, "type", "string");
	json_text(json, "default", resource->default_sort);
	json_open_list(json, "enum");
	foreach (cell, resource->sort)
	{
		json_text(json, NULL, lfirst(cell));
		json_text(json, NULL, psprintf("-%s", (char *)lfirst(cell)));
	}
	json_close_list(json);
	json_close(json);
	json_close(json);
}

static void
append_list_parameters(StringInfo json, const ApiRoute *route)
{
	append_filters(json, route);
	if (route->resource->search != NULL)
		json_ref(json, NULL, "parameters", "q");
	append_sort(json, route->resource);
	json_ref(json, NULL, "parameters", "page");
	json_ref(json, NULL, "parameters", "limit");
	json_ref(json, NULL, "parameters", "after");
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
		openapi_type(json, "schema", &arg->type, false, NULL);
		json_close(json);
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

	json_open_list(json, "parameters");
	append_path_parameters(json, route);
	if (route->handler == API_LIST)
		append_list_parameters(json, route);
	else if (route->handler == API_CALL && strcmp(route->method, "GET") == 0)
		append_argument_parameters(json, route);
	json_ref(json, NULL, "parameters", "requestId");
	if (is_public_read(route))
		json_ref(json, NULL, "parameters", "ifNoneMatch");
	if (keeps_answers(doc))
		json_ref(json, NULL, "parameters", "idempotencyKey");
	json_close_list(json);
}

/* ---- bodies and answers ---- */

static void
open_json_content(StringInfo json)
{
	json_open(json, "content");
	json_open(json, "application/json");
}

static void
close_json_content(StringInfo json)
{
	json_close(json);
	json_close(json);
}

static void
append_body(StringInfo json, const DocRoute *doc)
{
	char *schema = openapi_body_schema(doc);

	if (schema == NULL)
		return;
	json_open(json, "requestBody");
	json_flag(json, "required", true);
	open_json_content(json);
	if (doc->route->handler == API_CREATE_MANY)
	{
		json_open(json, "schema");
		json_text(json, "type", "array");
		json_number(json, "minItems", 1);
		json_number(json, "maxItems", API_BULK_MOST);
		json_ref(json, "items", "schemas", schema);
		json_close(json);
	}
	else
		json_ref(json, "schema", "schemas", schema);
	close_json_content(json);
	json_close(json);
}

/* The value under the key of the data, or the data itself. */
static void
append_value(StringInfo json, const char *name, const DocRoute *doc, bool many)
{
	char *schema = openapi_row_schema(doc);
	ApiType type;

	if (many)
	{
		json_open(json, name);
		json_text(json, "type", "array");
		append_value(json, "items", doc, false);
		json_close(json);
	}
	else if (schema != NULL)
		json_ref(json, name, "schemas", schema);
	else if (doc->route->function->result == API_RESULT_SCALAR)
	{
		realty_type_classify(&type, doc->route->function->result_type, -1);
		openapi_type(json, name, &type, true, NULL);
	}
	else if (doc->route->function->result == API_RESULT_VOID)
		json_raw(json, name, "{\"type\":\"null\"}");
	else
		json_raw(json, name, "{}");
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
	json_open(json, name);
	json_text(json, "type", "object");
	json_flag(json, "additionalProperties", false);
	json_open(json, "properties");
	append_value(json, key, doc, many);
	if (doc->route->handler == API_LIST)
		json_ref(json, "pagination", "schemas", "Pagination");
	json_close(json);
	json_open_list(json, "required");
	json_text(json, NULL, key);
	json_close_list(json);
	json_close(json);
}

/* {"unit": {"id": 7}} */
static void
append_deleted(StringInfo json, const char *name, const ApiRoute *route)
{
	const char *key = route->data_key ? route->data_key : route->resource->singular;

	json_raw(
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
		json_raw(json, name,
				 "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
				 "\"count\":{\"type\":\"integer\"},\"ids\":{\"type\":\"array\",\"items\":"
				 "{\"type\":\"integer\"}}},\"required\":[\"count\",\"ids\"]}");
	else if (route->handler == API_LIST && route->data_key == NULL)
		json_ref(json, name, "schemas",
				 openapi_schema_name(route->resource->singular, "List"));
	else
		append_keyed(json, name, realty_route_answer_key(route), doc,
					 route->handler == API_LIST ||
						 (route->handler == API_CALL && route->function->returns_many));
}

static void
append_success(StringInfo json, const DocRoute *doc)
{
	json_open(json, psprintf("%d", doc->route->status));
	json_text(json, "description", doc->summary);
	json_raw(json, "headers", "{\"X-Request-Id\":{\"schema\":{\"type\":\"string\"}}}");
	open_json_content(json);
	if (doc->route->bare)
		append_data(json, "schema", doc);
	else
	{
		json_open(json, "schema");
		json_text(json, "type", "object");
		json_flag(json, "additionalProperties", false);
		json_open(json, "properties");
		json_raw(json, "success", "{\"const\":true}");
		append_data(json, "data", doc);
		json_close(json);
		json_raw(json, "required", "[\"success\",\"data\"]");
		json_close(json);
	}
	close_json_content(json);
	json_close(json);
}

/* The refusals that all routes share, and which routes have them. */
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
} refusals[] = {
	{400, IF_ANY, "BadRequest", "Malformed JSON, path or query string.", "bad_request"},
	{401, IF_ANY, "Unauthenticated", "No token, or one that does not count.",
	 "unauthenticated"},
	{403, IF_SIGNED_IN, "Forbidden", "Not for this kind of user, or not yours.",
	 "forbidden"},
	{404, IF_ANY, "NotFound", "Not there, or not yours to know of.", "not_found"},
	{406, IF_ANY, "NotAcceptable", "Answers are application/json.", "not_acceptable"},
	{409, IF_WRITES, "Conflict",
	 "It collides with what is there: taken, overlapping, "
	 "in another state.",
	 "conflict"},
	{413, IF_WRITES, "PayloadTooLarge", "The body is too large.", "payload_too_large"},
	{415, IF_WRITES, "UnsupportedMediaType", "Bodies are application/json.",
	 "unsupported_media_type"},
	{422, IF_ANY, "ValidationFailed", "Values that are not valid; details names all.",
	 "validation_failed"},
	{429, IF_ANY, "TooManyRequests", "Try again after Retry-After seconds.",
	 "too_many_requests"},
	{503, IF_ANY, "Unavailable", "Busy, or only reading at present; see Retry-After.",
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
	json_open(json, "responses");
	append_success(json, doc);
	if (is_public_read(doc->route))
		json_ref(json, "304", "responses", "NotModified");
	for (size_t i = 0; i < lengthof(refusals); i++)
		if (route_may_refuse(doc->route, refusals[i].when))
			json_ref(json, psprintf("%d", refusals[i].status), "responses",
					 psprintf("%s%s", doc->route->bare ? "Bare" : "", refusals[i].name));
	json_close(json);
}

/* ---- operations ---- */

static void
append_roles(StringInfo json, const ApiRoute *route)
{
	static const char *const names[] = {"anonymous", "public",   "user",
										"builder",   "customer", "admin"};

	json_open_list(json, "x-roles");
	for (size_t i = 0; i < lengthof(names); i++)
		if (route->roles & (1 << i))
			json_text(json, NULL, names[i]);
	json_close_list(json);
	if (route->roles & API_FOR_ANONYMOUS)
		json_raw(json, "security", "[]");
	else
		json_raw(json, "security",
				 route->roles & API_FOR_PUBLIC ? "[{},{\"bearer\":[]}]"
											   : "[{\"bearer\":[]}]");
}

static void
append_operation(StringInfo json, const DocRoute *doc)
{
	char *method = pstrdup(doc->route->method);

	for (char *c = method; *c; c++)
		*c = (char)pg_tolower((unsigned char)*c);
	json_open(json, method);
	json_open_list(json, "tags");
	json_text(json, NULL, doc->tag);
	json_close_list(json);
	json_text(json, "operationId", doc->operation);
	json_text(json, "summary", doc->summary);
	if (doc->description != NULL)
		json_text(json, "description", doc->description);
	append_roles(json, doc->route);
	append_parameters(json, doc);
	append_body(json, doc);
	append_answers(json, doc);
	json_close(json);
}

/* routes are in the order of their paths. */
void
openapi_paths(StringInfo json, List *routes)
{
	const char *path = "";
	ListCell *cell;

	json_open(json, "paths");
	foreach (cell, routes)
	{
		DocRoute *doc = lfirst(cell);

		if (strcmp(doc->route->path, path) != 0)
		{
			if (path[0] != '\0')
				json_close(json);
			path = doc->route->path;
			json_open(json, path);
		}
		append_operation(json, doc);
	}
	if (path[0] != '\0')
		json_close(json);
	json_close(json);
}

static void
append_refusal(StringInfo json, size_t at, bool bare)
{
	json_open(json, psprintf("%s%s", bare ? "Bare" : "", refusals[at].name));
	json_text(json, "description", refusals[at].description);
	if (refusals[at].status == 429 || refusals[at].status == 503)
		json_raw(json, "headers",
				 "{\"Retry-After\":{\"description\":\"seconds\",\"schema\":{\"type\":"
				 "\"string\"}}}");
	open_json_content(json);
	json_ref(json, "schema", "schemas", bare ? "BareError" : "Error");
	if (!bare)
		json_raw(
			json, "example",
			psprintf("{\"success\":false,\"error\":{\"code\":\"%s\",\"message\":\"%s\","
					 "\"details\":[]}}",
					 refusals[at].code, refusals[at].description));
	close_json_content(json);
	json_close(json);
}

void
openapi_shared_parts(StringInfo json)
{
	json_open(json, "responses");
	json_raw(json, "NotModified",
			 "{\"description\":\"What the client has is still what is there.\"}");
	for (size_t i = 0; i < lengthof(refusals); i++)
	{
		append_refusal(json, i, false);
		append_refusal(json, i, true);
	}
	json_close(json);
	json_raw(
		json, "parameters",
		"{\"q\":{\"name\":\"q\",\"in\":\"query\",\"description\":\"words, each from its "
		"beginning, without regard to case and accents; the best hits come first unless "
		"sort "
		"says otherwise\",\"schema\":{\"type\":\"string\",\"maxLength\":200}},"
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
	json_raw(
		json, "securitySchemes",
		"{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\","
		"\"description\":\"The token of POST /api/auth/login.\"}}");
}
