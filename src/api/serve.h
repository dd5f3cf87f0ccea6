/*
 * serve.h
 *		The way of one request: read it, find its route, become its caller, answer.
 */
#ifndef REALTY_API_SERVE_H
#define REALTY_API_SERVE_H

#include "api/request.h"

/* Answers the request, whatever is wrong with it; raises what ends the session only. */
extern void realty_request_serve(ApiRequest *request);

#endif /* REALTY_API_SERVE_H */
