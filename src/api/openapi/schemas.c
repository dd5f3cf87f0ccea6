/*
 * schemas.c
 *		components.schemas: what goes in and comes out, by resource and by function.
 *
 * For a resource X: XResponse is a row as an answer shows it, XCreate and XUpdate what a
 * body may hold (by the column grants of the roles that the route is for), XFilter the
 * parameters of a list, XList a page. For a function: <Operation>Request and
 * <Operation>Result.
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/lsyscache.h"

#include "api/catalog/catalog.h"
#include "api/json_writer.h"
#include "api/openapi/schemas.h"
#include "api/openapi/types.h"

/* ---- rights ---- */

/* The database roles of a route's role names: a user is any of three. */
static List *
roles_of_words(int words)
{
	List *roles = NIL;

	if (words & (API_FOR_ANONYMOUS | API_FOR_PUBLIC))
		roles = lappend_oid(roles, get_role_oid("realty_anon", false));
	if (words & (API_FOR_PUBLIC | API_FOR_USER | API_FOR_CUSTOMER))
		roles = lappend_oid(roles, get_role_oid("realty_customer", false));
	if (words & (API_FOR_PUBLIC | API_FOR_USER | API_FOR_BUILDER))
		roles = lappend_oid(roles, get_role_oid("realty_builder", false));
	if (!(words & API_FOR_ANONYMOUS))
		roles = lappend_oid(roles, get_role_oid("realty_admin", false));
	return roles;
}

/* May one of these roles, or all of them, do this with the column? */
bool
realty_openapi_column_is_for(const ApiResource *resource, const ApiColumn *column,
							 int roles, AclMode mode, bool all)
{
	ListCell *cell;

	foreach (cell, roles_of_words(roles))
		if (realty_column_allows(resource, column, lfirst_oid(cell), mode) != all)
			return !all;
	return all;
}

/* ---- resources ---- */

static void
open_schema(StringInfo json, const char *name)
{
	realty_json_open(json, name);
	realty_json_text(json, "type", "object");
	realty_json_flag(json, "additionalProperties", false);
}

static void
append_embeds(StringInfo json, const ApiResource *resource)
{
	ListCell *cell;

	foreach (cell, resource->embeds)
	{
		ApiEmbed *embed = lfirst(cell);
		ApiResource *other = realty_resource_find(embed->resource);
		ListCell *name;

		if (other == NULL)
			continue;
		realty_resource_describe(other);
		realty_json_open(json, embed->key);
		realty_json_raw(json, "type", "[\"object\",\"null\"]");
		realty_json_flag(json, "additionalProperties", false);
		realty_json_open(json, "properties");
		foreach (name, embed->columns)
		{
			ApiColumn *column = realty_resource_column(other, lfirst(name));

			if (column != NULL)
				realty_openapi_column(json, other, column, !column->not_null);
		}
		realty_json_close(json);
		realty_json_close(json);
	}
}

/* A row holds the columns that its reader may read: required are those all may. */
static void
append_response(StringInfo json, const ApiResource *resource, int roles)
{
	open_schema(json, realty_openapi_schema_name(resource->singular, "Response"));
	realty_json_open(json, "properties");
	for (int i = 0; i < resource->ncolumns; i++)
	{
		const ApiColumn *column = &resource->columns[i];

		if (!column->hidden &&
			realty_openapi_column_is_for(resource, column, roles, ACL_SELECT, false))
			realty_openapi_column(json, resource, column, !column->not_null);
	}
	append_embeds(json, resource);
	realty_json_close(json);
	realty_json_open_list(json, "required");
	for (int i = 0; i < resource->ncolumns; i++)
		if (!resource->columns[i].hidden &&
			realty_openapi_column_is_for(resource, &resource->columns[i], roles,
										 ACL_SELECT, true))
			realty_json_text(json, NULL, resource->columns[i].name);
	realty_json_close_list(json);
	realty_json_close(json);
}

static bool
is_writable(const ApiRoute *route, const ApiColumn *column, AclMode mode)
{
	return !column->hidden && !realty_route_gives(route, column->name) &&
		   realty_openapi_column_is_for(route->resource, column, route->roles, mode,
										false);
}

/* Required is what has no default and every role of the route may give. */
static bool
is_needed(const ApiRoute *route, const ApiColumn *column)
{
	return column->not_null && !column->has_default &&
		   realty_openapi_column_is_for(route->resource, column, route->roles, ACL_INSERT,
										true);
}

static void
append_writable(StringInfo json, const ApiRoute *route, AclMode mode, const char *suffix)
{
	const ApiResource *resource = route->resource;
	bool creates = mode == ACL_INSERT;

	open_schema(json, realty_openapi_schema_name(resource->singular, suffix));
	realty_json_open(json, "properties");
	for (int i = 0; i < resource->ncolumns; i++)
	{
		const ApiColumn *column = &resource->columns[i];

		if (is_writable(route, column, mode))
			realty_openapi_column(json, resource, column,
								  !column->not_null || (creates && column->has_default));
	}
	realty_json_close(json);
	realty_json_open_list(json, "required");
	for (int i = 0; creates && i < resource->ncolumns; i++)
		if (is_writable(route, &resource->columns[i], mode) &&
			is_needed(route, &resource->columns[i]))
			realty_json_text(json, NULL, resource->columns[i].name);
	realty_json_close_list(json);
	if (!creates)
		realty_json_number(json, "minProperties", 1);
	realty_json_close(json);
}

/* A column that is compared by value rather than looked into; with a time, a day is too.
 */
static void
append_compared(StringInfo json, const char *name, const ApiType *type,
				const char *description)
{
	if (type->kind != API_TIME)
	{
		realty_openapi_type(json, name, type, false, description);
		return;
	}
	realty_json_open(json, name);
	realty_json_text(json, "type", "string");
	realty_json_text(
		json, "description",
		psprintf("%s; a date means the whole day", description ? description : "a time"));
	realty_json_raw(json, "examples", "[\"2027-03-31\",\"2027-03-31T10:00:00+00:00\"]");
	realty_json_close(json);
}

static void
append_bound(StringInfo json, const char *which, const ApiColumn *column)
{
	append_compared(json, psprintf("%s_%s", which, column->name), &column->type,
					strcmp(which, "min") == 0
						? psprintf("%s at least this", column->name)
						: psprintf("%s at most this", column->name));
}

static void
append_filter(StringInfo json, const ApiResource *resource, int roles)
{
	open_schema(json, realty_openapi_schema_name(resource->singular, "Filter"));
	realty_json_open(json, "properties");
	for (int i = 0; i < resource->ncolumns; i++)
	{
		const ApiColumn *column = &resource->columns[i];
		ApiType type = column->type;

		if (!realty_column_is_filter(column) ||
			!realty_openapi_column_is_for(resource, column, roles, ACL_SELECT, false))
			continue;
		if (type.kind == API_TEXT_LIST)
			realty_type_classify(&type, TEXTOID, -1);
		if (column->known != NULL)
			realty_openapi_column(json, resource, column, false);
		else
			append_compared(json, column->name, &type,
							type.kind == API_TEXT && column->type.kind == API_TEXT
								? "anywhere in the text, in any case"
								: NULL);
		if (realty_column_has_order(column))
		{
			append_bound(json, "min", column);
			append_bound(json, "max", column);
		}
	}
	realty_json_close(json);
	realty_json_close(json);
}

static void
append_page(StringInfo json, const ApiResource *resource)
{
	open_schema(json, realty_openapi_schema_name(resource->singular, "List"));
	realty_json_open(json, "properties");
	realty_json_open(json, resource->list_key);
	realty_json_text(json, "type", "array");
	realty_json_ref(json, "items", "schemas",
					realty_openapi_schema_name(resource->singular, "Response"));
	realty_json_close(json);
	realty_json_ref(json, "pagination", "schemas", "Pagination");
	realty_json_close(json);
	realty_json_open_list(json, "required");
	realty_json_text(json, NULL, resource->list_key);
	realty_json_text(json, NULL, "pagination");
	realty_json_close_list(json);
	realty_json_close(json);
}

/* The first route of that kind for the resource, and the roles of all of them. */
static const ApiRoute *
route_of(List *routes, const ApiResource *resource, ApiHandler handler, int *roles)
{
	const ApiRoute *first = NULL;
	ListCell *cell;

	*roles = 0;
	foreach (cell, routes)
	{
		ApiRoute *route = ((DocRoute *)lfirst(cell))->route;

		if (route->resource != resource || route->handler != handler)
			continue;
		if (first == NULL)
			first = route;
		*roles |= route->roles;
	}
	return first;
}

static int
readers_of(List *routes, const ApiResource *resource)
{
	int roles = 0;
	ListCell *cell;

	foreach (cell, routes)
	{
		ApiRoute *route = ((DocRoute *)lfirst(cell))->route;

		if (route->resource == resource)
			roles |= route->roles;
	}
	return roles;
}

static void
append_resource(StringInfo json, List *routes, ApiResource *resource)
{
	const ApiRoute *route;
	int roles;

	realty_resource_describe(resource);
	append_response(json, resource, readers_of(routes, resource));
	if (route_of(routes, resource, API_LIST, &roles) != NULL)
	{
		append_page(json, resource);
		append_filter(json, resource, roles);
	}
	route = route_of(routes, resource, API_CREATE, &roles);
	if (route != NULL)
		append_writable(json, route, ACL_INSERT, "Create");
	route = route_of(routes, resource, API_UPDATE, &roles);
	if (route != NULL)
		append_writable(json, route, ACL_UPDATE, "Update");
}

/* ---- functions ---- */

/* Arguments that the body gives; NULL when it gives none. */
char *
realty_openapi_body_schema(const DocRoute *doc)
{
	const ApiRoute *route = doc->route;

	if (!realty_route_takes_body(doc->route))
		return NULL;
	if (route->handler == API_CREATE || route->handler == API_CREATE_MANY)
		return realty_openapi_schema_name(route->resource->singular, "Create");
	if (route->handler == API_UPDATE)
		return realty_openapi_schema_name(route->resource->singular, "Update");
	if (route->handler != API_CALL)
		return NULL;
	for (int i = 0; i < route->function->nargs; i++)
		if (!realty_route_gives(route, route->function->args[i].name))
			return realty_openapi_schema_name(doc->operation, "Request");
	return NULL;
}

static void
append_request(StringInfo json, const DocRoute *doc)
{
	const ApiFunction *function = doc->route->function;

	open_schema(json, realty_openapi_schema_name(doc->operation, "Request"));
	realty_json_open(json, "properties");
	for (int i = 0; i < function->nargs; i++)
		if (!realty_route_gives(doc->route, function->args[i].name))
			realty_openapi_type(json, function->args[i].name, &function->args[i].type,
								!function->args[i].required, NULL);
	realty_json_close(json);
	realty_json_open_list(json, "required");
	for (int i = 0; i < function->nargs; i++)
		if (function->args[i].required &&
			!realty_route_gives(doc->route, function->args[i].name))
			realty_json_text(json, NULL, function->args[i].name);
	realty_json_close_list(json);
	realty_json_close(json);
}

static bool
returns_resource(const ApiRoute *route)
{
	return route->resource != NULL && OidIsValid(route->function->row_relation) &&
		   route->resource->relid == route->function->row_relation;
}

static bool
needs_result(const ApiRoute *route)
{
	return route->function->result == API_RESULT_ROW && !returns_resource(route);
}

char *
realty_openapi_row_schema(const DocRoute *doc)
{
	const ApiRoute *route = doc->route;

	if (route->handler != API_CALL || returns_resource(route))
		return realty_openapi_schema_name(route->resource->singular, "Response");
	if (route->function->result == API_RESULT_ROW || doc->answer != NULL)
		return realty_openapi_schema_name(doc->operation, "Result");
	return NULL;
}

/* The columns of a function's own row type. Any of them may be null. */
static void
append_result(StringInfo json, const DocRoute *doc)
{
	TupleDesc desc;
	Oid type;

	(void)get_func_result_type(doc->route->function->oid, &type, &desc);
	open_schema(json, realty_openapi_schema_name(doc->operation, "Result"));
	realty_json_open(json, "properties");
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		ApiType column;

		if (attribute->attisdropped)
			continue;
		realty_type_classify(&column, attribute->atttypid, attribute->atttypmod);
		realty_openapi_type(json, NameStr(attribute->attname), &column, true, NULL);
	}
	realty_json_close(json);
	realty_json_close(json);
}

static void
append_function(StringInfo json, DocRoute *doc)
{
	ApiRoute *route = doc->route;
	char *body = realty_openapi_body_schema(doc);

	if (body != NULL)
		append_request(json, doc);
	/* No other route creates users. */
	if (strcmp(route->function_name, "api.register") == 0)
		realty_json_ref(json, "UserCreate", "schemas", body);
	if (needs_result(route))
		append_result(json, doc);
	else if (doc->answer != NULL)
		realty_json_raw(json, realty_openapi_schema_name(doc->operation, "Result"),
						doc->answer);
}

/* ---- all of them ---- */

void
realty_openapi_schemas(StringInfo json, List *routes)
{
	List *seen = NIL;
	ListCell *cell;

	realty_json_open(json, "schemas");
	foreach (cell, routes)
	{
		DocRoute *doc = lfirst(cell);

		if (doc->route->resource != NULL && !list_member_ptr(seen, doc->route->resource))
		{
			seen = lappend(seen, doc->route->resource);
			append_resource(json, routes, doc->route->resource);
		}
		if (doc->route->handler == API_CALL)
			append_function(json, doc);
	}
	realty_json_raw(
		json, "Pagination",
		"{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
		"\"currentPage\":{\"type\":\"integer\"},\"totalPages\":{\"type\":\"integer\"},"
		"\"totalItems\":{\"type\":\"integer\"},"
		"\"isEstimate\":{\"const\":true,\"description\":\"There when totalItems and "
		"totalPages are guessed, in a very long list.\"},"
		"\"limit\":{\"type\":\"integer\"},"
		"\"endsEarly\":{\"const\":true,\"description\":\"There when the page has fewer "
		"rows than limit because more would pass 1 MB. nextCursor goes on behind its "
		"last "
		"row; page + 1 begins behind those that were left out.\"},"
		"\"nextCursor\":{\"type\":[\"string\",\"null\"],\"description\":\"Send it as "
		"after= "
		"for the next page; null on the last one.\"}},"
		"\"required\":[\"limit\",\"nextCursor\"]}");
	realty_json_raw(
		json, "Error",
		"{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
		"\"success\":{\"const\":false},\"error\":{\"type\":\"object\","
		"\"additionalProperties\":false,\"properties\":{"
		"\"code\":{\"type\":\"string\",\"description\":\"For programs.\"},"
		"\"message\":{\"type\":\"string\",\"description\":\"For people.\"},"
		"\"details\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
		"\"additionalProperties\":false,\"properties\":{\"field\":{\"type\":\"string\"},"
		"\"message\":{\"type\":\"string\"}},\"required\":[\"message\"]}},"
		"\"hint\":{\"type\":\"string\"}},\"required\":[\"code\",\"message\",\"details\"]}"
		"},"
		"\"required\":[\"success\",\"error\"]}");
	realty_json_raw(
		json, "BareError",
		"{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"detail\":{"
		"\"type\":[\"string\",\"array\"]}},\"required\":[\"detail\"]}");
	realty_json_close(json);
}
