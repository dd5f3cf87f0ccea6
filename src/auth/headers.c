/*
 * headers.c
 *		The headers of the request that is being answered, where there is one.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/guc.h"

#include "auth/headers.h"

#define HEADERS_MAX 65536

bool
realty_headers_read(JsonMembers *headers)
{
	const char *json = GetConfigOption("request.headers", true, false);

	return json != NULL && *json != '\0' && strlen(json) < HEADERS_MAX &&
		   pg_verify_mbstr(PG_UTF8, json, (int)strlen(json), true) &&
		   realty_json_members_read(pstrdup(json), headers);
}
