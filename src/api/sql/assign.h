/*
 * assign.h
 *		Which columns or arguments get which values: body, path and fixed ones.
 */
#ifndef REALTY_API_SQL_ASSIGN_H
#define REALTY_API_SQL_ASSIGN_H

#include "api/request.h"

/* Type of a column or argument of the target; NULL when it has none of that name. */
typedef const ApiType *(*ApiTypeOf)(const void *target, const char *name);

/* The same for what a body may set; else *violation says why not. */
typedef const ApiType *(*ApiMaySet)(ApiRequest *request, const void *target,
									const char *name, const char **violation);

extern void realty_assign_fixed(ApiRequest *request, ApiTypeOf type_of,
								const void *target);
extern void realty_assign_captured(ApiRequest *request, ApiTypeOf type_of,
								   const void *target);
extern void realty_assign_body(ApiRequest *request, ApiMaySet may_set,
							   const void *target);
extern void realty_assign_text(ApiRequest *request, ApiLocation location,
							   const char *name, const ApiType *type, const char *text);
extern void realty_assign_datum(ApiRequest *request, const char *name,
								const ApiType *type, Datum value);
extern ApiAssignment *realty_assignment_find(const ApiRequest *request, const char *name);

#endif /* REALTY_API_SQL_ASSIGN_H */
