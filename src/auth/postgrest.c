/*
 * postgrest.c
 *		What PostgREST says of a request: its method, path and the client's address.
 *
 * PostgREST passes a request on in settings (request.method, request.path,
 * request.headers), without the client's address. Only a proxy in front of it knows
 * that, and puts it into a header, which the setting realty.postgrest_client_header
 * names. A client may send that header too: of a list (X-Forwarded-For) the last
 * entry is the one that our own proxy wrote. Clients without one share a count, and
 * so do those with what is no address: what cannot be read is counted all the same.
 *
 * Without such a proxy all clients have one address, so passwords are counted there
 * by the account that is tried. Not where the address is known (/api): a stranger
 * could then use up the attempts of the account's user.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/guc.h"

#include "auth/identity.h"
#include "auth/postgrest.h"
#include "common/query_string.h"
#include "platform/compat.h"
#include "platform/owner_sql.h"
#include "platform/unicode.h"

#define RPC "/rpc/"

static char *client_header = NULL;

static RealtyStatement is_auth_call = {
	"SELECT EXISTS (SELECT FROM realty.routes WHERE rate_class = 'auth' "
	"AND pg_catalog.regexp_replace(pg_catalog.split_part(function, '(', 1), "
	"'^.*\\.', '') = $1)",
	1,
	{TEXTOID},
	NULL};

static RealtyStatement caller_clock = {
	"SELECT realty.caller_time_zone()", 0, {InvalidOid}, NULL};

void
realty_postgrest_init(void)
{
	DefineCustomStringVariable(
		"realty.postgrest_client_header",
		"Header in which the proxy in front of PostgREST names the client's address.",
		"Empty: addresses are not counted there. The proxy must set it on every request.",
		&client_header, "", PGC_SIGHUP, 0, NULL, NULL, NULL);
}

static const char *
setting(const char *name)
{
	const char *value = GetConfigOption(name, true, false);

	return value != NULL ? value : "";
}

/* PostgREST passes the path on as it came, and routes by it decoded, as here. */
static bool
calls_auth(const char *target)
{
	size_t length = strlen(target);
	char *path = palloc(length + 2);
	Datum function;
	OwnerSql sql;
	bool found;

	if (!realty_path_normalize(target, length, path) ||
		strncmp(path, RPC, strlen(RPC)) != 0)
		return false;
	function = CStringGetTextDatum(path + strlen(RPC));
	realty_owner_sql_begin(&sql);
	realty_execute(&is_auth_call, &function, NULL, true, 1);
	found = realty_result_bool(1);
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

/* Lower case, as names of headers are given; NULL where no proxy is trusted. */
const char *
realty_postgrest_client_header(void)
{
	return *client_header != '\0' ? asc_tolower(client_header, strlen(client_header))
								  : NULL;
}

/* "192.0.2.1:4711" and "[2001:db8::1]:4711", as some proxies write it, without the port.
 */
static char *
without_port(const char *text)
{
	const char *colon = strchr(text, ':');
	size_t length = strcspn(text, " \t");

	if (*text == '[')
		return pnstrdup(text + 1, strcspn(text + 1, "]"));
	if (colon != NULL && strchr(colon + 1, ':') == NULL)
		length = Min(length, (size_t)(colon - text));
	return pnstrdup(text, length);
}

const char *
realty_postgrest_client(const JsonMembers *headers)
{
	const char *name = realty_postgrest_client_header();
	const char *list = name != NULL ? realty_json_string(headers, name) : NULL;
	const char *last;

	if (list == NULL)
		return NULL;
	last = strrchr(list, ',');
	last = last != NULL ? last + 1 : list;
	return without_port(last + strspn(last, " \t"));
}

/* By the key that accounts are found by: one account, one bucket. */
void
realty_postgrest_count_account(const text *email)
{
	const char *key;

	if (!realty_session_is_postgrest())
		return;
	key = realty_text_identity(VARDATA_ANY(email), VARSIZE_ANY_EXHDR(email));
	realty_rate_limit_account(RATE_AUTH, key, strlen(key));
}

/*
 * PostgREST hands on the times of a body as they came, and a timestamptz is read by the
 * session's zone before any rule sees it: so that is the caller's here, unless the client
 * asked for one (Prefer: timezone=) or the operator set one for the role, which PostgREST
 * has done by now.
 */
void
realty_postgrest_set_clock(void)
{
	const char *now = GetConfigOption("TimeZone", false, false);
	char *zone;
	OwnerSql sql;

	if (!realty_session_is_postgrest() ||
		strcmp(now, GetConfigOptionResetString("TimeZone")) != 0 ||
		strstr(setting("request.headers"), "timezone=") != NULL)
		return;
	realty_owner_sql_begin(&sql);
	realty_execute(&caller_clock, NULL, NULL, true, 1);
	zone = realty_owner_sql_text(&sql, 1);
	realty_owner_sql_end(&sql);
	(void)set_config_option("TimeZone", zone, PGC_USERSET, PGC_S_SESSION,
							GUC_ACTION_LOCAL, true, 0, false);
}
