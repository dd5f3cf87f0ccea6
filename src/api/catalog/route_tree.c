/*
 * route_tree.c
 *		Which row of realty.routes answers a method and path.
 *
 * The rows make a tree with one level per path segment. A literal segment wins over
 * a parameter, and the search comes back to the parameter when the literal leads
 * nowhere: /builders/me/dashboard and /builders/{id}/projects both find their row.
 * The first row added for a method and path stays, so a site's rows come first.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "api/catalog/route_tree.h"

struct ApiRouteNode
{
	const char *segment; /* NULL for a parameter */
	List *literals;      /* ApiRouteNode * */
	ApiRouteNode *parameter;
	List *routes; /* ApiRoute *, one a method */
};

static ApiRouteNode *
node_make(const char *segment)
{
	ApiRouteNode *node = palloc0(sizeof(ApiRouteNode));

	node->segment = segment;
	return node;
}

ApiRouteNode *
realty_route_tree_make(void)
{
	return node_make(NULL);
}

static ApiRouteNode *
literal_find(const ApiRouteNode *node, const char *segment)
{
	ListCell *cell;

	foreach (cell, node->literals)
	{
		ApiRouteNode *child = lfirst(cell);

		if (strcmp(child->segment, segment) == 0)
			return child;
	}
	return NULL;
}

static ApiRouteNode *
child_make(ApiRouteNode *node, const char *segment)
{
	ApiRouteNode *child;

	if (segment[0] == '{')
	{
		if (node->parameter == NULL)
			node->parameter = node_make(NULL);
		return node->parameter;
	}
	child = literal_find(node, segment);
	if (child == NULL)
	{
		child = node_make(segment);
		node->literals = lappend(node->literals, child);
	}
	return child;
}

static ApiRoute *
route_of_method(const ApiRouteNode *node, const char *method)
{
	ListCell *cell;

	foreach (cell, node->routes)
	{
		ApiRoute *route = lfirst(cell);

		if (strcmp(route->method, method) == 0)
			return route;
	}
	return NULL;
}

void
realty_route_tree_add(ApiRouteNode *root, ApiRoute *route)
{
	ApiRouteNode *node = root;
	char *path = pstrdup(route->path);
	char *state = NULL;

	for (char *segment = strtok_r(path, "/", &state); segment != NULL;
		 segment = strtok_r(NULL, "/", &state))
		node = child_make(node, segment);
	if (route_of_method(node, route->method) == NULL)
		node->routes = lappend(node->routes, route);
}

/* GET serves HEAD too; OPTIONS is answered for every path there is. */
static const char *
allowed_methods(const ApiRouteNode *node)
{
	StringInfoData allow;
	ListCell *cell;

	initStringInfo(&allow);
	foreach (cell, node->routes)
	{
		ApiRoute *route = lfirst(cell);

		appendStringInfo(&allow, "%s, ", route->method);
		if (strcmp(route->method, "GET") == 0)
			appendStringInfoString(&allow, "HEAD, ");
	}
	appendStringInfoString(&allow, "OPTIONS");
	return allow.data;
}

static bool
accept_node(const ApiRouteNode *node, const char *method, ApiMatch *match)
{
	if (node->routes == NIL)
		return false;
	match->route = route_of_method(node, method);
	if (match->route == NULL && !match->path_is_known)
		match->allow = allowed_methods(node);
	match->path_is_known = true;
	return match->route != NULL;
}

/* Depth is bounded by API_MAX_SEGMENTS. True when the search is over. */
static bool
search(const ApiRouteNode *node, const char *method, const char *const *segments,
	   int left, int ncaptures, ApiMatch *match)
{
	ApiRouteNode *literal;

	if (left == 0)
	{
		if (!accept_node(node, method, match))
			return false;
		match->ncaptures = ncaptures;
		return true;
	}
	literal = literal_find(node, segments[0]);
	if (literal != NULL &&
		search(literal, method, segments + 1, left - 1, ncaptures, match))
		return true;
	if (node->parameter == NULL || segments[0][0] == '\0')
		return false;
	if (!search(node->parameter, method, segments + 1, left - 1, ncaptures + 1, match))
		return false;
	match->captures[ncaptures] = segments[0];
	return true;
}

void
realty_route_match(ApiRouteNode *root, const char *method, const char *const *segments,
				   int nsegments, ApiMatch *match)
{
	memset(match, 0, sizeof(*match));
	if (nsegments <= API_MAX_SEGMENTS)
		(void)search(root, method, segments, nsegments, 0, match);
}
