/*
 * error_response.h
 *		An error that the work ran into, as an answer a client can use.
 */
#ifndef REALTY_API_ERROR_RESPONSE_H
#define REALTY_API_ERROR_RESPONSE_H

#include "api/request.h"

/* Makes the error the request's answer; a 5xx is logged. */
extern void realty_failure_answer(ApiRequest *request, ErrorData *error);

/* Adds the error's faults to the request; returns what to say when there are none. */
extern const char *realty_failure_explain(ApiRequest *request, ErrorData *error);

#endif /* REALTY_API_ERROR_RESPONSE_H */
