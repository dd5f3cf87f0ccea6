/*
 * password_reset.c
 *		A new password in place of a lost one, by a token sent to the account's e-mail
 * address.
 *
 * forgot_password does not reveal whether an address has an account: the answer is
 * the same, at the same time (response_floor.c), and so is the flush of the WAL at
 * commit. The token is in the e-mail and nowhere else; password_resets has its
 * hash. It works once, for a while. A new password invalidates all tokens of the
 * account and ends all its sessions, which may have been opened with the old one.
 *
 * A new e-mail is not sent while RESETS_AT_ONCE are on their way, or any client
 * could fill a mailbox.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include <sodium.h>

#include "auth/accounts.h"
#include "auth/opaque_token.h"
#include "auth/outbox.h"
#include "auth/password.h"
#include "auth/password_policy.h"
#include "auth/password_reset.h"
#include "auth/postgrest.h"
#include "auth/response_floor.h"
#include "auth/revocation.h"
#include "auth/sessions.h"
#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_forgot_password);
PG_FUNCTION_INFO_V1(realty_reset_password);

#define RESETS_AT_ONCE 3

static int password_reset_lifetime = 0;

/* The account's row is locked, so that two requests at a time are counted both. */
static RealtyStatement account_find = {
	"SELECT u.id, (SELECT count(*) FROM realty.password_resets r WHERE r.user_id = u.id "
	"AND r.used_at IS NULL AND r.expires_at > pg_catalog.clock_timestamp()) "
	"FROM realty.users u WHERE u.email_key = (SELECT realty.identity_key($1)) "
	"AND u.is_active FOR NO KEY UPDATE",
	1,
	{TEXTOID},
	NULL};

static RealtyStatement reset_store = {
	"INSERT INTO realty.password_resets (token_hash, user_id, expires_at) VALUES ($1, "
	"$2, "
	"pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $3))",
	3,
	{BYTEAOID, INT8OID, FLOAT8OID},
	NULL};

static RealtyStatement reset_find = {
	"SELECT u.id, u.email, u.full_name FROM realty.password_resets r "
	"JOIN realty.users u ON u.id = r.user_id WHERE r.token_hash = $1 AND r.used_at IS "
	"NULL "
	"AND r.expires_at > pg_catalog.clock_timestamp() AND u.is_active FOR UPDATE OF r",
	1,
	{BYTEAOID},
	NULL};

void
realty_password_reset_init(void)
{
	DefineCustomIntVariable("realty.password_reset_lifetime",
							"How long the token of a password reset is valid.", NULL,
							&password_reset_lifetime, 60 * 60, 60, 7 * 24 * 60 * 60,
							PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
}

static void
send_token(int64 user_id)
{
	char token[OPAQUE_TOKEN_LENGTH + 1];
	Datum values[3];
	char *data;

	realty_opaque_token_make(token);
	values[0] = realty_opaque_token_hash(token, OPAQUE_TOKEN_LENGTH);
	values[1] = Int64GetDatum(user_id);
	values[2] = Float8GetDatum((double)password_reset_lifetime);
	realty_execute(&reset_store, values, NULL, false, 0);
	data = psprintf("{\"token\": \"%s\"}", token);
	realty_outbox_put(user_id, "password_reset", data, password_reset_lifetime);
	sodium_memzero(token, sizeof(token));
	sodium_memzero(data, strlen(data));
}

/* api.forgot_password(email text) → {message} */
Datum
realty_forgot_password(PG_FUNCTION_ARGS)
{
	Datum email;
	OwnerSql sql;

	realty_require_given(fcinfo, (const char *const[]){"email"}, 1);
	realty_postgrest_count_account(PG_GETARG_TEXT_PP(0));
	realty_response_floor_begin();
	realty_response_floor_take_slot();
	realty_response_floor_approach(PG_GETARG_TEXT_PP(0));
	email = PG_GETARG_DATUM(0);
	realty_owner_sql_begin(&sql);
	realty_execute(&account_find, &email, NULL, false, 0);
	if (SPI_processed == 1 && realty_result_int64(2) < RESETS_AT_ONCE)
		send_token(realty_result_int64(1));
	else
		realty_dummy_commit();
	realty_owner_sql_end(&sql);
	realty_response_floor_reach();
	return DirectFunctionCall1(jsonb_in,
							   CStringGetDatum("{\"message\": \"if this address has an "
											   "account, an e-mail is on its way\"}"));
}

/* The account that the token opens, 0 when it opens none. */
static int64
find_reset(OwnerSql *sql, text *token, PasswordOwner *owner)
{
	Datum hash = realty_opaque_token_hash(VARDATA_ANY(token), VARSIZE_ANY_EXHDR(token));

	realty_execute(&reset_find, &hash, NULL, false, 0);
	if (SPI_processed == 0)
		return 0;
	owner->email = realty_owner_sql_text(sql, 2);
	owner->name = realty_owner_sql_text(sql, 3);
	return realty_result_int64(1);
}

/* api.reset_password(token text, new_password text) → {ended_sessions} */
Datum
realty_reset_password(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"token", "new_password"};
	PasswordOwner owner = {NULL, NULL};
	Violations violations;
	OwnerSql sql;
	Datum user_id;
	char *wanted;
	int64 ended;

	realty_require_given(fcinfo, names, lengthof(names));
	wanted = realty_secret_copy(PG_GETARG_TEXT_PP(1));
	realty_violations_init(&violations);
	realty_owner_sql_begin(&sql);
	user_id = Int64GetDatum(find_reset(&sql, PG_GETARG_TEXT_PP(0), &owner));
	if (DatumGetInt64(user_id) == 0)
		realty_violations_add(&violations, names[0],
							  "was used, has expired or never existed");
	realty_password_judge(&violations, names[1], wanted, owner);
	realty_violations_raise(&violations);
	realty_account_set_hash(DatumGetInt64(user_id), realty_password_make(wanted));
	ended = realty_revoke(DatumGetInt64(user_id), 0, "password reset");
	realty_outbox_put(DatumGetInt64(user_id), "password_changed", "{}", 0);
	realty_owner_sql_end(&sql);
	return realty_answer_ended(ended);
}
