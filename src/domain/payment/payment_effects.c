/*
 * payment_effects.c
 *		What follows payments: refunds that open, and notifications.
 *
 * A booking that ends gives back what was paid, as far as the site's policy says
 * (setting refund_percent, 100 by default); all of it where the hold had lapsed,
 * which is up to the builder. Money that the customer had submitted by then and the
 * builder confirms later goes the same way.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "domain/messaging/notification.h"
#include "domain/payment/payment.h"
#include "domain/row.h"
#include "platform/statement_rows.h"

PG_FUNCTION_INFO_V1(realty_payments_effects);

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"id", INT8OID},     {"booking_id", INT8OID}, {"kind", TEXTOID},
	{"status", TEXTOID}, {"amount", NUMERICOID},  {"milestone", TEXTOID},
	{"note", TEXTOID},
};

static RealtyStatement void_due = {
	.sql = "UPDATE realty.payments SET status = 'failed' "
		   "WHERE booking_id = $1 AND status = 'due' AND kind <> 'refund'",
	.nargs = 1,
	.types = {INT8OID},
};

/* How much of what was paid goes back when the booking b ends. */
#define REFUND_PERCENT                                                                   \
	"(CASE WHEN b.status = 'expired' OR b.hold_expires_at <= b.cancelled_at THEN 100 "   \
	"ELSE realty.setting('refund_percent')::numeric END)"

static RealtyStatement open_refund = {
	.sql =
		"INSERT INTO realty.payments (booking_id, kind, milestone, amount, note) "
		"SELECT b.id, 'refund', 'Booking ' || b.status, r.amount, "
		"b.cancellation_reason FROM realty.bookings b, LATERAL (SELECT "
		"round(b.paid_amount * " REFUND_PERCENT
		" / 100, 2) - b.refunding_amount AS amount) r WHERE b.id = $1 AND r.amount > 0",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement open_late_refunds = {
	.sql =
		"INSERT INTO realty.payments (booking_id, kind, milestone, amount, refund_of) "
		"SELECT n.booking_id, 'refund', 'Booking ' || b.status, r.amount, n.id "
		"FROM changed_rows n "
		"JOIN realty.bookings b ON b.id = n.booking_id, LATERAL (SELECT "
		"round(n.amount * " REFUND_PERCENT
		" / 100, 2) AS amount) r WHERE n.status = 'paid' AND n.old_status = 'submitted' "
		"AND n.kind <> 'refund' AND b.status IN ('cancelled', 'expired') "
		"AND r.amount > 0 ORDER BY n.id",
};

#define PAYMENT_FACTS                                                                    \
	REALTY_BOOKING_FACTS                                                                 \
	" || jsonb_build_object('amount', p.amount, 'title', p.milestone, 'receipt', "       \
	"p.receipt_number, 'note', p.note) AS facts, " REALTY_BOOKING_DATA                   \
	" || jsonb_build_object('payment_id', p.id) AS data "

/* One notification for all that a statement schedules of a booking. */
static RealtyStatement notify_inserted = {
	.sql = REALTY_NOTIFY_SQL(
		"SELECT p.kind, a.audience, a.user_id, " PAYMENT_FACTS
		"FROM (SELECT n.booking_id, 'payment_scheduled' AS kind, "
		"sum(n.amount) AS amount, min(n.milestone) AS milestone, "
		"min(n.id) AS id, '' AS receipt_number, '' AS note "
		"FROM new_rows n WHERE n.kind <> 'refund' GROUP BY n.booking_id "
		"UNION ALL SELECT n.booking_id, 'refund_due', n.amount, "
		"n.milestone, n.id, '', n.note FROM new_rows n WHERE n.kind = 'refund') p "
		"JOIN realty.booking_parties f ON f.booking_id = p.booking_id, "
		"LATERAL " REALTY_BOOKING_AUDIENCE),
};

/*
 * OFFSET 0, since with more tables in one list than join_collapse_limit the parties of
 * every booking would be put together first.
 */
static RealtyStatement notify_updated = {
	.sql = REALTY_NOTIFY_SQL(
		"SELECT p.notify AS kind, a.audience, a.user_id, " PAYMENT_FACTS
		"FROM (SELECT c.notify, q.id, q.booking_id, q.amount, q.milestone, "
		"q.receipt_number, q.note FROM changed_rows n "
		"JOIN realty.payments q ON q.id = n.id "
		"JOIN realty.transitions c ON c.entity = CASE n.kind WHEN 'refund' "
		"THEN 'refunds' ELSE 'payments' END "
		"AND c.from_status = n.old_status AND c.to_status = n.status OFFSET 0) p "
		"JOIN realty.booking_parties f ON f.booking_id = p.booking_id, "
		"LATERAL " REALTY_BOOKING_AUDIENCE),
};

void
realty_payments_close(int64 booking_id)
{
	Datum id = Int64GetDatum(booking_id);

	realty_execute(&void_due, &id, NULL, false, 0);
	realty_execute(&open_refund, &id, NULL, false, 0);
}

/* Trigger AFTER INSERT, AFTER UPDATE, each statement; after the receipts. */
Datum
realty_payments_effects(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.payments_effects");
	StatementRows rows;

	if (!realty_trigger_has_rows(data))
		return PointerGetDatum(NULL);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
	{
		realty_statement_rows(&rows, data, columns, lengthof(columns));
		realty_execute(&notify_inserted, NULL, NULL, false, 0);
	}
	else
	{
		realty_statement_changes(&rows, data, columns, lengthof(columns));
		realty_execute(&notify_updated, NULL, NULL, false, 0);
		realty_execute(&open_late_refunds, NULL, NULL, false, 0);
	}
	realty_statement_rows_end(&rows);
	return PointerGetDatum(NULL);
}
