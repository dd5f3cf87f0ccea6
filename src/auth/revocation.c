/*
 * revocation.c
 *		Ending what an account holds: sessions, password resets, e-mails with a token.
 *
 * An account that is deactivated or deleted, or gets another address or password,
 * loses all of it in the same statement, on every surface: one that is activated
 * again starts with nothing, and an e-mail in an old mailbox opens nothing. A
 * session that has ended stays ended, for the owner as well.
 *
 * Locking: the account's row is locked by the statement that fires the trigger. A
 * login locks it too, before its session is opened (note_login), and looks whether
 * it is still active; so no session is opened behind an end that is not committed.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "auth/revocation.h"
#include "platform/error_codes.h"
#include "platform/kept_statement.h"
#include "platform/owner_sql.h"
#include "platform/wake.h"

PG_FUNCTION_INFO_V1(realty_users_access);
PG_FUNCTION_INFO_V1(realty_sessions_guard);
PG_FUNCTION_INFO_V1(realty_sessions_ended);

static RealtyStatement sessions_end = {
	"UPDATE realty.sessions "
	"SET revoked_at = pg_catalog.clock_timestamp(), revoked_reason = $3 "
	"WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL",
	3,
	{INT8OID, INT8OID, TEXTOID},
	NULL};

static RealtyStatement resets_end = {
	"UPDATE realty.password_resets SET used_at = pg_catalog.clock_timestamp() "
	"WHERE user_id = $1 AND used_at IS NULL",
	1,
	{INT8OID},
	NULL};

/* The row stays until it is swept: a mailer that took it may still report it. */
static RealtyStatement emails_withdraw = {
	"UPDATE realty.outbox SET data = data - 'token', "
	"expires_at = least(expires_at, pg_catalog.clock_timestamp()) "
	"WHERE user_id = $1 AND delivered_at IS NULL AND data ? 'token'",
	1,
	{INT8OID},
	NULL};

int64
realty_revoke(int64 user_id, int64 kept, const char *reason)
{
	Datum values[] = {Int64GetDatum(user_id), Int64GetDatum(kept),
					  CStringGetTextDatum(reason)};
	int64 ended;

	realty_execute(&sessions_end, values, NULL, false, 0);
	ended = (int64)SPI_processed;
	realty_execute(&resets_end, values, NULL, false, 0);
	realty_execute(&emails_withdraw, values, NULL, false, 0);
	return ended;
}

static TriggerData *
trigger_of_row(FunctionCallInfo fcinfo, const char *name)
{
	TriggerData *data = (TriggerData *)fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("%s fires on the update of a row", name)));
	return data;
}

/* A bigint column of the row before the update; NULL and another type read as 0. */
static int64
old_bigint(const TriggerData *data, const char *column)
{
	TupleDesc desc = RelationGetDescr(data->tg_relation);
	int number = SPI_fnumber(desc, column);
	bool isnull = true;
	Datum value = (Datum)0;

	if (number > 0 && SPI_gettypeid(desc, number) == INT8OID)
		value = SPI_getbinval(data->tg_trigtuple, desc, number, &isnull);
	return isnull ? 0 : DatumGetInt64(value);
}

/* Trigger AFTER UPDATE, each row, on users. Its argument is the reason. */
Datum
realty_users_access(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_of_row(fcinfo, "realty.users_access");
	OwnerSql sql;

	if (data->tg_trigger->tgnargs != 1)
		elog(ERROR, "realty.users_access needs the reason as its argument");
	realty_owner_sql_begin(&sql);
	(void)realty_revoke(old_bigint(data, "id"), 0, data->tg_trigger->tgargs[0]);
	realty_owner_sql_end(&sql);
	return PointerGetDatum(NULL);
}

/* Trigger BEFORE UPDATE, each row, on sessions, when one that ended would go on. */
Datum
realty_sessions_guard(PG_FUNCTION_ARGS)
{
	(void)trigger_of_row(fcinfo, "realty.sessions_guard");
	ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
					errmsg("a session that has ended cannot be reopened"),
					errhint("Log in again.")));
	return PointerGetDatum(NULL);
}

/* Trigger AFTER UPDATE, each row, on sessions that end: its user's streams ask again. */
Datum
realty_sessions_ended(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_of_row(fcinfo, "realty.sessions_ended");

	realty_wake_topic('u', old_bigint(data, "user_id"));
	return PointerGetDatum(NULL);
}
