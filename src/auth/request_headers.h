/*
 * request_headers.h
 *		The headers of the request that is being answered, where there is one.
 */
#ifndef REALTY_AUTH_REQUEST_HEADERS_H
#define REALTY_AUTH_REQUEST_HEADERS_H

#include "auth/json_members.h"

typedef enum HeadersVerdict
{
	HEADERS_ABSENT,
	HEADERS_READ,
	HEADERS_BROKEN /* no JSON object, or a wanted name twice */
} HeadersVerdict;

/*
 * PostgREST and realty.request give them in the setting request.headers, one JSON
 * object with names in lower case. Those of `wanted`, which a NULL ends, are taken
 * out, however many and how long the others are: more headers must not hide one
 * that counts. A client that speaks SQL can write that setting, so it proves
 * nothing.
 */
extern HeadersVerdict realty_headers_read(const char *const *wanted,
										  JsonMembers *headers);

#endif /* REALTY_AUTH_REQUEST_HEADERS_H */
