/*
 * payment_rollup.c
 *		What payments add up to, kept on their booking.
 *
 * Once a statement, from its transition tables: a COPY of a hundred thousand
 * payments changes each booking once. The sums stand on the booking so that "never
 * more than is owed" is a CHECK of one row: two transactions that would exceed it
 * together meet on that row, at every isolation level. The refusals here come before
 * only to speak of the payment instead of the booking.
 *
 * paid       tokens and instalments that were paid, also when refunded since, less
 *            the refunds that were paid
 * scheduled  tokens and instalments that are due or submitted
 * refunding  refunds that are due or submitted
 *
 * Money also keeps a hold: while a token or instalment is submitted or paid the
 * booking's hold has no end, and goes on with what was left of it when the last of them
 * is rejected or has gone back. So no reader has to ask payments whether a hold lapsed.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "domain/row.h"
#include "platform/statement_rows.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_payments_rollup);

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"id", INT8OID},     {"booking_id", INT8OID}, {"kind", TEXTOID},
	{"status", TEXTOID}, {"amount", NUMERICOID},  {"refund_of", INT8OID},
};

#define ROWS(source, sign)                                                               \
	"SELECT booking_id, kind = 'refund' AS back, status, " sign "amount AS amount "      \
	"FROM " source

#define SUMS(rows)                                                                       \
	"(SELECT x.booking_id, "                                                             \
	"coalesce(sum(CASE WHEN x.back THEN -x.amount ELSE x.amount END) FILTER (WHERE "     \
	"x.status = 'paid' OR x.status = 'refunded' AND NOT x.back), 0) AS paid, "           \
	"coalesce(sum(x.amount) FILTER (WHERE NOT x.back AND x.status IN ('due', "           \
	"'submitted')), 0) AS scheduled, "                                                   \
	"coalesce(sum(x.amount) FILTER (WHERE x.back AND x.status IN ('due', "               \
	"'submitted')), 0) AS refunding "                                                    \
	"FROM (" rows ") x GROUP BY x.booking_id) d"

#define EXCESS(rows)                                                                     \
	"SELECT CASE WHEN e.owed > 0 THEN 'exceeds what is owed by ' || e.owed "             \
	"ELSE 'exceeds what was paid by ' || e.back END FROM " SUMS(                         \
		rows) " JOIN realty.bookings b ON b.id = d.booking_id, LATERAL (SELECT "         \
			  "CASE WHEN d.paid + d.scheduled > 0 THEN b.paid_amount + d.paid + "        \
			  "b.scheduled_amount + d.scheduled - b.total_amount + b.discount END AS "   \
			  "owed, "                                                                   \
			  "CASE WHEN d.refunding > 0 THEN b.refunding_amount + d.refunding - "       \
			  "b.paid_amount "                                                           \
			  "- d.paid END AS back) e WHERE e.owed > 0 OR e.back > 0 ORDER BY b.id"

#define APPLY(rows)                                                                      \
	"UPDATE realty.bookings b SET paid_amount = b.paid_amount + d.paid, "                \
	"scheduled_amount = b.scheduled_amount + d.scheduled, "                              \
	"refunding_amount = b.refunding_amount + d.refunding FROM " SUMS(                    \
		rows) " WHERE b.id = d.booking_id AND (d.paid, d.scheduled, d.refunding) <> "    \
			  "(0, 0, 0)"

#define INSERTED ROWS("new_rows", "")
#define DELETED ROWS("old_rows", "-")
#define UPDATED INSERTED " UNION ALL " DELETED

static RealtyStatement excess_inserted = {.sql = EXCESS(INSERTED)};
static RealtyStatement excess_updated = {.sql = EXCESS(UPDATED)};
static RealtyStatement apply_inserted = {.sql = APPLY(INSERTED)};
static RealtyStatement apply_updated = {.sql = APPLY(UPDATED)};
static RealtyStatement apply_deleted = {.sql = APPLY(DELETED)};

static RealtyStatement refunded_too_much = {
	.sql = "SELECT 'exceeds what is left of the payment by ' || sum(r.amount) - p.amount "
		   "FROM realty.payments p JOIN realty.payments r ON r.refund_of = p.id "
		   "WHERE p.id IN (SELECT n.refund_of FROM new_rows n) AND r.status <> 'failed' "
		   "GROUP BY p.id HAVING sum(r.amount) > p.amount",
};

/*
 * A payment whose refunds are paid is refunded: those that name it cover it, or all
 * of the booking's money has gone back.
 */
static RealtyStatement mark_refunded = {
	.sql = "UPDATE realty.payments p SET status = 'refunded' "
		   "FROM realty.bookings b WHERE b.id = p.booking_id AND p.status = 'paid' "
		   "AND p.kind <> 'refund' AND p.booking_id IN (SELECT n.booking_id "
		   "FROM new_rows n WHERE n.kind = 'refund' AND n.status = 'paid') "
		   "AND (b.paid_amount = 0 OR p.amount <= (SELECT sum(r.amount) "
		   "FROM realty.payments r WHERE r.refund_of = p.id AND r.status = 'paid'))",
};

static RealtyStatement keep_holds = {
	.sql = "UPDATE realty.bookings b SET hold_expires_at = NULL, hold_seconds_left = "
		   "extract(epoch FROM b.hold_expires_at - statement_timestamp())::integer "
		   "WHERE b.status = 'pending' AND b.hold_expires_at > statement_timestamp() "
		   "AND b.id IN (SELECT n.booking_id FROM new_rows n "
		   "WHERE n.kind <> 'refund' AND n.status IN ('submitted', 'paid'))",
};

static RealtyStatement resume_holds = {
	.sql = "UPDATE realty.bookings b SET hold_seconds_left = NULL, hold_expires_at = "
		   "statement_timestamp() + make_interval(secs => b.hold_seconds_left) "
		   "WHERE b.status = 'pending' AND b.hold_seconds_left IS NOT NULL "
		   "AND b.id IN (SELECT n.booking_id FROM new_rows n "
		   "WHERE n.kind <> 'refund' AND n.status IN ('failed', 'refunded')) "
		   "AND NOT EXISTS (SELECT FROM realty.payments p WHERE p.booking_id = b.id "
		   "AND p.kind <> 'refund' AND p.status IN ('submitted', 'paid'))",
};

static void
refuse_if_any(RealtyStatement *statement)
{
	realty_execute(statement, NULL, NULL, false, 1);
	if (SPI_processed > 0)
		realty_violation_raise("amount",
							   realty_result_required_text(CurrentMemoryContext, 1));
}

static void
roll_up(const TriggerData *data)
{
	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
	{
		realty_execute(&apply_deleted, NULL, NULL, false, 0);
		return;
	}
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
	{
		refuse_if_any(&excess_inserted);
		realty_execute(&apply_inserted, NULL, NULL, false, 0);
	}
	else
	{
		refuse_if_any(&excess_updated);
		realty_execute(&apply_updated, NULL, NULL, false, 0);
		realty_execute(&mark_refunded, NULL, NULL, false, 0);
		realty_execute(&keep_holds, NULL, NULL, false, 0);
		realty_execute(&resume_holds, NULL, NULL, false, 0);
	}
	refuse_if_any(&refunded_too_much);
}

/* Trigger AFTER INSERT, AFTER UPDATE, AFTER DELETE, each statement. */
Datum
realty_payments_rollup(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.payments_rollup");
	StatementRows rows;

	if (!realty_trigger_has_rows(data))
		return PointerGetDatum(NULL);
	realty_statement_rows(&rows, data, columns, lengthof(columns));
	roll_up(data);
	realty_statement_rows_end(&rows);
	return PointerGetDatum(NULL);
}
