/*
 * postgrest.c
 *		What PostgREST tells of a request: its method, path and the client's address.
 *
 * PostgREST speaks to us through settings (request.method, request.path,
 * request.headers), and it does not say whom it talks to. Only a proxy in front of it
 * knows, and puts the address into a header; the setting realty.postgrest_client_header
 * names it. A client may send that header too: of a list (X-Forwarded-For) the last entry
 * is the one that our own proxy wrote.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/guc.h"

#include "auth/owner_sql.h"
#include "auth/postgrest.h"

#define RPC "/rpc/"

static char *client_header = NULL;

static RealtyPlan is_auth_call = {
	"SELECT EXISTS (SELECT FROM realty.routes WHERE rate_class = 'auth' "
	"AND function = 'api.' || $1)",
	1,
	{TEXTOID},
	NULL};

void
realty_postgrest_init(void)
{
	DefineCustomStringVariable(
		"realty.postgrest_client_header",
		"Header in which the proxy before PostgREST names the client's address.",
		"Empty: addresses are not counted there. The proxy must set it on every request.",
		&client_header, "", PGC_SIGHUP, 0, NULL, NULL, NULL);
}

static const char *
setting(const char *name)
{
	const char *value = GetConfigOption(name, true, false);

	return value != NULL ? value : "";
}

static bool
calls_auth(const char *path)
{
	Datum function;
	OwnerSql sql;
	bool found;

	if (strncmp(path, RPC, strlen(RPC)) != 0)
		return false;
	function = CStringGetTextDatum(path + strlen(RPC));
	realty_owner_sql_begin(&sql);
	realty_plan_run(&is_auth_call, &function, NULL, true, 1);
	found = realty_owner_sql_bool(1);
	realty_owner_sql_end(&sql);
	return found;
}

RateClass
realty_postgrest_rate_class(void)
{
	const char *method = setting("request.method");

	if (calls_auth(setting("request.path")))
		return RATE_AUTH;
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ? RATE_READ
																	 : RATE_WRITE;
}

void
realty_postgrest_count_address(RateClass class, const JsonMembers *headers)
{
	char *name;
	const char *list;
	const char *last;

	if (*client_header == '\0')
		return;
	name = asc_tolower(client_header, strlen(client_header));
	list = realty_json_string(headers, name);
	if (list == NULL)
		return;
	last = strrchr(list, ',');
	last = last != NULL ? last + 1 : list;
	realty_rate_limit_address(class, last + strspn(last, " \t"));
}
