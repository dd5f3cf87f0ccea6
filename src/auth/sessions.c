/*
 * sessions.c
 *		Sessions and the refresh tokens that keep them alive.
 *
 * A refresh token is 256 random bits; only its SHA-256 is stored, so the table is
 * of no use to a reader. Each token works once and is followed by another. A second
 * use means that two parties hold it, one of them a thief: the session ends. That
 * end has to be committed, so it is answered and not raised.
 *
 * Two tabs of one browser may refresh with the same token at once, and an answer
 * may get lost on its way: for a few seconds (realty.refresh_grace) a used token
 * gives another pair for the same session. A thief gains nothing by those seconds
 * that the token would not have given before, and the two branches still end
 * together.
 *
 * Two refreshes with one token at the same time queue on the token's row (FOR
 * UPDATE); the second one finds it used.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/json.h"

#include <sodium.h>

#include "auth/identity.h"
#include "auth/opaque_token.h"
#include "auth/request_headers.h"
#include "auth/revocation.h"
#include "auth/sessions.h"
#include "platform/compat.h"
#include "platform/error_codes.h"

PG_FUNCTION_INFO_V1(realty_refresh);
PG_FUNCTION_INFO_V1(realty_logout);
PG_FUNCTION_INFO_V1(realty_logout_all);
PG_FUNCTION_INFO_V1(realty_issue_token);

#define USER_AGENT_MAX 300 /* bytes */

static int refresh_token_lifetime = 0;
static int refresh_grace = 0;

static RealtyStatement session_insert = {
	"INSERT INTO realty.sessions (user_id, last_used_at, expires_at, user_agent, client) "
	"VALUES ($1, pg_catalog.clock_timestamp(), "
	"pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $2), $3, "
	"nullif(pg_catalog.current_setting('realty.client', true), '')::pg_catalog.inet) "
	"RETURNING id",
	3,
	{INT8OID, FLOAT8OID, TEXTOID},
	NULL};

static RealtyStatement token_insert = {
	"INSERT INTO realty.refresh_tokens (token_hash, session_id, issued_at, expires_at) "
	"VALUES ($1, $2, pg_catalog.clock_timestamp(), "
	"pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $3))",
	3,
	{BYTEAOID, INT8OID, FLOAT8OID},
	NULL};

static RealtyStatement token_find = {
	"SELECT s.id, u.id, u.user_type, "
	"CASE u.user_type WHEN 'builder' THEN b.id WHEN 'customer' THEN c.id END, "
	"t.used_at IS NOT NULL, t.used_at > pg_catalog.clock_timestamp() "
	"- pg_catalog.make_interval(secs => $2), s.revoked_at IS NOT NULL, "
	"least(t.expires_at, s.expires_at) <= pg_catalog.clock_timestamp(), u.is_active "
	"FROM realty.refresh_tokens t "
	"JOIN realty.sessions s ON s.id = t.session_id "
	"JOIN realty.users u ON u.id = s.user_id "
	"LEFT JOIN realty.builders b ON b.user_id = u.id "
	"LEFT JOIN realty.customers c ON c.user_id = u.id "
	"WHERE t.token_hash = $1 FOR UPDATE OF t, s",
	2,
	{BYTEAOID, FLOAT8OID},
	NULL};

static RealtyStatement token_use = {
	"UPDATE realty.refresh_tokens SET used_at = pg_catalog.clock_timestamp() "
	"WHERE token_hash = $1 AND used_at IS NULL",
	1,
	{BYTEAOID},
	NULL};

/* Tokens past their time prove nothing any more, used or not. */
static RealtyStatement token_tidy = {
	"DELETE FROM realty.refresh_tokens "
	"WHERE session_id = $1 AND expires_at < pg_catalog.clock_timestamp()",
	1,
	{INT8OID},
	NULL};

static RealtyStatement session_extend = {
	"UPDATE realty.sessions SET last_used_at = pg_catalog.clock_timestamp(), "
	"expires_at = pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $2) "
	"WHERE id = $1",
	2,
	{INT8OID, FLOAT8OID},
	NULL};

static RealtyStatement session_end = {
	"UPDATE realty.sessions "
	"SET revoked_at = pg_catalog.clock_timestamp(), revoked_reason = $2 "
	"WHERE id = $1 AND revoked_at IS NULL",
	2,
	{INT8OID, TEXTOID},
	NULL};

static RealtyStatement subject_find = {
	"SELECT u.id, u.user_type, "
	"CASE u.user_type WHEN 'builder' THEN b.id WHEN 'customer' THEN c.id END, "
	"u.is_active "
	"FROM realty.users u "
	"LEFT JOIN realty.builders b ON b.user_id = u.id "
	"LEFT JOIN realty.customers c ON c.user_id = u.id WHERE u.id = $1 "
	"FOR SHARE OF u",
	1,
	{INT8OID},
	NULL};

/* A stored refresh token and all that decides about it. */
typedef struct RefreshToken
{
	JwtSubject subject;
	bool used;
	bool in_grace; /* used a moment ago */
	bool revoked;
	bool expired;
	bool active;
} RefreshToken;

void
realty_sessions_init(void)
{
	DefineCustomIntVariable("realty.refresh_token_lifetime",
							"How long a refresh token, and a session unused, is valid.",
							NULL, &refresh_token_lifetime, 30 * 24 * 60 * 60, 1,
							366 * 24 * 60 * 60, PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"realty.refresh_grace",
		"How long after its use a refresh token still gives another pair.",
		"For tabs that refresh at the same time. 0: a second use ends the session at "
		"once.",
		&refresh_grace, 10, 0, 300, PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
}

static void
append_member(StringInfo json, const char *before, const char *value)
{
	appendStringInfoString(json, before);
	if (value != NULL)
		escape_json(json, value);
	else
		appendStringInfoString(json, "null");
}

static Datum
answer_refusal(int status, const char *code, const char *message, const char *details,
			   const char *hint)
{
	StringInfoData json;

	(void)set_config_option("response.status", psprintf("%d", status), PGC_USERSET,
							PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
	initStringInfo(&json);
	append_member(&json, "{\"code\":", code);
	append_member(&json, ",\"message\":", message);
	append_member(&json, ",\"details\":", details);
	append_member(&json, ",\"hint\":", hint);
	appendStringInfoChar(&json, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

Datum
realty_answer_refusal_as(int status, const char *code, const char *message)
{
	return answer_refusal(status, code, message, NULL, NULL);
}

Datum
realty_answer_refusal(const char *code, const char *message)
{
	return realty_answer_refusal_as(401, code, message);
}

Datum
realty_answer_violations(Violations *violations)
{
	return answer_refusal(422, realty_error_code(REALTY_VALIDATION),
						  REALTY_VIOLATIONS_MESSAGE, realty_violations_json(violations),
						  REALTY_VIOLATIONS_HINT);
}

/* For the list of sessions, where a user looks for one that is not theirs. */
static text *
user_agent(void)
{
	JsonMembers headers;
	const char *agent = NULL;

	if (realty_headers_read((const char *const[]){"user-agent", NULL}, &headers) ==
		HEADERS_READ)
		agent = realty_json_string(&headers, "user-agent");
	if (agent == NULL)
		return NULL;
	return cstring_to_text_with_len(
		agent, pg_mbcliplen(agent, (int)strlen(agent), USER_AGENT_MAX));
}

void
realty_session_open(JwtSubject *subject)
{
	text *agent = user_agent();
	Datum values[] = {Int64GetDatum(subject->user_id),
					  Float8GetDatum((double)refresh_token_lifetime),
					  PointerGetDatum(agent)};

	realty_execute(&session_insert, values, agent == NULL ? "  n" : NULL, false, 0);
	subject->session_id = realty_result_int64(1);
}

static void
store_new_token(int64 session_id, char token_text[OPAQUE_TOKEN_LENGTH + 1])
{
	Datum values[3];

	realty_opaque_token_make(token_text);
	values[0] = realty_opaque_token_hash(token_text, OPAQUE_TOKEN_LENGTH);
	values[1] = Int64GetDatum(session_id);
	values[2] = Float8GetDatum((double)refresh_token_lifetime);
	realty_execute(&token_insert, values, NULL, false, 0);
}

void
realty_session_append_tokens(StringInfo json, const JwtSubject *subject)
{
	char token_text[OPAQUE_TOKEN_LENGTH + 1];

	store_new_token(subject->session_id, token_text);
	appendStringInfo(json, "\"token\":\"%s\",\"refresh_token\":\"%s\",\"expires_in\":%d",
					 realty_jwt_issue(subject), token_text, realty_jwt_lifetime());
	sodium_memzero(token_text, sizeof(token_text));
}

static int64
end_session(int64 session_id, const char *reason)
{
	Datum values[] = {Int64GetDatum(session_id), CStringGetTextDatum(reason)};

	realty_execute(&session_end, values, NULL, false, 0);
	return (int64)SPI_processed;
}

static bool
find_token(OwnerSql *sql, Datum hash, RefreshToken *found)
{
	Datum values[] = {hash, Float8GetDatum((double)refresh_grace)};

	memset(found, 0, sizeof(*found));
	realty_execute(&token_find, values, NULL, false, 0);
	if (SPI_processed == 0)
		return false;
	found->subject.session_id = realty_result_int64(1);
	found->subject.user_id = realty_result_int64(2);
	found->subject.user_type = realty_owner_sql_text(sql, 3);
	found->subject.profile_id = realty_result_int64(4);
	found->used = realty_result_bool(5);
	found->in_grace = realty_result_bool(6);
	found->revoked = realty_result_bool(7);
	found->expired = realty_result_bool(8);
	found->active = realty_result_bool(9);
	return true;
}

/* What is refused without changing anything: in the order in which it matters. */
static void
check_token(const RefreshToken *token)
{
	if (!token->active)
		ereport(ERROR, (realty_errcode(REALTY_ACCOUNT_INACTIVE),
						errmsg("the account is inactive")));
	if (token->revoked)
		ereport(ERROR, (realty_errcode(REALTY_SESSION_REVOKED),
						errmsg("the session has ended"), errhint("Log in again.")));
	if (token->expired && !token->used)
		ereport(ERROR,
				(realty_errcode(REALTY_TOKEN_EXPIRED),
				 errmsg("the refresh token has expired"), errhint("Log in again.")));
}

static void
rotate(const RefreshToken *token, Datum hash, StringInfo json)
{
	Datum session[] = {Int64GetDatum(token->subject.session_id),
					   Float8GetDatum((double)refresh_token_lifetime)};

	realty_execute(&token_use, &hash, NULL, false, 0);
	realty_execute(&token_tidy, session, NULL, false, 0);
	realty_execute(&session_extend, session, NULL, false, 0);
	appendStringInfoChar(json, '{');
	realty_session_append_tokens(json, &token->subject);
	appendStringInfoChar(json, '}');
}

static void
refuse_unknown_token(void)
{
	ereport(ERROR,
			(realty_errcode(REALTY_TOKEN_INVALID),
			 errmsg("the refresh token is not valid"),
			 errhint("Send the refresh_token of the latest response, or log in again.")));
}

/* api.refresh(refresh_token text) → {token, refresh_token, expires_in} */
Datum
realty_refresh(PG_FUNCTION_ARGS)
{
	StringInfoData json;
	RefreshToken found;
	OwnerSql sql;
	text *token;
	Datum hash;
	bool stolen;

	if (PG_ARGISNULL(0))
		refuse_unknown_token();
	token = PG_GETARG_TEXT_PP(0);
	hash = realty_opaque_token_hash(VARDATA_ANY(token), VARSIZE_ANY_EXHDR(token));
	initStringInfo(&json);
	realty_owner_sql_begin(&sql);
	if (!find_token(&sql, hash, &found))
		refuse_unknown_token();
	check_token(&found);
	stolen = found.used && !found.in_grace;
	if (stolen)
		end_session(found.subject.session_id, "refresh token used twice");
	else
		rotate(&found, hash, &json);
	realty_owner_sql_end(&sql);
	if (stolen)
		return realty_answer_refusal(
			"session_revoked",
			"this refresh token was used before: the session has ended, log in again");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

Datum
realty_answer_ended(int64 ended)
{
	char *json = psprintf("{\"ended_sessions\":" INT64_FORMAT "}", ended);

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json));
}

/* api.logout() → {ended_sessions} */
Datum
realty_logout(PG_FUNCTION_ARGS)
{
	const Identity *identity = realty_require_identity();
	OwnerSql sql;
	int64 ended;

	realty_owner_sql_begin(&sql);
	ended = end_session(identity->session_id, "logout");
	realty_owner_sql_end(&sql);
	return realty_answer_ended(ended);
}

/* api.logout_all() → {ended_sessions} */
Datum
realty_logout_all(PG_FUNCTION_ARGS)
{
	const Identity *identity = realty_require_identity();
	OwnerSql sql;
	int64 ended;

	realty_owner_sql_begin(&sql);
	ended = realty_revoke(identity->user_id, 0, "logout of all sessions");
	realty_owner_sql_end(&sql);
	return realty_answer_ended(ended);
}

static void
find_subject(OwnerSql *sql, int64 user_id, JwtSubject *subject)
{
	Datum id = Int64GetDatum(user_id);

	realty_execute(&subject_find, &id, NULL, false, 0);
	if (SPI_processed == 0)
		ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND),
						errmsg("there is no user " INT64_FORMAT, user_id)));
	if (!realty_result_bool(4))
		ereport(ERROR, (realty_errcode(REALTY_ACCOUNT_INACTIVE),
						errmsg("the account is inactive")));
	memset(subject, 0, sizeof(*subject));
	subject->user_id = realty_result_int64(1);
	subject->user_type = realty_owner_sql_text(sql, 2);
	subject->profile_id = realty_result_int64(3);
}

/*
 * realty.issue_token(user_id bigint) → an access token of a session of its own
 *
 * Signs in as any user: for the owner alone, in scripts and tests.
 */
Datum
realty_issue_token(PG_FUNCTION_ARGS)
{
	JwtSubject subject;
	OwnerSql sql;

	realty_owner_sql_begin(&sql);
	find_subject(&sql, PG_GETARG_INT64(0), &subject);
	realty_session_open(&subject);
	realty_owner_sql_end(&sql);
	PG_RETURN_TEXT_P(cstring_to_text(realty_jwt_issue(&subject)));
}
