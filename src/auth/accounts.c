/*
 * accounts.c
 *		Logging in, and what users may ask and change of themselves.
 *
 * A login does not reveal whether an e-mail address has an account. An unknown
 * address, a locked account and a wrong password have the same answer after the
 * same time (response_floor.c), and the first two hash the password all the same;
 * they also flush a record to the WAL, as counting a failure does (lockout.c).
 *
 * The count has to be committed, so a failed login is answered (401 in
 * response.status) and not raised.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "replication/message.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"

#include "auth/accounts.h"
#include "auth/identity.h"
#include "auth/lockout.h"
#include "auth/outbox.h"
#include "auth/password.h"
#include "auth/password_policy.h"
#include "auth/postgrest.h"
#include "auth/response_floor.h"
#include "auth/revocation.h"
#include "auth/sessions.h"
#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/stats.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_login);
PG_FUNCTION_INFO_V1(realty_me);
PG_FUNCTION_INFO_V1(realty_update_me);
PG_FUNCTION_INFO_V1(realty_change_password);
PG_FUNCTION_INFO_V1(realty_delete_me);

/* The sub-select makes the key once: a small table is read row by row. */
static RealtyStatement account_find = {
	"SELECT u.id, u.user_type, "
	"CASE u.user_type WHEN 'builder' THEN b.id WHEN 'customer' THEN c.id END, "
	"u.is_active, k.password_hash "
	"FROM realty.users u "
	"JOIN realty.user_credentials k ON k.user_id = u.id "
	"LEFT JOIN realty.builders b ON b.user_id = u.id "
	"LEFT JOIN realty.customers c ON c.user_id = u.id "
	"WHERE u.email_key = (SELECT realty.identity_key($1))",
	1,
	{TEXTOID},
	NULL};

static RealtyStatement login_note = {
	"UPDATE realty.users SET last_login_at = pg_catalog.statement_timestamp() "
	"WHERE id = $1 AND is_active",
	1,
	{INT8OID},
	NULL};

static RealtyStatement password_store = {
	"INSERT INTO realty.user_credentials (user_id, password_hash) VALUES ($1, $2) "
	"ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, "
	"password_changed_at = pg_catalog.now(), failed_logins = 0, "
	"failures_halved_at = NULL, locked_until = NULL",
	2,
	{INT8OID, TEXTOID},
	NULL};

/* The same password, hashed as we hash today: it did not change. */
static RealtyStatement password_rehash = {
	"UPDATE realty.user_credentials SET password_hash = $2 WHERE user_id = $1",
	2,
	{INT8OID, TEXTOID},
	NULL};

/* A trigger of the table erases the person. */
static RealtyStatement account_delete = {
	"DELETE FROM realty.users WHERE id = $1", 1, {INT8OID}, NULL};

static RealtyStatement owner_find = {
	"SELECT email, full_name FROM realty.users WHERE id = $1", 1, {INT8OID}, NULL};

/* Column by column: one that is added later is not shown until it is listed here. */
static RealtyStatement account_show = {
	"SELECT pg_catalog.jsonb_build_object('user', pg_catalog.jsonb_build_object("
	"'id', u.id, 'email', u.email, 'user_type', u.user_type, 'full_name', u.full_name, "
	"'phone', u.phone, 'phone_e164', u.phone_e164, 'is_active', u.is_active, "
	"'is_verified', u.is_verified, 'last_login_at', u.last_login_at, 'extra', u.extra, "
	"'created_at', u.created_at, 'updated_at', u.updated_at, "
	"'profile_id', coalesce(b.id, c.id)) || CASE u.user_type "
	"WHEN 'builder' THEN pg_catalog.jsonb_build_object('builder', "
	"pg_catalog.jsonb_build_object('id', b.id, 'company_name', b.company_name, "
	"'license_number', b.license_number, 'address', b.address, 'city', b.city, "
	"'state', b.state, 'website', b.website, 'description', b.description, "
	"'logo_url', b.logo_url, 'is_verified', b.is_verified, "
	"'total_projects', b.total_projects, 'extra', b.extra)) "
	"WHEN 'customer' THEN pg_catalog.jsonb_build_object('customer', "
	"pg_catalog.jsonb_build_object('id', c.id, 'address', c.address, 'city', c.city, "
	"'state', c.state, 'budget_min', c.budget_min, 'budget_max', c.budget_max, "
	"'preferences', c.preferences, 'extra', c.extra)) ELSE '{}' END) "
	"FROM realty.users u "
	"LEFT JOIN realty.builders b ON b.user_id = u.id AND u.user_type = 'builder' "
	"LEFT JOIN realty.customers c ON c.user_id = u.id AND u.user_type = 'customer' "
	"WHERE u.id = $1",
	1,
	{INT8OID},
	NULL};

static RealtyStatement user_change = {
	"UPDATE realty.users SET full_name = coalesce($2, full_name), "
	"phone = CASE WHEN $3 = '' THEN NULL ELSE coalesce($3, phone) END WHERE id = $1",
	3,
	{INT8OID, TEXTOID, TEXTOID},
	NULL};

typedef struct Account
{
	JwtSubject subject;
	bool active;
	char *hash;
	Lockout lockout;
} Account;

/* {"user": …} of that user with the profile; NULL when there is no such user. */
static Jsonb *
show_account(OwnerSql *sql, int64 user_id)
{
	Datum id = Int64GetDatum(user_id);

	realty_execute(&account_show, &id, NULL, false, 0);
	return SPI_processed == 0 ? NULL : realty_owner_sql_jsonb(sql, 1);
}

Jsonb *
realty_account_sign_in(OwnerSql *sql, JwtSubject *subject)
{
	StringInfoData json;
	Datum tokens;
	Jsonb *user;
	MemoryContext before;

	realty_session_open(subject);
	user = show_account(sql, subject->user_id);
	if (user == NULL)
		elog(ERROR, "the account has no profile");
	before = MemoryContextSwitchTo(sql->caller);
	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	realty_session_append_tokens(&json, subject);
	appendStringInfoChar(&json, '}');
	tokens = DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
	tokens = DirectFunctionCall2(jsonb_concat, JsonbPGetDatum(user), tokens);
	MemoryContextSwitchTo(before);
	return DatumGetJsonbP(tokens);
}

void
realty_account_set_hash(int64 user_id, const char *hash)
{
	Datum values[] = {Int64GetDatum(user_id), CStringGetTextDatum(hash)};

	realty_execute(&password_store, values, NULL, false, 0);
}

static bool
find_account(OwnerSql *sql, text *email, Account *account)
{
	Datum value = PointerGetDatum(email);

	memset(account, 0, sizeof(*account));
	realty_execute(&account_find, &value, NULL, false, 0);
	if (SPI_processed == 0)
		return false;
	account->subject.user_id = realty_result_int64(1);
	account->subject.user_type = realty_owner_sql_text(sql, 2);
	account->subject.profile_id = realty_result_int64(3);
	account->active = realty_result_bool(4);
	account->hash = realty_owner_sql_text(sql, 5);
	realty_lockout_look(account->subject.user_id, &account->lockout);
	return true;
}

void
realty_dummy_commit(void)
{
	if (!XactReadOnly && !RecoveryInProgress())
		(void)compat_logical_message("realty", "", 0, true);
}

/*
 * What a refusal writes, it writes when its time is nearly over, so that no lock is
 * held while it waits.
 */
static bool
password_opens(const Account *account, bool found, text *email, const char *password)
{
	bool counts = found && !account->lockout.locked;

	if (!counts)
		realty_password_hash_dummy(password);
	else if (realty_password_opens(password, account->hash))
		return true;
	realty_response_floor_approach(email);
	if (counts)
		realty_lockout_count(&account->lockout);
	else
		realty_dummy_commit();
	realty_response_floor_reach();
	return false;
}

static void
refuse_inactive(void)
{
	ereport(ERROR,
			(realty_errcode(REALTY_ACCOUNT_INACTIVE), errmsg("the account is inactive")));
}

static void
note_login(const Account *account, const char *password)
{
	Datum id = Int64GetDatum(account->subject.user_id);

	/* Hashed before anything is written: a hash may have to wait. */
	if (realty_password_is_outdated(account->hash))
	{
		Datum values[] = {id, CStringGetTextDatum(realty_password_make(password))};

		realty_execute(&password_rehash, values, NULL, false, 0);
	}
	/* Locks the account's row, which may have been shut since it was looked at. */
	realty_execute(&login_note, &id, NULL, false, 0);
	if (SPI_processed == 0)
		refuse_inactive();
	realty_lockout_forget(&account->lockout);
}

void
realty_require_given(FunctionCallInfo fcinfo, const char *const *names, int count)
{
	Violations violations;

	realty_violations_init(&violations);
	for (int i = 0; i < count; i++)
		if (PG_ARGISNULL(i))
			realty_violations_add(&violations, names[i], "is required");
	realty_violations_raise(&violations);
}

static Jsonb *
answer_login(OwnerSql *sql, Account *account, const char *password)
{
	if (!account->active)
		refuse_inactive();
	note_login(account, password);
	return realty_account_sign_in(sql, &account->subject);
}

/* api.login(email text, password text) → {user, token, refresh_token, expires_in} */
Datum
realty_login(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"email", "password"};
	Secret secret;
	SecretVerdict verdict = realty_secret_current(&secret);
	char *password;
	Jsonb *answer = NULL;
	Account account;
	OwnerSql sql;
	bool found;

	if (verdict != SECRET_FOUND)
		realty_secret_refuse(verdict);
	realty_require_given(fcinfo, names, lengthof(names));
	realty_postgrest_count_account(PG_GETARG_TEXT_PP(0));
	password = realty_secret_copy(PG_GETARG_TEXT_PP(1));
	realty_response_floor_begin();
	realty_response_floor_take_slot();
	realty_owner_sql_begin(&sql);
	found = find_account(&sql, PG_GETARG_TEXT_PP(0), &account);
	if (password_opens(&account, found, PG_GETARG_TEXT_PP(0), password))
		answer = answer_login(&sql, &account, password);
	realty_owner_sql_end(&sql);
	realty_stats_count_at_commit(answer ? REALTY_LOGINS : REALTY_LOGIN_FAILURES);
	if (answer == NULL)
		return realty_answer_refusal("bad_credentials", "e-mail or password is wrong");
	PG_RETURN_JSONB_P(answer);
}

static Datum
finish_with_user(OwnerSql *sql, const Identity *identity)
{
	Jsonb *answer = show_account(sql, identity->user_id);

	if (answer == NULL)
		ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND),
						errmsg("the account no longer exists")));
	realty_owner_sql_end(sql);
	PG_RETURN_JSONB_P(answer);
}

/* api.me() → {user} */
Datum
realty_me(PG_FUNCTION_ARGS)
{
	const Identity *identity = realty_require_identity();
	OwnerSql sql;

	realty_owner_sql_begin(&sql);
	return finish_with_user(&sql, identity);
}

/*
 * api.update_me(full_name text, phone text) → {user}
 *
 * Null leaves a value as it is, an empty phone takes it away.
 */
Datum
realty_update_me(PG_FUNCTION_ARGS)
{
	const Identity *identity = realty_require_identity();
	Datum values[] = {Int64GetDatum(identity->user_id), (Datum)0, (Datum)0};
	char nulls[] = "   ";
	OwnerSql sql;

	for (int i = 0; i < 2; i++)
	{
		if (PG_ARGISNULL(i))
			nulls[i + 1] = 'n';
		else
			values[i + 1] = PG_GETARG_DATUM(i);
	}
	realty_owner_sql_begin(&sql);
	realty_execute(&user_change, values, nulls, false, 0);
	return finish_with_user(&sql, identity);
}

static PasswordOwner
owner_of(OwnerSql *sql, int64 user_id)
{
	Datum id = Int64GetDatum(user_id);
	PasswordOwner owner = {NULL, NULL};

	realty_execute(&owner_find, &id, NULL, false, 0);
	if (SPI_processed == 1)
	{
		owner.email = realty_owner_sql_text(sql, 1);
		owner.name = realty_owner_sql_text(sql, 2);
	}
	return owner;
}

/*
 * The password of the user who is signed in, asked for once more. Counted and
 * locked as at a login: a stolen token is no way to find the password.
 */
static bool
own_password_opens(OwnerSql *sql, int64 user_id, PasswordOwner owner,
				   const char *password)
{
	text *email = cstring_to_text(owner.email != NULL ? owner.email : "");
	Account account;
	bool found;

	realty_postgrest_count_account(email);
	found = find_account(sql, email, &account) && account.subject.user_id == user_id;
	return password_opens(&account, found, email, password);
}

/*
 * api.change_password(current_password text, new_password text) → {ended_sessions}
 *
 * Ends the user's other sessions, which may have been opened with the old password.
 * A wrong current password is a violation of that field and not a 401, which would
 * log the user out; it is answered, so that it is counted. The new one is judged
 * before the current one is compared: a request that fails there has tried no
 * password.
 */
Datum
realty_change_password(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"current_password", "new_password"};
	int64 user_id = realty_require_identity()->user_id;
	int64 session_id = realty_identity()->session_id;
	PasswordOwner owner;
	Violations violations;
	OwnerSql sql;
	char *current;
	char *wanted;
	int64 ended = 0;
	bool opens;

	realty_require_given(fcinfo, names, lengthof(names));
	current = realty_secret_copy(PG_GETARG_TEXT_PP(0));
	wanted = realty_secret_copy(PG_GETARG_TEXT_PP(1));
	realty_response_floor_begin();
	realty_response_floor_take_slot();
	realty_violations_init(&violations);
	realty_owner_sql_begin(&sql);
	owner = owner_of(&sql, user_id);
	realty_password_judge(&violations, names[1], wanted, owner);
	realty_violations_raise(&violations);
	opens = own_password_opens(&sql, user_id, owner, current);
	if (opens)
	{
		realty_account_set_hash(user_id, realty_password_make(wanted));
		ended = realty_revoke(user_id, session_id, "password changed");
		realty_outbox_put(user_id, "password_changed", "{}", 0);
	}
	realty_owner_sql_end(&sql);
	if (opens)
		return realty_answer_ended(ended);
	realty_stats_count_at_commit(REALTY_LOGIN_FAILURES);
	realty_violations_init(&violations);
	realty_violations_add(&violations, names[0], "is not your password");
	return realty_answer_violations(&violations);
}

/* api.delete_me(password text) → {deleted}; a wrong password is answered, and counted */
Datum
realty_delete_me(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"password"};
	Datum user_id = Int64GetDatum(realty_require_identity()->user_id);
	OwnerSql sql;
	char *password;
	bool opens;

	realty_require_given(fcinfo, names, lengthof(names));
	password = realty_secret_copy(PG_GETARG_TEXT_PP(0));
	realty_response_floor_begin();
	realty_response_floor_take_slot();
	realty_owner_sql_begin(&sql);
	opens = own_password_opens(&sql, DatumGetInt64(user_id),
							   owner_of(&sql, DatumGetInt64(user_id)), password);
	if (opens)
		realty_execute(&account_delete, &user_id, NULL, false, 0);
	realty_owner_sql_end(&sql);
	if (opens)
		return DirectFunctionCall1(jsonb_in, CStringGetDatum("{\"deleted\": true}"));
	realty_stats_count_at_commit(REALTY_LOGIN_FAILURES);
	return realty_answer_refusal_as(403, "bad_credentials", "the password is wrong");
}
