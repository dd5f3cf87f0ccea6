/*
 * schemas.h
 *		components.schemas: what goes in and comes out, by resource and by function.
 */
#ifndef REALTY_API_OPENAPI_SCHEMAS_H
#define REALTY_API_OPENAPI_SCHEMAS_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "api/openapi/doc_route.h"

/* Appends them all; routes is a list of DocRoute *. */
extern void realty_openapi_schemas(StringInfo json, List *routes);

/* May one of these roles (API_FOR_…), or with `all` each of them, use the column so? */
extern bool realty_openapi_column_is_for(const ApiResource *resource,
										 const ApiColumn *column, int roles, AclMode mode,
										 bool all);

/* The schema of the value that a route's answer holds; NULL when it is none of ours. */
extern char *realty_openapi_row_schema(const DocRoute *doc);

/* The schema of the body of a route's request; NULL when it takes none. */
extern char *realty_openapi_body_schema(const DocRoute *doc);

#endif /* REALTY_API_OPENAPI_SCHEMAS_H */
