/*
 * convert.h
 *		Values from JSON, a query string or a path to datums, without raising.
 */
#ifndef REALTY_API_SQL_CONVERT_H
#define REALTY_API_SQL_CONVERT_H

#include "api/catalog/type.h"

/* Each gives NULL when *value was set, else what is wrong, for people. */
extern const char *realty_convert_text(const ApiType *type, const char *text,
									   Datum *value);
extern const char *realty_convert_json(const ApiType *type, JsonbValue *json,
									   Datum *value, bool *isnull);

/* The instant at which a clock in that zone shows this date or time, which has been found
 * to be one; `later` by so many microseconds of that clock. */
extern void realty_convert_local(const char *text, const char *zone, int64 later,
								 Datum *value);

/* A money value in minor units, a bigint; `up`: how a third decimal is rounded. */
extern const char *realty_convert_minor(const char *text, bool up, bool *exact,
										Datum *value);

#endif /* REALTY_API_SQL_CONVERT_H */
