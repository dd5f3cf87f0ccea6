/*
 * request_headers.c
 *		The headers of the request that is being answered, where there is one.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/guc.h"

#include "auth/request_headers.h"

HeadersVerdict
realty_headers_read(const char *const *wanted, JsonMembers *headers)
{
	const char *json = GetConfigOption("request.headers", true, false);

	headers->count = 0;
	if (json == NULL || *json == '\0')
		return HEADERS_ABSENT;
	if (!pg_verify_mbstr(PG_UTF8, json, (int)strlen(json), true) ||
		!realty_json_members_pick(pstrdup(json), wanted, headers))
		return HEADERS_BROKEN;
	return HEADERS_READ;
}
