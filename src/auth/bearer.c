/*
 * bearer.c
 *		The bearer of a token: its identity, and the two SQL functions that take it on.
 *
 * The hot path of every request: one parse of the claims, one statement by key on
 * sessions and users, run as the owner. All of it only reads, so it works in READ
 * ONLY transactions (PostgREST's GET) and on a standby.
 */
#include "postgres.h"

#include <arpa/inet.h>

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "auth/auth.h"
#include "auth/identity.h"
#include "auth/jwt.h"
#include "auth/postgrest.h"
#include "auth/rate_limit.h"
#include "auth/request_headers.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_authenticate);
PG_FUNCTION_INFO_V1(realty_pre_request);

static RealtyStatement session_check = {
	"SELECT s.revoked_at IS NULL AND s.expires_at > pg_catalog.clock_timestamp() "
	"AND u.user_type = $3, u.is_active "
	"FROM realty.sessions s JOIN realty.users u ON u.id = s.user_id "
	"WHERE s.id = $1 AND s.user_id = $2",
	3,
	{INT8OID, INT8OID, TEXTOID},
	NULL};

static BearerVerdict
refused(RealtyErrorKind kind, const char *message)
{
	BearerVerdict verdict = {false, kind, message};

	return verdict;
}

static BearerVerdict
accepted(void)
{
	BearerVerdict verdict = {.accepted = true};

	return verdict;
}

/* The claims were true when they were signed; are they still? */
static BearerVerdict
check_session(const Identity *identity)
{
	Datum values[] = {Int64GetDatum(identity->session_id),
					  Int64GetDatum(identity->user_id),
					  CStringGetTextDatum(identity->user_type)};
	bool known;
	bool open = false;
	bool active = false;
	OwnerSql sql;

	realty_owner_sql_begin(&sql);
	/* With a fresh snapshot: this very statement may have issued the token. */
	realty_execute(&session_check, values, NULL, false, 1);
	known = SPI_processed == 1;
	if (known)
	{
		open = realty_result_bool(1);
		active = realty_result_bool(2);
	}
	realty_owner_sql_end(&sql);
	if (known && !active)
		return refused(REALTY_ACCOUNT_INACTIVE, "the account is inactive");
	if (!open)
		return refused(REALTY_SESSION_REVOKED, "the session has ended");
	return accepted();
}

BearerVerdict
realty_bearer_identity(const char *token, Identity *identity)
{
	JwtToken checked;
	JwtVerdict verdict = realty_jwt_check(token, strlen(token), &checked);

	memset(identity, 0, sizeof(*identity));
	if (verdict == JWT_NO_SECRET)
		return refused(REALTY_NOT_CONFIGURED,
					   realty_secret_verdict_message(checked.secret));
	if (verdict != JWT_VALID)
		return refused(realty_jwt_verdict_kind(verdict),
					   realty_jwt_verdict_message(verdict));
	if (realty_jwt_is_of_nobody(&checked.claims))
		return accepted();
	if (!realty_identity_from_claims(&checked.claims, identity))
		return refused(REALTY_TOKEN_INVALID,
					   "the token is not an access token of this site");
	return check_session(identity);
}

static void
require_accepted(BearerVerdict verdict)
{
	if (verdict.accepted)
		return;
	if (verdict.kind == REALTY_NOT_CONFIGURED)
	{
		Secret secret;

		realty_secret_refuse(realty_secret_current(&secret));
	}
	ereport(ERROR, (realty_errcode(verdict.kind), errmsg("%s", verdict.message)));
}

/*
 * RESET ROLE gives up the role of a request, while the identity stays until the
 * transaction ends. A login that inherits the rights of such roles could then read
 * the tables, past the views, under the policies of all of them at once. So a login
 * may only have the right to change into them. A superuser needs no token.
 */
static void
require_login_apart(void)
{
	static const char *const roles[] = {"realty_anon", "realty_customer",
										"realty_builder", "realty_admin"};
	Oid login = GetSessionUserId();

	if (superuser_arg(login))
		return;
	for (size_t i = 0; i < lengthof(roles); i++)
		if (has_privs_of_role(login, get_role_oid(roles[i], false)))
			ereport(ERROR, (realty_errcode(REALTY_FORBIDDEN),
							errmsg("this login may not assume an identity"),
							errdetail("It inherits the rights of %s.", roles[i]),
							errhint("Make the login NOINHERIT, then grant its roles "
									"again; SET ROLE still works.")));
}

/* The server's own check of the login's right to the role applies. */
static void
set_local_role(const char *role)
{
	(void)set_config_option("role", role, superuser() ? PGC_SUSET : PGC_USERSET,
							PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

static void
warn_outside_block(void)
{
	if (IsTransactionBlock())
		return;
	ereport(WARNING, (errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
					  errmsg("authenticate has no effect outside a transaction block"),
					  errhint("BEGIN;\nSELECT realty.authenticate('...');\n-- your "
							  "statements\nCOMMIT;")));
}

/*
 * realty.authenticate(token text) → void
 *
 * Identity and role are the token's until the transaction ends.
 */
Datum
realty_authenticate(PG_FUNCTION_ARGS)
{
	Identity identity;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(realty_errcode(REALTY_UNAUTHENTICATED), errmsg("there is no token")));
	require_login_apart();
	require_accepted(
		realty_bearer_identity(text_to_cstring(PG_GETARG_TEXT_PP(0)), &identity));
	if (!identity.present)
		ereport(ERROR, (realty_errcode(REALTY_TOKEN_INVALID),
						errmsg("the token is anonymous"), errhint("Log in first.")));
	warn_outside_block();
	realty_identity_set(&identity, GUC_ACTION_LOCAL);
	set_local_role(realty_role_of_user_type(identity.user_type));
	PG_RETURN_VOID();
}

/* PostgREST takes any white space behind the scheme: whatever it takes is checked here.
 */
static const char *
bearer_of(const char *authorization)
{
	if (authorization == NULL || pg_strncasecmp(authorization, "bearer", 6) != 0)
		return NULL;
	authorization += 6;
	return authorization + strspn(authorization, " \t\n\v\f\r");
}

/* Of the request's headers, what is looked at here. */
static void
read_headers(JsonMembers *headers)
{
	const char *const wanted[] = {"authorization", "x-request-id",
								  realty_postgrest_client_header(), NULL};

	if (realty_headers_read(wanted, headers) == HEADERS_BROKEN)
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
						errmsg("the headers cannot be read, or one is given twice")));
}

/* The client as its proxy names it, for the row of its session; believed of PostgREST
 * only. */
static void
note_client(const char *client)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	if (client != NULL && realty_session_is_postgrest() &&
		(inet_pton(AF_INET, client, bytes) == 1 ||
		 inet_pton(AF_INET6, client, bytes) == 1))
		(void)set_config_option("realty.client", client, PGC_SUSET, PGC_S_SESSION,
								GUC_ACTION_LOCAL, true, 0, false);
}

static void
count_client(RateClass class, const JsonMembers *headers)
{
	const char *client = realty_postgrest_client(headers);

	if (realty_postgrest_client_header() == NULL)
		return;
	realty_rate_limit_address(class, client);
	note_client(client);
}

/*
 * realty.pre_request(), api.pre_request() → void
 *
 * PostgREST calls it before each request, under the request's role. With a bearer
 * token it does what realty.authenticate does but for the role; it is safe for any
 * caller, because the token is checked here again. Without one there are only the
 * claims that PostgREST has checked. Raises 401 for a session that ended, 429 for a
 * client that asks too often.
 */
Datum
realty_pre_request(PG_FUNCTION_ARGS)
{
	const char *bearer = NULL;
	const char *request_id = NULL;
	JsonMembers headers;
	Identity identity;
	RateClass class = realty_postgrest_rate_class();

	read_headers(&headers);
	bearer = bearer_of(realty_json_string(&headers, "authorization"));
	request_id = realty_json_string(&headers, "x-request-id");
	count_client(class, &headers);
	if (bearer != NULL)
	{
		require_login_apart();
		require_accepted(realty_bearer_identity(bearer, &identity));
	}
	else
	{
		identity = *realty_identity();
		if (identity.present)
			require_accepted(check_session(&identity));
	}
	if (identity.present)
		realty_rate_limit_user(class, identity.user_id);
	if (request_id != NULL)
		realty_identity_take_request_id(&identity, request_id);
	realty_identity_set(&identity, GUC_ACTION_LOCAL);
	realty_postgrest_set_clock();
	PG_RETURN_VOID();
}
