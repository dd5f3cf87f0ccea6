/*
 * subtransaction.h
 *		A part of a request as its caller, whose error undoes that part alone.
 */
#ifndef REALTY_API_SUBTRANSACTION_H
#define REALTY_API_SUBTRANSACTION_H

#include "api/request.h"

/*
 * Runs the work in a subtransaction; false, with the error, when it failed and was
 * undone. User and security context are as before either way.
 */
extern bool realty_request_in_subtransaction(ApiRequest *request, ApiWork work, void *arg,
											 ErrorData **error);

/* The caller's role and identity, until the work ends. */
extern void realty_request_become(const ApiRequest *request);

#endif /* REALTY_API_SUBTRANSACTION_H */
