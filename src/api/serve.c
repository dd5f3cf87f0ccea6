/*
 * serve.c
 *		The way of one request: read it, find its route, become its caller, answer.
 *
 * All of it runs in a subtransaction whose error becomes an answer, so that a caller of
 * realty.request gets a row whatever is wrong with a request, and an error undoes exactly
 * that request; what ends the statement or the session gets through
 * (platform/subxact.c). Role, identity and settings are changed within one GUC nest level
 * and the subtransaction, and are back on every exit.
 *
 * A GET assigns no transaction id, so it works on a hot standby.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "common/pg_prng.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rls.h"

#include "api/catalog/catalog.h"
#include "api/error_response.h"
#include "api/handlers/bulk.h"
#include "api/handlers/call.h"
#include "api/handlers/get.h"
#include "api/handlers/list.h"
#include "api/handlers/write.h"
#include "api/http/answer.h"
#include "api/http/parse.h"
#include "api/idempotency.h"
#include "api/request.h"
#include "api/serve.h"
#include "api/sql/statement_cache.h"
#include "api/subtransaction.h"
#include "auth/auth.h"
#include "auth/rate_limit.h"
#include "platform/scope.h"
#include "platform/stats.h"

#define BEARER "Bearer "

/* ---- settings ---- */

static void
pin(const char *name, const char *value)
{
	(void)set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
							0, false);
}

/* An answer must not depend on how the session is set. Usually nothing is to be done. */
static void
pin_settings(void)
{
	realty_pin_search_path();
	if (!row_security)
		pin("row_security", "on");
	if (DateStyle != USE_ISO_DATES || DateOrder != DATEORDER_YMD)
		pin("datestyle", "ISO, YMD");
	if (IntervalStyle != INTSTYLE_ISO_8601)
		pin("intervalstyle", "iso_8601");
	if (strcmp(pg_get_timezone_name(session_timezone), "UTC") != 0)
		pin("timezone", "UTC");
}

/* ---- reading ---- */

static void
make_request_id(ApiRequest *request)
{
	Identity *identity = &request->identity;
	const char *given = realty_request_header(request, "x-request-id");

	if (given != NULL)
		realty_identity_take_request_id(identity, given);
	if (identity->request_id[0] == '\0')
		snprintf(identity->request_id, sizeof(identity->request_id), "%016llx",
				 (unsigned long long)pg_prng_uint64(&pg_global_prng_state));
}

static void
read_method(ApiRequest *request)
{
	if (strcmp(request->method, "HEAD") != 0)
		return;
	request->head = true;
	request->method = "GET";
}

/* Does the client accept what the route answers? */
static void
check_accept(const ApiRequest *request)
{
	const char *accept = realty_request_header(request, "accept");
	const char *type =
		request->route->media_type ? request->route->media_type : "application/json";
	char *family = psprintf("%.*s/*", (int)strcspn(type, "/"), type);

	if (accept == NULL || accept[0] == '\0' || strstr(accept, "*/*") != NULL ||
		strstr(accept, family) != NULL || strstr(accept, type) != NULL)
		return;
	ereport(ERROR,
			(realty_errcode(REALTY_NOT_ACCEPTABLE), errmsg("answers are %s only", type)));
}

/* False when the answer is there already. */
static bool
find_route(ApiRequest *request)
{
	ApiMatch match;

	realty_catalog_match(request->method, request->segments, request->nsegments, &match);
	if (!match.path_is_known)
		ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND), errmsg("no such path")));
	if (match.route == NULL)
	{
		realty_answer_header(request, "Allow", match.allow);
		if (strcmp(request->method, "OPTIONS") == 0)
		{
			request->answer.status = 204;
			return false;
		}
		ereport(ERROR,
				(realty_errcode(REALTY_METHOD_NOT_ALLOWED),
				 errmsg("method not allowed here"), errhint("Use %s.", match.allow)));
	}
	request->route = match.route;
	(void)realty_statement_label((StatementLabel){request->method, match.route->path});
	request->ncaptures = match.ncaptures;
	memcpy(request->captures, match.captures, sizeof(match.captures));
	return true;
}

/* ---- the caller ---- */

static void
refuse_bearer(RealtyErrorKind kind, const char *message)
{
	ereport(ERROR, (realty_errcode(kind), errmsg("%s", message)));
}

static void
identify(ApiRequest *request)
{
	const char *header = realty_request_header(request, "authorization");
	char request_id[sizeof(request->identity.request_id)];
	BearerVerdict verdict;

	if (header == NULL || (request->route->roles & API_FOR_ANONYMOUS) != 0)
		return;
	if (pg_strncasecmp(header, BEARER, strlen(BEARER)) != 0)
		refuse_bearer(REALTY_TOKEN_INVALID,
					  "the Authorization header holds no bearer token");
	strlcpy(request_id, request->identity.request_id, sizeof(request_id));
	verdict = realty_bearer_identity(header + strlen(BEARER), &request->identity);
	strlcpy(request->identity.request_id, request_id, sizeof(request_id));
	if (verdict.accepted)
		return;
	request->identity.present = false;
	refuse_bearer(verdict.kind, verdict.message);
}

static int
roles_of(const Identity *identity)
{
	if (strcmp(identity->user_type, "builder") == 0)
		return API_FOR_USER | API_FOR_BUILDER;
	if (strcmp(identity->user_type, "customer") == 0)
		return API_FOR_USER | API_FOR_CUSTOMER;
	return API_FOR_USER | API_FOR_BUILDER | API_FOR_CUSTOMER | API_FOR_ADMIN;
}

static const char *
role_name(const Identity *identity)
{
	return identity->present ? realty_role_of_user_type(identity->user_type)
							 : "realty_anon";
}

static void
authorize(ApiRequest *request)
{
	int roles = request->route->roles;
	const char *role = role_name(&request->identity);

	request->role = get_role_oid(role, true);
	if (!OidIsValid(request->role))
		ereport(ERROR, (realty_errcode(REALTY_NOT_CONFIGURED),
						errmsg("there is no role \"%s\" to serve the request as", role),
						errhint("It was renamed or dropped; give it its name again.")));
	if ((roles & (API_FOR_PUBLIC | API_FOR_ANONYMOUS)) != 0)
		return;
	if (!request->identity.present)
		ereport(ERROR,
				(realty_errcode(REALTY_UNAUTHENTICATED), errmsg("sign in to do this"),
				 errhint("Send the header Authorization: Bearer <token>.")));
	if ((roles & roles_of(&request->identity)) == 0)
		ereport(ERROR, (realty_errcode(REALTY_FORBIDDEN),
						errmsg("a %s may not do this", request->identity.user_type)));
}

/* The route says what a request costs; the caller is first an address, then a user. */
static void
count_address(const ApiRequest *request)
{
	if (request->client != NULL)
		realty_rate_limit_address(request->route->rate_class, request->client);
}

static void
count_user(const ApiRequest *request)
{
	if (request->identity.present)
		realty_rate_limit_user(request->route->rate_class, request->identity.user_id);
}

/* ---- working ---- */

static void
handle(ApiRequest *request)
{
	switch (request->route->handler)
	{
	case API_LIST:
		realty_handle_list(request);
		break;
	case API_GET:
		realty_handle_get(request);
		break;
	case API_CREATE:
		realty_handle_create(request);
		break;
	case API_UPDATE:
	case API_SET:
		realty_handle_update(request);
		break;
	case API_DELETE:
		realty_handle_delete(request);
		break;
	case API_CALL:
		realty_handle_call(request);
		break;
	case API_CREATE_MANY:
		realty_handle_create_many(request);
		break;
	}
}

static void
refuse_writes_on_standby(const ApiRequest *request)
{
	if (strcmp(request->method, "GET") != 0 && RecoveryInProgress())
		ereport(ERROR, (realty_errcode(REALTY_UNAVAILABLE),
						errmsg("this server is read-only at present"),
						errhint("Try again, or send writes to the primary.")));
}

static void
handle_as_caller(ApiRequest *request, void *arg)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	MemoryContextSwitchTo(request->context);
	realty_request_become(request);
	handle(request);
	SPI_finish();
}

static void
work(ApiRequest *request, void *is_keyed)
{
	realty_request_read_headers(request);
	make_request_id(request);
	realty_request_read_target(request);
	read_method(request);
	if (!find_route(request))
		return;
	count_address(request);
	check_accept(request);
	identify(request);
	count_user(request);
	authorize(request);
	refuse_writes_on_standby(request);
	realty_request_read_body(request);
	request->phase = API_WORKING;
	if (realty_idempotency_applies(request))
		*(bool *)is_keyed = true;
	else
		handle_as_caller(request, NULL);
}

/* Answers the request, whatever happens; only the end of the session gets through. */
void
realty_request_serve(ApiRequest *request)
{
	int nest_level = NewGUCNestLevel();
	bool is_keyed = false;
	ErrorData *error;

	(void)realty_stats_here(); /* the sweeper comes where requests are served */
	realty_statement_forget_id();
	initStringInfo(&request->answer.body);
	pin_settings();
	if (!realty_request_in_subtransaction(request, work, &is_keyed, &error))
	{
		if (request->identity.request_id[0] == '\0')
			make_request_id(request);
		realty_error_response(request, error);
	}
	else if (is_keyed)
		realty_idempotency_serve(request, handle_as_caller);
	realty_answer_finish(request);
	/* As after an error: nothing that the work set may outlive it. */
	AtEOXact_GUC(false, nest_level);
}
