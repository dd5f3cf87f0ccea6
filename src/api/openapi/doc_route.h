/*
 * doc_route.h
 *		A route with what the description says of it for people.
 */
#ifndef REALTY_API_OPENAPI_DOC_ROUTE_H
#define REALTY_API_OPENAPI_DOC_ROUTE_H

#include "api/catalog/route.h"

typedef struct DocRoute
{
	ApiRoute *route;
	const char *tag;
	const char *summary;
	const char *description; /* or NULL */
	const char *answer;      /* JSON Schema of a jsonb result, or NULL */
	const char *operation;   /* its operationId */
} DocRoute;

#endif /* REALTY_API_OPENAPI_DOC_ROUTE_H */
