/*
 * payment.c
 *		The guard of payments: what may be scheduled, paid and refunded, by which role.
 *
 * Locks, always in this order: booking, payment, receipt counter. Cancelling a
 * booking holds its row and then wants its payments, so a transaction that holds a
 * payment may never wait for the booking. An INSERT waits, it holds no payment yet;
 * so do the functions of api, which lock the booking before the payment
 * (locking.c). A plain UPDATE or DELETE has its payment locked before any trigger
 * runs: it takes the booking only when that is free, and fails with the hint to try
 * again otherwise.
 *
 * That payments stay within what is owed is a CHECK on the booking, whose sums are
 * kept at the end of each statement (payment_rollup.c): at every isolation level.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "domain/booking_lock.h"
#include "domain/row.h"
#include "domain/transition.h"
#include "domain/validate.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_payments_guard);

static RealtyStatement refundable_payment = {
	.sql = "SELECT true FROM realty.payments p WHERE p.id = $1 AND p.booking_id = $2 "
		   "AND p.kind <> 'refund' AND p.status = 'paid'",
	.nargs = 2,
	.types = {INT8OID, INT8OID},
};

static RealtyStatement is_covered = {
	.sql = "SELECT b.paid_amount = 0 OR p.amount <= (SELECT sum(r.amount) "
		   "FROM realty.payments r WHERE r.refund_of = p.id AND r.status = 'paid') "
		   "FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id "
		   "WHERE p.id = $1",
	.nargs = 1,
	.types = {INT8OID},
};

static bool
status_is(const char *status, const char *other)
{
	return status != NULL && strcmp(status, other) == 0;
}

static bool
is_refund(const Row *row)
{
	return status_is(realty_row_text(row, "kind"), "refund");
}

/* Has money changed hands for good? */
static bool
is_settled(const char *status)
{
	return status_is(status, "paid") || status_is(status, "refunded");
}

/* ---- the rules ---- */

/* Cash has no reference. */
static void
check_submission(TriggerData *data, const Row *row)
{
	static const char *const needed[] = {"method", "transaction_reference"};
	List *missing = NIL;
	Violations violations;

	realty_violations_init(&violations);
	for (size_t i = 0; i < lengthof(needed); i++)
	{
		if (!realty_row_is_null(row, needed[i]) ||
			(i > 0 && status_is(realty_row_text(row, "method"), "cash")))
			continue;
		realty_violations_add(&violations, needed[i], "is required");
		missing = lappend(missing, unconstify(char *, needed[i]));
	}
	if (missing != NIL)
		realty_validate_tuple(data->tg_relation, row->tuple, missing, false, &violations);
	realty_violations_raise(&violations);
}

static void
check_refunds_cover(const Row *row)
{
	Datum id = Int64GetDatum(realty_row_bigint(row, "id"));

	if (!realty_owner_ask(&is_covered, &id))
		ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
						errmsg("a payment is refunded when its refunds are paid")));
}

/* ---- INSERT ---- */

static void
check_refund_of(TriggerData *data, Row *row)
{
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "refund_of")),
					  Int64GetDatum(realty_row_bigint(row, "booking_id"))};

	if (!realty_row_is_null(row, "refund_of") &&
		!realty_owner_ask(&refundable_payment, values))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("only a payment that is paid can be refunded"),
						errhint("Reject a submitted payment, delete one that is due.")));
}

static void
guard_insert(TriggerData *data, Row *row)
{
	bool privileged = realty_is_privileged();
	char *status = realty_row_text(row, "status");
	LockedBooking booking;

	if (status != NULL && strcmp(status, "due") != 0)
		ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
						errmsg("a payment starts as due")));
	if (realty_row_is_null(row, "booking_id"))
		return; /* the validator's */
	if (!realty_booking_lock(realty_row_bigint(row, "booking_id"), true, &booking) ||
		!(privileged || booking.is_builders))
		realty_refuse_row(data, row, "booking_id", "names no booking",
						  list_make1("booking_id"));
	if (is_refund(row))
		check_refund_of(data, row);
	else
		realty_booking_check_open(&booking);
	realty_row_trim(row, "transaction_reference");
	realty_row_set_null(row, "paid_at");
	realty_row_set_null(row, "receipt_number");
}

/* ---- UPDATE ---- */

static void
check_immutable(const Row *old_row, const Row *row, bool becomes_paid)
{
	static const char *const fixed[] = {"booking_id", "kind", "refund_of", NULL};
	Violations violations;

	realty_violations_init(&violations);
	realty_row_find_changed(old_row, row, fixed, &violations);
	if (realty_row_differs(old_row, row, "receipt_number") && !realty_trigger_is_nested())
		realty_violations_add(&violations, "receipt_number", "is given when it is paid");
	if (realty_row_differs(old_row, row, "paid_at") && !becomes_paid)
		realty_violations_add(&violations, "paid_at", "is set when it is paid");
	realty_violations_raise(&violations);
}

static void
check_frozen(const Row *old_row, const Row *row)
{
	static const char *const frozen[] = {"amount", "method", "transaction_reference"};

	if (is_settled(realty_row_text(old_row, "status")))
		for (size_t i = 0; i < lengthof(frozen); i++)
			if (realty_row_differs(old_row, row, frozen[i]))
				ereport(ERROR,
						(realty_errcode(REALTY_CONFLICT),
						 errmsg("the %s of a paid payment cannot change", frozen[i]),
						 errhint("Refund it, and schedule another one.")));
	if (is_refund(row) && realty_row_differs(old_row, row, "amount"))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("the amount of a refund cannot change")));
}

static void
guard_status(TriggerData *data, Row *row, const LockedBooking *booking, const char *from,
			 const char *to)
{
	Transition transition =
		realty_transition_check(is_refund(row) ? "refunds" : "payments", from, to);

	if (strcmp(to, "submitted") == 0)
		check_submission(data, row);
	if (strcmp(to, "refunded") == 0)
		check_refunds_cover(row);
	if (transition.stamp != NULL && realty_row_is_null(row, transition.stamp))
		realty_row_set(row, transition.stamp, TIMESTAMPTZOID,
					   TimestampTzGetDatum(GetCurrentStatementStartTimestamp()));
	/* money that was handed in before the booking ended is still accounted for */
	if (!is_refund(row) &&
		(strcmp(to, "submitted") == 0 ||
		 (strcmp(to, "paid") == 0 &&
		  (strcmp(from, "submitted") != 0 || strcmp(booking->status, "pending") == 0))))
		realty_booking_check_open(booking);
}

static void
take_booking(const Row *row, LockedBooking *booking)
{
	if (!realty_booking_lock(realty_row_bigint(row, "booking_id"), false, booking))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("the booking of this payment is being changed just now"),
						errhint("Try again.")));
}

static void
guard_update(TriggerData *data, Row *row)
{
	Row old_row;
	LockedBooking booking;
	char *from;
	char *to;
	bool moves;

	realty_row_old(&old_row, data);
	from = realty_row_required_text(&old_row, "status");
	to = realty_row_text(row, "status");
	moves = to != NULL && strcmp(from, to) != 0;
	check_immutable(&old_row, row, moves && status_is(to, "paid"));
	check_frozen(&old_row, row);
	if (moves || realty_row_differs(&old_row, row, "amount") ||
		realty_row_differs(&old_row, row, "method") ||
		realty_row_differs(&old_row, row, "transaction_reference"))
		take_booking(&old_row, &booking);
	if (moves)
		guard_status(data, row, &booking, from, to);
	realty_row_trim(row, "transaction_reference");
}

/* ---- DELETE ---- */

static void
guard_delete(TriggerData *data, Row *row)
{
	char *status = realty_row_required_text(row, "status");
	LockedBooking booking;

	if (is_settled(status) || strcmp(status, "submitted") == 0)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("a %s payment cannot be deleted", status),
						is_settled(status) ? errhint("Refund it instead.")
										   : errhint("Confirm or reject it instead.")));
	take_booking(row, &booking);
	if (is_refund(row) && (booking.is_lapsed || strcmp(booking.status, "cancelled") == 0))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("the refund of a booking that has ended cannot be "
							   "deleted")));
}

/* Trigger BEFORE INSERT OR UPDATE OR DELETE, each row; the first of its table. */
Datum
realty_payments_guard(PG_FUNCTION_ARGS)
{
	return realty_row_guard(fcinfo, "realty.payments_guard", guard_insert, guard_update,
							guard_delete);
}
