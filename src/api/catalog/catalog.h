/*
 * catalog.h
 *		realty.routes and realty.resources, kept per backend.
 *
 * What these return is good until the request ends (invalidation.h).
 */
#ifndef REALTY_API_CATALOG_CATALOG_H
#define REALTY_API_CATALOG_CATALOG_H

#include "postgres.h"

#include "api/catalog/route_tree.h"

/* Finds the route of a method and path; see ApiMatch. */
extern void realty_catalog_match(const char *method, const char *const *segments,
								 int nsegments, ApiMatch *match);

/* ApiRoute *, a site's before ours. */
extern List *realty_catalog_routes(void);

/* The resource of that name, or NULL. */
extern ApiResource *realty_resource_find(const char *name);

/* The resource whose rows are those of a base table, or NULL. */
extern ApiResource *realty_resource_of_table(Oid table);

#endif /* REALTY_API_CATALOG_CATALOG_H */
