/*
 * openapi.h
 *		The description of the API, OpenAPI 3.1: the parts and what they share.
 */
#ifndef REALTY_API_OPENAPI_OPENAPI_H
#define REALTY_API_OPENAPI_OPENAPI_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/acl.h"

#include "api/catalog/route.h"

/* A route and what only people read of it. */
typedef struct DocRoute
{
	ApiRoute *route;
	const char *tag;
	const char *summary;
	const char *description; /* or NULL */
	const char *answer;      /* JSON Schema of a jsonb result, or NULL */
	const char *operation;   /* its operationId */
} DocRoute;

/* types.c: names and types */

/* change_request → ChangeRequest, with what is put behind it. */
extern char *realty_openapi_schema_name(const char *words, const char *suffix);
/* post, /api/bookings/{id}/cancel → postBookingsByIdCancel */
extern char *realty_openapi_operation_name(const char *method, const char *path);
/* A schema of a value of that type; example may be NULL. */
extern void realty_openapi_type(StringInfo json, const char *name, const ApiType *type,
								bool nullable, const char *description);
extern void realty_openapi_column(StringInfo json, const ApiResource *resource,
								  const ApiColumn *column, bool nullable);

/* schemas.c: components.schemas */
extern void realty_openapi_schemas(StringInfo json, List *routes);
extern bool realty_openapi_column_is_for(const ApiResource *resource,
										 const ApiColumn *column, int roles, AclMode mode,
										 bool all);

/* paths.c: paths and the answers that all share */
extern void realty_openapi_paths(StringInfo json, List *routes);
extern void realty_openapi_shared_parts(StringInfo json);

/* Which schema names the value that a route's answer holds, NULL for none of ours. */
extern char *realty_openapi_row_schema(const DocRoute *doc);
/* Does the body of the route's request hold arguments or columns? */
extern char *realty_openapi_body_schema(const DocRoute *doc);

#endif /* REALTY_API_OPENAPI_OPENAPI_H */
