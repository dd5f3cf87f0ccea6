/*
 * violations.h
 *		What is wrong with a request's values, collected before it is answered.
 */
#ifndef REALTY_API_VIOLATIONS_H
#define REALTY_API_VIOLATIONS_H

#include "api/request.h"

/* Adds one; the texts are the caller's to keep. Of very many the rest is left out. */
extern void realty_request_violation(ApiRequest *request, ApiLocation location,
									 const char *field, const char *message);

extern bool realty_request_has_violation(const ApiRequest *request, const char *field);

/*
 * Adds [{"field": …, "message": …}, …], the form that errors carry. Of one field the
 * first counts where one_a_field says so: what could not be read is missing only for that
 * reason. What stands in the way of a request is a list, of bookings say.
 */
extern void realty_request_violations_from_json(ApiRequest *request, Jsonb *violations,
												bool one_a_field);

/* One for each parameter of the query string, where a route has none. */
extern void realty_request_refuse_parameters(ApiRequest *request);

/* ERROR validation_failed when there are any. */
extern void realty_request_check_violations(const ApiRequest *request);

#endif /* REALTY_API_VIOLATIONS_H */
