/*
 * route.c
 *		A row of realty.routes: what answers a method and path, and for which roles.
 */
#include "postgres.h"

#include "api/catalog/route.h"
#include "platform/jsonb_member.h"
#include "platform/scope.h"

ApiFunction *
realty_route_function(ApiRoute *route)
{
	if (route->function == NULL)
		route->function = realty_function_read(route->function_name);
	return route->function;
}

const char *
realty_route_answer_key(const ApiRoute *route)
{
	const ApiFunction *function = route->function;

	if (route->data_key != NULL)
		return route->data_key;
	if (route->handler == API_LIST)
		return route->resource->list_key;
	if (route->handler != API_CALL)
		return route->resource->singular;
	if (function->returns_many)
		return route->resource ? route->resource->list_key : "items";
	if (function->result == API_RESULT_ROW && route->resource != NULL)
		return route->resource->singular;
	return function->result == API_RESULT_SCALAR ? "result" : "";
}

bool
realty_route_gives(const ApiRoute *route, const char *name)
{
	JsonbValue found;

	for (int i = 0; i < route->nparams; i++)
		if (strcmp(route->params[i], name) == 0)
			return true;
	return realty_jsonb_member(&route->fixed->root, name, &found);
}

bool
realty_route_takes_body(ApiRoute *route)
{
	ApiFunction *function;
	OwnerScope scope;

	if (strcmp(route->method, "GET") == 0)
		return false;
	if (strcmp(route->method, "DELETE") != 0)
		return true;
	if (route->handler != API_CALL)
		return false;
	/* Asked before the request has a role of its own. */
	realty_owner_enter(&scope);
	function = realty_route_function(route);
	realty_owner_leave(&scope);
	for (int i = 0; i < function->nargs; i++)
		if (!realty_route_gives(route, function->args[i].name))
			return true;
	return false;
}
