/*
 * call.h
 *		A route that calls a function with named arguments.
 */
#ifndef REALTY_API_HANDLERS_CALL_H
#define REALTY_API_HANDLERS_CALL_H

#include "api/request.h"

extern void realty_handle_call(ApiRequest *request);

#endif /* REALTY_API_HANDLERS_CALL_H */
