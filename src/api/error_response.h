/*
 * error_response.h
 *		An error that the work ran into, as an answer a client can use.
 */
#ifndef REALTY_API_ERROR_RESPONSE_H
#define REALTY_API_ERROR_RESPONSE_H

#include "api/request.h"

/* Makes the error the request's answer; a 5xx is logged. */
extern void realty_error_response(ApiRequest *request, ErrorData *error);

/* Adds the error's violations to the request; returns the message where none is added. */
extern const char *realty_error_explain(ApiRequest *request, ErrorData *error);

#endif /* REALTY_API_ERROR_RESPONSE_H */
