/*
 * route.h
 *		A row of realty.routes: what answers a method and path, and for which roles.
 */
#ifndef REALTY_API_CATALOG_ROUTE_H
#define REALTY_API_CATALOG_ROUTE_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "api/catalog/function.h"
#include "api/catalog/resource.h"
#include "auth/rate_limit.h"

#define API_MAX_SEGMENTS 16

typedef enum ApiHandler
{
	API_LIST,
	API_GET,
	API_CREATE,
	API_UPDATE,
	API_DELETE,
	API_SET,
	API_CALL,
	API_CREATE_MANY
} ApiHandler;

/* Which callers a route is for. */
#define API_FOR_ANONYMOUS 0x01
#define API_FOR_PUBLIC 0x02
#define API_FOR_USER 0x04
#define API_FOR_BUILDER 0x08
#define API_FOR_CUSTOMER 0x10
#define API_FOR_ADMIN 0x20

typedef struct ApiRoute
{
	int64 id;
	const char *method;
	const char *path;
	ApiHandler handler;
	ApiResource *resource;
	ApiResource *parent;
	const char *function_name;
	ApiFunction *function; /* read at first use, by realty_route_function */
	Jsonb *fixed;
	int nparams;
	const char *params[API_MAX_SEGMENTS]; /* column or argument of each {} in order */
	int roles;
	RateClass rate_class;
	int status;
	bool bare;
	const char *data_key;   /* NULL when the resource's name serves */
	const char *media_type; /* NULL: JSON in its envelope */
} ApiRoute;

/* The function that the route calls; errors as of realty_function_read. */
extern ApiFunction *realty_route_function(ApiRoute *route);

/* Is the value of this column or argument the route's own to give, by path or fixed? */
extern bool realty_route_gives(const ApiRoute *route, const char *name);

/* Does its body mean something? A DELETE's does where its function asks for more. */
extern bool realty_route_takes_body(ApiRoute *route);

/*
 * The member of data that holds the answer, "" when data is the answer itself. The
 * function of a call must have been read.
 */
extern const char *realty_route_answer_key(const ApiRoute *route);

#endif /* REALTY_API_CATALOG_ROUTE_H */
