/*
 * idempotency.h
 *		Idempotency-Key: a retry gets the first answer.
 */
#ifndef REALTY_API_IDEMPOTENCY_H
#define REALTY_API_IDEMPOTENCY_H

#include "api/request.h"

/* Does the request carry a key that counts? */
extern bool realty_idempotency_applies(const ApiRequest *request);

/* Answers such a request: by what is kept, or by doing the work and keeping its answer.
 */
extern void realty_idempotency_serve(ApiRequest *request, ApiWork work);

#endif /* REALTY_API_IDEMPOTENCY_H */
