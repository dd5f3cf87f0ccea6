/*
 * change_request.c
 *		Changes that a customer asks for: the guard, and what an approval costs.
 *
 * Locks: the change request, then its booking. Two that approve the same request
 * meet on the request's row, and the second finds it approved. The cost goes to the
 * booking once because a status is entered once: nothing leads back from approved.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "domain/booking_lock.h"
#include "domain/messaging/notification.h"
#include "domain/row.h"
#include "domain/transition.h"
#include "domain/validate.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_change_requests_guard);
PG_FUNCTION_INFO_V1(realty_change_requests_effects);

static RealtyStatement current_user_id = {
	.sql = "SELECT realty.user_id()",
};

static RealtyStatement add_cost = {
	.sql = "UPDATE realty.bookings SET changes_amount = changes_amount + $2 "
		   "WHERE id = $1",
	.nargs = 2,
	.types = {INT8OID, NUMERICOID},
};

/*
 * A credit takes away what it leaves nothing to be owed for: of the instalments that are
 * due the last ones, the one at the border in part.
 */
#define DUE_BEYOND                                                                       \
	"WITH too_much AS (SELECT b.paid_amount + b.scheduled_amount - b.total_amount - $2 " \
	"+ b.discount AS amount FROM realty.bookings b WHERE b.id = $1), "                   \
	"due AS (SELECT p.id, p.amount, sum(p.amount) OVER (ORDER BY p.due_date DESC NULLS " \
	"FIRST, p.id DESC) AS upto FROM realty.payments p "                                  \
	"WHERE p.booking_id = $1 AND p.kind <> 'refund' AND p.status = 'due') "

static RealtyStatement void_due_beyond = {
	.sql = DUE_BEYOND "UPDATE realty.payments p SET status = 'failed' FROM due d, "
					  "too_much t WHERE p.id = d.id AND d.upto <= t.amount",
	.nargs = 2,
	.types = {INT8OID, NUMERICOID},
};

static RealtyStatement reduce_due_beyond = {
	.sql = DUE_BEYOND
	"UPDATE realty.payments p SET amount = d.upto - t.amount FROM due d, too_much t "
	"WHERE p.id = d.id AND t.amount > 0 AND d.upto - d.amount < t.amount",
	.nargs = 2,
	.types = {INT8OID, NUMERICOID},
};

/* What is paid or submitted cannot be taken back by a credit, only refunded. */
static RealtyStatement exceeds_credit = {
	.sql =
		"SELECT b.paid_amount + b.scheduled_amount - b.total_amount - $2 + b.discount, "
		"b.total_amount + $2 <= 0 FROM realty.bookings b WHERE b.id = $1 "
		"AND (b.paid_amount + b.scheduled_amount > b.total_amount + $2 - b.discount "
		"OR b.booking_amount > b.total_amount + $2 OR b.total_amount + $2 <= 0)",
	.nargs = 2,
	.types = {INT8OID, NUMERICOID},
};

static RealtyStatement open_instalment = {
	.sql = "INSERT INTO realty.payments (booking_id, milestone, amount) "
		   "SELECT $1, left('Change: ' || $3, 200), $2 WHERE $2 > 0",
	.nargs = 3,
	.types = {INT8OID, NUMERICOID, TEXTOID},
};

static RealtyStatement notify_party = {
	.sql = REALTY_NOTIFY_SQL(
		"SELECT $2 AS kind, a.audience, a.user_id, " REALTY_BOOKING_FACTS
		" || jsonb_build_object('amount', c.approved_cost, 'title', c.title, "
		"'note', c.decision_note, 'accepted', c.accepted_cost, 'estimate', "
		"coalesce(c.estimated_cost::text, 'none yet')) AS "
		"facts, " REALTY_BOOKING_DATA
		" || jsonb_build_object('change_request_id', c.id) AS data "
		"FROM realty.change_requests c "
		"JOIN realty.booking_parties f ON f.booking_id = c.booking_id, "
		"LATERAL " REALTY_BOOKING_AUDIENCE " WHERE c.id = $1"),
	.nargs = 2,
	.types = {INT8OID, TEXTOID},
};

/* ---- INSERT ---- */

static void
check_undecided(const Row *row, Violations *violations)
{
	static const char *const decision[] = {"approved_cost", "accepted_cost", "decided_by",
										   "decided_at"};

	for (size_t i = 0; i < lengthof(decision); i++)
		if (!realty_row_is_null(row, decision[i]))
			realty_violations_add(violations, decision[i],
								  "can only be given with the decision");
}

static void
guard_insert(TriggerData *data, Row *row)
{
	bool privileged = realty_is_privileged();
	char *status = realty_row_text(row, "status");
	LockedBooking booking;
	Violations violations;

	if (status != NULL && strcmp(status, "submitted") != 0)
		ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
						errmsg("a change request starts as submitted")));
	if (!realty_booking_lock(realty_row_bigint(row, "booking_id"), true, &booking) ||
		!(privileged || booking.is_customers))
		realty_refuse_reference(data, row, "booking_id", "names no booking",
								list_make3("booking_id", "unit_id", "customer_id"));
	realty_booking_check_open(&booking);
	realty_violations_init(&violations);
	check_undecided(row, &violations);
	realty_violations_raise(&violations);
	realty_row_set(row, "unit_id", INT8OID, Int64GetDatum(booking.unit_id));
	realty_row_set(row, "customer_id", INT8OID, Int64GetDatum(booking.customer_id));
}

/* ---- UPDATE ---- */

static void
check_immutable(const Row *old_row, const Row *row, bool moves)
{
	static const char *const fixed[] = {"booking_id", "unit_id", "customer_id", NULL};
	static const char *const decision[] = {"decided_by", "decided_at", NULL};
	Violations violations;

	realty_violations_init(&violations);
	realty_row_find_changed(old_row, row, fixed, &violations);
	if (!moves)
		realty_row_find_changed(old_row, row, decision, &violations);
	realty_violations_raise(&violations);
}

/* What is under review or decided stays as it was submitted. */
static void
check_frozen(const Row *old_row, const Row *row, const char *from, const char *to)
{
	static const char *const asked[] = {"title", "description", "category"};

	for (size_t i = 0; i < lengthof(asked); i++)
		if (strcmp(from, "submitted") != 0 && realty_row_differs(old_row, row, asked[i]))
			ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
							errmsg("the %s of a change request can change only while "
								   "it is submitted",
								   asked[i]),
							errdetail("It is %s.", from),
							errhint("Withdraw it and ask again.")));
	if (realty_row_differs(old_row, row, "approved_cost") &&
		(strcmp(to, "approved") != 0 || strcmp(from, "approved") == 0))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("the approved cost can only be given with the approval")));
}

static bool
is_above(const Row *row, const char *column, Datum cost)
{
	bool isnull;
	Datum limit = realty_row_datum(row, column, NUMERICOID, &isnull);

	return isnull || DatumGetBool(DirectFunctionCall2(numeric_gt, cost, limit));
}

/*
 * The customer is notified of an estimate and may rely on it: it comes with the
 * review, and may fall while that lasts. A higher cost is accepted by the customer;
 * it is no new estimate.
 */
static void
check_estimate(const Row *old_row, const Row *row, const char *to)
{
	bool isnull;
	Datum estimate;

	if (!realty_row_differs(old_row, row, "estimated_cost") || realty_is_privileged())
		return;
	if (strcmp(to, "under_review") != 0)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("the estimate can only be given with the review")));
	estimate = realty_row_datum(row, "estimated_cost", NUMERICOID, &isnull);
	if (!realty_row_is_null(old_row, "estimated_cost") &&
		(isnull || is_above(old_row, "estimated_cost", estimate)))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("an estimate that the customer has seen cannot rise"),
						errhint("Ask the customer to accept the cost.")));
}

/* A cost is accepted after an estimate only. */
static void
check_acceptance(const Row *old_row, const Row *row, const char *from)
{
	if (!realty_row_differs(old_row, row, "accepted_cost"))
		return;
	if (strcmp(from, "submitted") != 0 && strcmp(from, "under_review") != 0)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("a cost can only be accepted before the decision"),
						errdetail("It is %s.", from)));
	if (realty_row_is_null(old_row, "estimated_cost"))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("a cost cannot be accepted without an estimate"),
						errhint("Wait for the builder's estimate.")));
}

/*
 * The customer may rely on the estimate, until more is accepted. The estimate is
 * the one from before this statement; without one only what costs nothing is
 * approved.
 */
static void
check_cost_is_agreed(const Row *old_row, const Row *row)
{
	Datum cost = realty_row_required(row, "approved_cost", NUMERICOID);
	Datum nothing = NumericGetDatum(int64_to_numeric(0));

	if (realty_row_is_null(old_row, "estimated_cost"))
	{
		if (!DatumGetBool(DirectFunctionCall2(numeric_gt, cost, nothing)))
			return;
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("the customer has seen no estimate"),
						errhint("Review the change with an estimated_cost first.")));
	}
	if (!is_above(old_row, "estimated_cost", cost) ||
		!is_above(old_row, "accepted_cost", cost))
		return;
	ereport(ERROR,
			(realty_errcode(REALTY_CONFLICT), errmsg("the cost is above the estimate"),
			 errdetail("The customer has not accepted it."),
			 errhint("Ask the customer to accept the cost first.")));
}

static void
check_approval(const Row *old_row, const Row *row)
{
	LockedBooking booking;

	if (realty_row_is_null(row, "approved_cost"))
		realty_violation_raise("approved_cost", "is required");
	check_cost_is_agreed(old_row, row);
	if (realty_booking_lock(realty_row_bigint(row, "booking_id"), true, &booking))
		realty_booking_check_open(&booking);
}

static void
sign_decision(Row *row, const char *stamp)
{
	OwnerSql sql;
	Datum user_id;
	bool nobody;

	realty_owner_sql_begin(&sql);
	realty_execute(&current_user_id, NULL, NULL, false, 1);
	user_id = realty_result(1, INT8OID, &nobody);
	realty_owner_sql_end(&sql);
	if (!nobody)
		realty_row_set(row, "decided_by", INT8OID, user_id);
	if (realty_row_is_null(row, stamp))
		realty_row_set(row, stamp, TIMESTAMPTZOID,
					   TimestampTzGetDatum(GetCurrentStatementStartTimestamp()));
}

static void
guard_update(TriggerData *data, Row *row)
{
	Transition transition;
	Row old_row;
	char *from;
	char *to;
	bool moves;

	realty_row_old(&old_row, data);
	from = realty_row_required_text(&old_row, "status");
	to = realty_row_text(row, "status");
	if (to == NULL)
		return; /* the validator's */
	moves = strcmp(from, to) != 0;
	check_immutable(&old_row, row, moves);
	check_frozen(&old_row, row, from, to);
	check_estimate(&old_row, row, to);
	check_acceptance(&old_row, row, from);
	if (!moves)
		return;
	transition = realty_transition_check("change_requests", from, to);
	if (strcmp(to, "approved") == 0)
		check_approval(&old_row, row);
	if (transition.stamp != NULL)
		sign_decision(row, transition.stamp);
}

static void
guard_delete(TriggerData *data, Row *row)
{
	ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
					errmsg("a change request cannot be deleted"),
					errhint("Withdraw it instead.")));
}

/* Trigger BEFORE INSERT OR UPDATE OR DELETE, each row; the first of its table. */
Datum
realty_change_requests_guard(PG_FUNCTION_ARGS)
{
	return realty_row_guard(fcinfo, "realty.change_requests_guard", guard_insert,
							guard_update, guard_delete);
}

/* ---- what follows ---- */

static void
add_to_booking(const Row *row)
{
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "booking_id")),
					  realty_row_required(row, "approved_cost", NUMERICOID),
					  CStringGetTextDatum(realty_row_required_text(row, "title"))};

	realty_execute(&void_due_beyond, values, NULL, false, 0);
	realty_execute(&reduce_due_beyond, values, NULL, false, 0);
	realty_execute(&exceeds_credit, values, NULL, false, 1);
	if (SPI_processed > 0)
		ereport(ERROR,
				(realty_errcode(REALTY_CONFLICT),
				 errmsg("the credit is larger than what is left to pay"),
				 errhint("Refund what was paid first, or give a smaller credit.")));
	realty_execute(&add_cost, values, NULL, false, 0);
	realty_execute(&open_instalment, values, NULL, false, 0);
}

static void
notify(const Row *row, const char *kind)
{
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "id")),
					  CStringGetTextDatum(kind)};

	realty_execute(&notify_party, values, NULL, false, 0);
}

/* Trigger AFTER INSERT, and AFTER UPDATE when status or a cost changes; each row. */
Datum
realty_change_requests_effects(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.change_requests_effects");
	Transition next = {.notify = "change_submitted"};
	bool moves = false;
	OwnerSql sql;
	Row row;

	realty_row_new(&row, data);
	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
	{
		Row old_row;

		realty_row_old(&old_row, data);
		moves = realty_row_differs(&old_row, &row, "status");
		if (moves)
			next = realty_transition_get("change_requests",
										 realty_row_required_text(&old_row, "status"),
										 realty_row_required_text(&row, "status"));
		else
			next.notify = realty_row_differs(&old_row, &row, "accepted_cost")
							  ? "change_accepted"
							  : "change_under_review";
	}
	realty_owner_sql_begin(&sql);
	if (moves && strcmp(realty_row_required_text(&row, "status"), "approved") == 0)
		add_to_booking(&row);
	if (next.notify != NULL)
		notify(&row, next.notify);
	realty_owner_sql_end(&sql);
	return PointerGetDatum(NULL);
}
