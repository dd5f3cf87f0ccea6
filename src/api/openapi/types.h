/*
 * types.h
 *		Names and types as OpenAPI 3.1 (JSON Schema 2020-12) writes them.
 */
#ifndef REALTY_API_OPENAPI_TYPES_H
#define REALTY_API_OPENAPI_TYPES_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "api/catalog/resource.h"

/* change_request and List → ChangeRequestList */
extern char *realty_openapi_schema_name(const char *words, const char *suffix);

/* post, /api/bookings/{id}/cancel → postBookingsByIdCancel */
extern char *realty_openapi_operation_name(const char *method, const char *path);

/* Appends the schema of a value of that type; the description may be NULL. */
extern void realty_openapi_type(StringInfo json, const char *name, const ApiType *type,
								bool nullable, const char *description);

/* The same of a column, with its comment and its CHECKs for a description. */
extern void realty_openapi_column(StringInfo json, const ApiResource *resource,
								  const ApiColumn *column, bool nullable);

#endif /* REALTY_API_OPENAPI_TYPES_H */
