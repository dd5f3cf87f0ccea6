/*
 * route_tree.h
 *		Which row of realty.routes answers a method and path.
 */
#ifndef REALTY_API_CATALOG_ROUTE_TREE_H
#define REALTY_API_CATALOG_ROUTE_TREE_H

#include "api/catalog/route.h"

typedef struct ApiRouteNode ApiRouteNode;

typedef struct ApiMatch
{
	ApiRoute *route;    /* NULL when none has the method */
	bool path_is_known; /* some method is served there */
	const char *allow;  /* those methods, for the Allow header */
	int ncaptures;
	const char *captures[API_MAX_SEGMENTS];
} ApiMatch;

extern ApiRouteNode *realty_route_tree_make(void);
extern void realty_route_tree_add(ApiRouteNode *root, ApiRoute *route);
extern void realty_route_match(ApiRouteNode *root, const char *method,
							   const char *const *segments, int nsegments,
							   ApiMatch *match);

#endif /* REALTY_API_CATALOG_ROUTE_TREE_H */
