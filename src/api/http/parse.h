/*
 * parse.h
 *		Headers, target and body as a client sent them, taken apart.
 */
#ifndef REALTY_API_HTTP_PARSE_H
#define REALTY_API_HTTP_PARSE_H

#include "api/request.h"

/*
 * Each fills its part of the request from what came, and raises bad_request, or of a body
 * another error of the client's. The body is read once the route is known.
 */
extern void realty_request_read_headers(ApiRequest *request);
extern void realty_request_read_target(ApiRequest *request);
extern void realty_request_read_body(ApiRequest *request);

/* The header of that name, in any case, or NULL. */
extern const char *realty_request_header(const ApiRequest *request, const char *name);

#endif /* REALTY_API_HTTP_PARSE_H */
