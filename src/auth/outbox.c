/*
 * outbox.c
 *		E-mails for the mailer of the site, written in the transaction that causes them.
 *
 * The database sends no mail: it would be sent although the transaction rolls back,
 * and locks would be held while a mail server responds. A program of the site takes
 * e-mails, sends them and reports each. Rows are taken with SKIP LOCKED, so several
 * mailers share the work; what a mailer that died had taken is taken again after
 * five minutes. So an e-mail may be sent twice, but is never lost.
 *
 * An e-mail may hold a secret (the token of a password reset). It is removed from
 * the row when the e-mail is delivered, and no API role reads the table.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "auth/outbox.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/stats.h"

PG_FUNCTION_INFO_V1(realty_outbox_take);
PG_FUNCTION_INFO_V1(realty_outbox_done);
PG_FUNCTION_INFO_V1(realty_outbox_came);

static RealtyStatement email_put = {
	"INSERT INTO realty.outbox (kind, user_id, recipient, data, expires_at) "
	"SELECT $2, u.id, u.email, $3::pg_catalog.jsonb, pg_catalog.clock_timestamp() + "
	"pg_catalog.make_interval(secs => nullif($4, 0)) FROM realty.users u WHERE u.id = $1",
	4,
	{INT8OID, TEXTOID, TEXTOID, FLOAT8OID},
	NULL};

static RealtyStatement emails_take = {
	"UPDATE realty.outbox o SET taken_at = pg_catalog.clock_timestamp(), "
	"attempts = o.attempts + 1 WHERE o.id = ANY (ARRAY(SELECT w.id FROM realty.outbox w "
	"WHERE w.delivered_at IS NULL AND coalesce(w.taken_at < pg_catalog.clock_timestamp() "
	"- "
	"interval '5 minutes', true) AND coalesce(w.expires_at > "
	"pg_catalog.clock_timestamp(), "
	"true) ORDER BY w.id LIMIT $1 FOR UPDATE SKIP LOCKED)) "
	"RETURNING o.id, o.kind, o.recipient, o.data, o.created_at",
	1,
	{INT8OID},
	NULL};

static RealtyStatement email_done = {
	"UPDATE realty.outbox SET delivered_at = pg_catalog.clock_timestamp(), "
	"data = data - 'token' WHERE id = $1 AND delivered_at IS NULL",
	1,
	{INT8OID},
	NULL};

void
realty_outbox_put(int64 user_id, const char *kind, const char *data, int lifetime)
{
	Datum values[] = {Int64GetDatum(user_id), CStringGetTextDatum(kind),
					  CStringGetTextDatum(data), Float8GetDatum((double)lifetime)};

	realty_execute(&email_put, values, NULL, false, 0);
}

static void
give_rows(ReturnSetInfo *result)
{
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
}

/* realty.outbox_take(max_letters integer) → SETOF (id, kind, recipient, data, created_at)
 */
Datum
realty_outbox_take(PG_FUNCTION_ARGS)
{
	Datum limit = Int64GetDatum(PG_ARGISNULL(0) ? 0 : PG_GETARG_INT32(0));
	OwnerSql sql;

	if (DatumGetInt64(limit) < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a mailer takes at least one e-mail")));
	InitMaterializedSRF(fcinfo, 0);
	realty_owner_sql_begin(&sql);
	realty_execute(&emails_take, &limit, NULL, false, 0);
	give_rows((ReturnSetInfo *)fcinfo->resultinfo);
	realty_owner_sql_end(&sql);
	return (Datum)0;
}

/* realty.outbox_done(letter_id bigint) → void */
Datum
realty_outbox_done(PG_FUNCTION_ARGS)
{
	Datum id = PG_GETARG_DATUM(0);
	OwnerSql sql;

	realty_owner_sql_begin(&sql);
	realty_execute(&email_done, &id, NULL, false, 0);
	if (SPI_processed == 0)
		ereport(ERROR,
				(realty_errcode(REALTY_NOT_FOUND),
				 errmsg("no e-mail " INT64_FORMAT " is waiting", PG_GETARG_INT64(0))));
	realty_owner_sql_end(&sql);
	PG_RETURN_VOID();
}

/* Trigger AFTER INSERT, each row: when it is committed the mailers are woken. */
Datum
realty_outbox_came(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *)fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(data->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(data->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("realty.outbox_came fires after the insert of a row")));
	realty_stats_count_at_commit(REALTY_EMAILS);
	return PointerGetDatum(NULL);
}
