/*
 * function.h
 *		A function that a route calls: its arguments and its result.
 */
#ifndef REALTY_API_CATALOG_FUNCTION_H
#define REALTY_API_CATALOG_FUNCTION_H

#include "postgres.h"

#include "api/catalog/type.h"

typedef struct ApiArgument
{
	const char *name;
	ApiType type;
	bool required;
} ApiArgument;

typedef enum ApiResult
{
	API_RESULT_VOID,
	API_RESULT_JSON,
	API_RESULT_SCALAR,
	API_RESULT_ROW
} ApiResult;

typedef struct ApiFunction
{
	Oid oid;
	const char *quoted_name;
	int nargs;
	ApiArgument *args;
	ApiResult result;
	Oid result_type;
	Oid row_relation; /* relation whose row type it returns, or InvalidOid */
	bool returns_set;
	bool returns_many; /* a set, and not declared ROWS 1 */
	bool is_volatile;
} ApiFunction;

/*
 * The function of that name, or name(types), in the memory of the catalog. ERROR when
 * there is none, when there are several, or when a request could not call it.
 */
extern ApiFunction *realty_function_read(const char *name);

#endif /* REALTY_API_CATALOG_FUNCTION_H */
