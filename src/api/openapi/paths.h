/*
 * paths.h
 *		paths: each route with its parameters, body, answers and errors.
 */
#ifndef REALTY_API_OPENAPI_PATHS_H
#define REALTY_API_OPENAPI_PATHS_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

/* Appends them all; routes is a list of DocRoute *, in the order of their paths. */
extern void realty_openapi_paths(StringInfo json, List *routes);

/* components.responses, parameters and securitySchemes, which the paths refer to. */
extern void realty_openapi_shared_parts(StringInfo json);

#endif /* REALTY_API_OPENAPI_PATHS_H */
