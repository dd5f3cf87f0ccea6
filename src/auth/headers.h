/*
 * headers.h
 *		The headers of the request that is being answered, where there is one.
 */
#ifndef REALTY_AUTH_HEADERS_H
#define REALTY_AUTH_HEADERS_H

#include "auth/json_members.h"

/*
 * PostgREST and realty.request give them in the setting request.headers, one JSON object
 * with names in lower case. False when they are not there or cannot be read: whoever may
 * speak SQL can write that setting, so it proves nothing and may not break anything.
 */
extern bool realty_headers_read(JsonMembers *headers);

#endif /* REALTY_AUTH_HEADERS_H */
