/*
 * jwt.c
 *		Our own access tokens: made here, and believed only after every check.
 *
 * The order of the checks is the defence. Until the signature holds, nothing of the
 * token is looked at but its size, its shape and its header, and the header is only
 * compared with the configured algorithm. A stranger therefore learns no more than
 * "malformed" or "signature", and reaches no parser with more than a kilobyte.
 *
 * There are at most two secrets, today's and the one before. With realty.jwt_key_id set,
 * a token names its key in its header (kid), and one that names a key is checked with
 * that key alone; without a name both are tried. Ours carry none by default, because
 * PostgREST looks a kid up in its key set and fails when its key was given as a plain
 * secret.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include <math.h>
#include <sodium.h>

#include "auth/database_identity.h"
#include "auth/identity.h"
#include "auth/jws.h"
#include "auth/jwt.h"
#include "common/base64url.h"
#include "platform/compat.h"

PG_FUNCTION_INFO_V1(realty_jwt_verify);
PG_FUNCTION_INFO_V1(realty_anon_token);

static int jwt_algorithm = JWS_HS256;
static char *jwt_issuer = NULL;
static char *jwt_audience = NULL;
static char *jwt_key_id = NULL;
static char *jwt_previous_key_id = NULL;
static int jwt_leeway = 0;
static int access_token_lifetime = 0;

static const struct config_enum_entry algorithm_options[] = {{"HS256", JWS_HS256, false},
															 {"HS384", JWS_HS384, false},
															 {"HS512", JWS_HS512, false},
															 {NULL, 0, false}};

void
realty_jwt_init(void)
{
	DefineCustomEnumVariable("realty.jwt_algorithm",
							 "Algorithm of access tokens; no other one is accepted.",
							 NULL, &jwt_algorithm, JWS_HS256, algorithm_options,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable(
		"realty.jwt_issuer", "Claim iss of access tokens; empty: none, unchecked.", NULL,
		&jwt_issuer, "realty", PGC_SUSET, 0, NULL, NULL, NULL);
	/* Empty by default: PostgREST refuses a token with aud unless it expects the same. */
	DefineCustomStringVariable("realty.jwt_audience",
							   "Claim aud of access tokens; empty: none, unchecked.",
							   NULL, &jwt_audience, "", PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable(
		"realty.jwt_key_id",
		"Name (kid) of the secret that signs; empty: none is written.",
		"A token that names another key is rejected.", &jwt_key_id, "", PGC_SIGHUP, 0,
		NULL, NULL, NULL);
	DefineCustomStringVariable("realty.jwt_previous_key_id",
							   "Name (kid) of the earlier secret.", NULL,
							   &jwt_previous_key_id, "", PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("realty.jwt_leeway",
							"How far clocks may differ when a token's times are checked.",
							NULL, &jwt_leeway, 30, 0, 600, PGC_SUSET, GUC_UNIT_S, NULL,
							NULL, NULL);
	DefineCustomIntVariable("realty.access_token_lifetime",
							"How long an access token is valid.", NULL,
							&access_token_lifetime, 15 * 60, 1, 24 * 60 * 60, PGC_SUSET,
							GUC_UNIT_S, NULL, NULL, NULL);
}

int
realty_jwt_lifetime(void)
{
	return access_token_lifetime;
}

static bool
has_text(const char *setting)
{
	return setting != NULL && *setting != '\0';
}

/* An absent time passes unless it is required; one that is no finite number fails. */
static bool
read_time(const JsonMembers *claims, const char *name, bool required, bool *given,
		  double *value)
{
	const JsonMember *member = realty_json_member(claims, name);

	*given = member != NULL;
	if (member == NULL)
		return !required;
	if (member->kind != JSON_KIND_NUMBER)
		return false;
	*value = strtod(member->text, NULL);
	return isfinite(*value);
}

static JwtVerdict
check_times(const JsonMembers *claims)
{
	double now = (double)timestamptz_to_time_t(GetCurrentTimestamp());
	double expires = 0;
	double starts = 0;
	double issued = 0;
	bool given;
	bool has_start;
	bool has_issue;

	if (!read_time(claims, "exp", true, &given, &expires) ||
		!read_time(claims, "nbf", false, &has_start, &starts) ||
		!read_time(claims, "iat", false, &has_issue, &issued))
		return JWT_CLAIMS_REFUSED;
	if (now >= expires + jwt_leeway)
		return JWT_EXPIRED;
	/*
	 * A clock that is set back finds tokens of its own from the future. Their iat says
	 * nothing against them; one further ahead than a token's life would outlive it twice.
	 */
	if ((has_start && now + jwt_leeway < starts) ||
		(has_issue && now + jwt_leeway + access_token_lifetime < issued))
		return JWT_NOT_YET_VALID;
	return JWT_VALID;
}

/* RFC 7519, 4.1.3: aud is one string, or an array of which one must be ours. */
static bool
audience_is_ours(const JsonMembers *claims)
{
	const char *single = realty_json_string(claims, "aud");

	if (single != NULL)
		return strcmp(single, jwt_audience) == 0;
	for (int i = 0; i < claims->count; i++)
	{
		const JsonMember *member = &claims->items[i];

		if (member->kind == JSON_KIND_ELEMENT && strcmp(member->name, "aud") == 0 &&
			strcmp(member->text, jwt_audience) == 0)
			return true;
	}
	return false;
}

static JwtVerdict
check_claims(const JsonMembers *claims)
{
	const char *issuer = realty_json_string(claims, "iss");
	JwtVerdict verdict = check_times(claims);

	if (verdict != JWT_VALID)
		return verdict;
	if (has_text(jwt_issuer) && (issuer == NULL || strcmp(issuer, jwt_issuer) != 0))
		return JWT_ISSUER_WRONG;
	if (has_text(jwt_audience) && !audience_is_ours(claims))
		return JWT_AUDIENCE_WRONG;
	if (!realty_database_is_named(claims))
		return JWT_DATABASE_WRONG;
	return JWT_VALID;
}

/* May a token that names this key, or none, be checked with the key of that name? */
static bool
may_be_key(const char *named, const char *key_id)
{
	return named == NULL || !has_text(jwt_key_id) || strcmp(named, key_id) == 0;
}

static JwtVerdict
check_signature(const JwsParts *parts, const char *key_id, JwtToken *out)
{
	Secret secret;

	out->secret = realty_secret_current(&secret);
	if (out->secret != SECRET_FOUND)
		return JWT_NO_SECRET;
	if (may_be_key(key_id, jwt_key_id) &&
		realty_jws_signature_holds(jwt_algorithm, secret.bytes, secret.length, parts))
		return JWT_VALID;
	if (may_be_key(key_id, jwt_previous_key_id) && realty_secret_previous(&secret) &&
		realty_jws_signature_holds(jwt_algorithm, secret.bytes, secret.length, parts))
		return JWT_VALID;
	return JWT_SIGNATURE_WRONG;
}

JwtVerdict
realty_jwt_check(const char *token, size_t length, JwtToken *out)
{
	JwsParts parts;
	const char *header;
	const char *key_id;
	JwtVerdict verdict;

	if (length > JWT_TOKEN_MAX)
		return JWT_TOO_LONG;
	if (!realty_jws_split(token, length, &parts))
		return JWT_MALFORMED;
	header = realty_jws_text(&parts.header);
	if (header == NULL)
		return JWT_MALFORMED;
	if (!realty_jws_header_allows(header, jwt_algorithm, &key_id))
		return JWT_HEADER_REFUSED;
	verdict = check_signature(&parts, key_id, out);
	if (verdict != JWT_VALID)
		return verdict;
	out->payload = realty_jws_text(&parts.payload);
	if (out->payload == NULL)
		return JWT_MALFORMED;
	if (!realty_json_members_read(out->payload, &out->claims))
		return JWT_CLAIMS_REFUSED;
	return check_claims(&out->claims);
}

const char *
realty_jwt_verdict_message(JwtVerdict verdict)
{
	switch (verdict)
	{
	case JWT_VALID:
		break;
	case JWT_TOO_LONG:
		return "the token is too long";
	case JWT_MALFORMED:
		return "the token is malformed";
	case JWT_HEADER_REFUSED:
		return "the token's header is not one of ours";
	case JWT_SIGNATURE_WRONG:
		return "the token's signature is wrong";
	case JWT_CLAIMS_REFUSED:
		return "the token's claims are not well formed";
	case JWT_EXPIRED:
		return "the token has expired";
	case JWT_NOT_YET_VALID:
		return "the token is not valid yet";
	case JWT_ISSUER_WRONG:
		return "the token was issued by another issuer";
	case JWT_AUDIENCE_WRONG:
		return "the token was issued for another audience";
	case JWT_DATABASE_WRONG:
		return "the token was issued by another database";
	case JWT_NO_SECRET:
		return "no secret is set to check access tokens with";
	}
	return "the token is valid";
}

RealtyErrorKind
realty_jwt_verdict_kind(JwtVerdict verdict)
{
	if (verdict == JWT_EXPIRED)
		return REALTY_TOKEN_EXPIRED;
	if (verdict == JWT_NO_SECRET)
		return REALTY_NOT_CONFIGURED;
	return REALTY_TOKEN_INVALID;
}

static void
append_encoded(StringInfo out, const char *bytes, size_t length)
{
	size_t letters = realty_base64url_encoded_size(length);

	enlargeStringInfo(out, (int)letters);
	realty_base64url_encode((const uint8_t *)bytes, length, out->data + out->len);
	out->len += (int)letters;
	out->data[out->len] = '\0';
}

static void
append_text_claim(StringInfo json, const char *name, const char *value)
{
	appendStringInfo(json, ",\"%s\":", name);
	escape_json(json, value);
}

/* Tells two tokens of one second apart; nothing looks it up. */
static void
append_token_id(StringInfo json)
{
	unsigned char noise[16];

	randombytes_buf(noise, sizeof(noise));
	appendStringInfoString(json, ",\"jti\":\"");
	append_encoded(json, (const char *)noise, sizeof(noise));
	appendStringInfoChar(json, '"');
}

static void
append_common_claims(StringInfo json, const char *database, int64 lifetime)
{
	int64 now = (int64)timestamptz_to_time_t(GetCurrentTimestamp());

	append_text_claim(json, DATABASE_CLAIM, database);
	append_token_id(json);
	if (has_text(jwt_issuer))
		append_text_claim(json, "iss", jwt_issuer);
	if (has_text(jwt_audience))
		append_text_claim(json, "aud", jwt_audience);
	appendStringInfo(json, ",\"iat\":" INT64_FORMAT ",\"exp\":" INT64_FORMAT "}", now,
					 now + lifetime);
}

static void
append_claims(StringInfo json, const JwtSubject *subject, const char *database)
{
	appendStringInfo(json, "{\"sub\":\"" INT64_FORMAT "\"", subject->user_id);
	append_text_claim(json, "role", realty_role_of_user_type(subject->user_type));
	append_text_claim(json, "user_type", subject->user_type);
	if (subject->profile_id > 0)
		appendStringInfo(json, ",\"profile_id\":" INT64_FORMAT, subject->profile_id);
	else
		appendStringInfoString(json, ",\"profile_id\":null");
	appendStringInfo(json, ",\"sid\":" INT64_FORMAT, subject->session_id);
	append_text_claim(json, "type", "access");
	append_common_claims(json, database, access_token_lifetime);
}

static const char *
require_database(void)
{
	const char *database = realty_database_identity();

	if (database == NULL)
		ereport(ERROR, (realty_errcode(REALTY_NOT_CONFIGURED),
						errmsg("the database has no identity to put into tokens"),
						errhint("SELECT realty.renew_identity() as the extension's "
								"owner.")));
	return database;
}

static char *
sign_claims(const StringInfoData *claims)
{
	Secret secret;
	SecretVerdict verdict = realty_secret_current(&secret);
	StringInfoData header;
	StringInfoData covered;

	if (verdict != SECRET_FOUND)
		realty_secret_refuse(verdict);
	initStringInfo(&header);
	appendStringInfo(&header, "{\"alg\":\"%s\",\"typ\":\"JWT\"",
					 realty_jws_algorithm_name(jwt_algorithm));
	if (has_text(jwt_key_id))
		append_text_claim(&header, "kid", jwt_key_id);
	appendStringInfoChar(&header, '}');
	initStringInfo(&covered);
	append_encoded(&covered, header.data, (size_t)header.len);
	appendStringInfoChar(&covered, '.');
	append_encoded(&covered, claims->data, (size_t)claims->len);
	return realty_jws_seal(jwt_algorithm, secret.bytes, secret.length, covered.data);
}

char *
realty_jwt_issue(const JwtSubject *subject)
{
	StringInfoData claims;

	initStringInfo(&claims);
	append_claims(&claims, subject, require_database());
	return sign_claims(&claims);
}

/*
 * An anonymous token: the role of requests without one; no account, session or
 * type.
 */
bool
realty_jwt_is_of_nobody(const JsonMembers *claims)
{
	const char *role = realty_json_string(claims, "role");

	return role != NULL && strcmp(role, "realty_anon") == 0 &&
		   realty_json_member(claims, "sub") == NULL &&
		   realty_json_member(claims, "sid") == NULL;
}

/* realty.anon_token(days integer) → a token of nobody, for clients that have to send one
 */
Datum
realty_anon_token(PG_FUNCTION_ARGS)
{
	int32 days = PG_GETARG_INT32(0);
	StringInfoData claims;

	if (days < 1 || days > 3660)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("an anonymous token is valid for 1 to 3660 days")));
	initStringInfo(&claims);
	appendStringInfoString(&claims, "{\"role\":\"realty_anon\"");
	append_common_claims(&claims, require_database(), (int64)days * 24 * 60 * 60);
	PG_RETURN_TEXT_P(cstring_to_text(sign_claims(&claims)));
}

/* realty.jwt_verify(token text) → the claims, or the error that says what is wrong */
Datum
realty_jwt_verify(PG_FUNCTION_ARGS)
{
	text *token = PG_GETARG_TEXT_PP(0);
	JwtToken checked;
	JwtVerdict verdict;

	verdict = realty_jwt_check(VARDATA_ANY(token), VARSIZE_ANY_EXHDR(token), &checked);
	if (verdict == JWT_NO_SECRET)
		realty_secret_refuse(checked.secret);
	if (verdict != JWT_VALID)
		ereport(ERROR, (realty_errcode(realty_jwt_verdict_kind(verdict)),
						errmsg("%s", realty_jwt_verdict_message(verdict))));
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(checked.payload));
}
