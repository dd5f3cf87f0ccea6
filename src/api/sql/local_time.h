/*
 * local_time.h
 *		The time zone in which a time without an offset is read.
 */
#ifndef REALTY_API_SQL_LOCAL_TIME_H
#define REALTY_API_SQL_LOCAL_TIME_H

#include "postgres.h"

#include "api/request.h"

/* Is it a column or argument of that kind, and text without an offset? */
extern bool realty_clock_is_local(const ApiType *type, const char *text);

/* The time zone of the builder whose row the body is about, else of the caller. */
extern const char *realty_clock_of_body(const ApiRequest *request);

/* The time zone of the caller's days: the builder's own, else the site's. */
extern const char *realty_clock_of_caller(void);

#endif /* REALTY_API_SQL_LOCAL_TIME_H */
