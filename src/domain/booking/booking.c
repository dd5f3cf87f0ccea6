/*
 * booking.c
 *		The guard of bookings: what may be booked, and how a booking may change.
 *
 * Locks, always in this order: booking, unit, account, customer. A new booking
 * first expires a lapsed hold of its unit (that booking's row), then locks the
 * unit, then its customer's account (erased.c), then, where open bookings are
 * limited, the customer. A change of status has its own booking's row from the
 * UPDATE itself and reaches the unit in the effects.
 *
 * The lock on the unit only makes the answer readable: the loser of a race waits,
 * sees the unit taken and gets PT409. That a unit is never sold twice is ensured by
 * the unique index bookings_one_active_per_unit, at every isolation level.
 *
 * Time is statement_timestamp(): within one statement all agree on what lapsed.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "domain/account/erased.h"
#include "domain/booking/booking.h"
#include "domain/current_user.h"
#include "domain/reader.h"
#include "domain/row.h"
#include "domain/transition.h"
#include "domain/validate.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_bookings_guard);
PG_FUNCTION_INFO_V1(realty_expire_lapsed_hold);

int realty_hold_minutes = 0;
int realty_max_open_bookings = 3;
int realty_max_hold_extension = 7 * 24 * 60;

/* The unit to be booked, locked. */
typedef struct WantedUnit
{
	int64 project_id;
	int64 builder_id;
	Datum price;
	char *status;
	char *project_status;
	char *label;
	char *held_until; /* NULL unless held */
	char *year;       /* of the booking, by the builder's clock */
	bool is_listed;
	bool is_claimed; /* by an earlier row of this very statement, too */
} WantedUnit;

static RealtyStatement lapsed_hold = {
	.sql = "SELECT b.id FROM realty.bookings b "
		   "WHERE b.unit_id = $1 AND b.status = 'pending' "
		   "AND b.hold_expires_at <= statement_timestamp() FOR NO KEY UPDATE",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement expire_booking = {
	.sql = "UPDATE realty.bookings SET status = 'expired' WHERE id = $1",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement lock_unit = {
	.sql =
		"SELECT u.project_id, u.builder_id, u.price, u.status, p.status, "
		"concat_ws(' ', nullif(u.tower, ''), u.unit_number), "
		"to_char(u.held_until AT TIME ZONE d.time_zone, "
		"'FMDay, FMDD FMMonth YYYY, HH24:MI') || ' (' || d.time_zone || ')', "
		"u.is_listed, EXISTS (SELECT FROM realty.bookings b WHERE b.unit_id = u.id "
		"AND b.status IN ('pending', 'confirmed', 'completed')), "
		"to_char(CASE WHEN isfinite($2) THEN $2 ELSE now() END AT TIME ZONE d.time_zone, "
		"'YYYY') "
		"FROM realty.units u JOIN realty.projects p ON p.id = u.project_id "
		"JOIN realty.builders d ON d.id = u.builder_id "
		"WHERE u.id = $1 FOR NO KEY UPDATE OF u",
	.nargs = 2,
	.types = {INT8OID, TIMESTAMPTZOID},
};

/* Of a unit that is locked and not listed: its project, as it is now. */
static RealtyStatement project_of_unlisted = {
	.sql = "SELECT p.builder_sells, p.status FROM realty.projects p WHERE p.id = $1",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement lock_customer = {
	.sql = "SELECT 1 FROM realty.customers WHERE id = $1 FOR NO KEY UPDATE",
	.nargs = 1,
	.types = {INT8OID},
};

/* Money that is only submitted does not count: a reference proves nothing yet. */
static RealtyStatement count_open = {
	.sql = "SELECT count(*) FROM realty.bookings "
		   "WHERE customer_id = $1 AND status IN ('pending', 'confirmed') "
		   "AND paid_amount = 0 "
		   "AND (hold_expires_at IS NULL OR hold_expires_at > statement_timestamp())",
	.nargs = 1,
	.types = {INT8OID},
};

void
realty_booking_init(void)
{
	DefineCustomIntVariable(
		"realty.hold_minutes",
		"How long a new booking holds its unit until it is confirmed.",
		"0 books the unit at once, without a hold.", &realty_hold_minutes, 0, 0, 525600,
		PGC_SUSET, GUC_UNIT_MIN, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"realty.max_open_bookings_per_customer",
		"How many bookings with nothing paid one customer may have at a time.",
		"0 sets no limit.", &realty_max_open_bookings, 3, 0, 10000, PGC_SUSET, 0, NULL,
		NULL, NULL);
	DefineCustomIntVariable("realty.max_hold_extension",
							"How far from now a builder may set the end of a hold.",
							"0 forbids extending.", &realty_max_hold_extension,
							7 * 24 * 60, 0, 525600, PGC_SUSET, GUC_UNIT_MIN, NULL, NULL,
							NULL);
}

/*
 * The booking that held this unit too long makes room, for any caller. Its row is
 * locked first: a confirmation under way either wins or finds the hold lapsed.
 */
static void
expire_lapsed_hold(Datum unit_id)
{
	Datum booking_id;

	realty_execute(&lapsed_hold, &unit_id, NULL, false, 1);
	if (SPI_processed == 0)
		return;
	booking_id = realty_result_required(1, INT8OID);
	realty_execute(&expire_booking, &booking_id, NULL, false, 0);
}

/* False when there is no such unit. */
static bool
find_wanted_unit(const Row *row, OwnerSql *sql, WantedUnit *unit)
{
	bool isnull;
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "unit_id")),
					  realty_row_datum(row, "created_at", TIMESTAMPTZOID, &isnull)};

	realty_execute(&lock_unit, values, isnull ? " n" : NULL, false, 1);
	if (SPI_processed == 0)
		return false;
	unit->project_id = DatumGetInt64(realty_result_required(1, INT8OID));
	unit->builder_id = DatumGetInt64(realty_result_required(2, INT8OID));
	unit->price = SPI_datumTransfer(realty_result_required(3, NUMERICOID), false, -1);
	unit->status = realty_owner_sql_text(sql, 4);
	unit->project_status = realty_owner_sql_text(sql, 5);
	unit->label = realty_owner_sql_text(sql, 6);
	unit->held_until = realty_owner_sql_text_or_null(sql, 7);
	unit->is_listed = DatumGetBool(realty_result_required(8, BOOLOID));
	unit->is_claimed = DatumGetBool(realty_result_required(9, BOOLOID));
	unit->year = realty_owner_sql_text(sql, 10);
	return true;
}

/* As the policies of units have it: a refusal reveals no more than a GET. */
static bool
may_know_of(Datum unit_id, const WantedUnit *unit, bool privileged)
{
	return privileged || (unit->is_listed && strcmp(unit->status, "blocked") != 0) ||
		   realty_reader_sees_unit(DatumGetInt64(unit_id));
}

/*
 * The unit's row is locked, so its listing is what it is now; a statement that
 * takes the project from the market waits for that row and finds the booking.
 */
static void
check_unit_is_listed(const WantedUnit *unit)
{
	Datum project_id = Int64GetDatum(unit->project_id);

	if (unit->is_listed)
		return;
	realty_execute_latest(&project_of_unlisted, &project_id, NULL, 1);
	if (SPI_processed > 0 && !DatumGetBool(realty_result_required(1, BOOLOID)))
		ereport(ERROR, (realty_errcode(REALTY_BUILDER_INACTIVE),
						errmsg("the builder of unit %s sells nothing at present",
							   realty_one_line(unit->label)),
						errhint("Book a unit of another builder.")));
	ereport(ERROR, (realty_errcode(REALTY_UNIT_UNAVAILABLE),
					errmsg("unit %s is not on sale", realty_one_line(unit->label)),
					errdetail("Its project is in status %s.",
							  SPI_processed > 0
								  ? realty_result_required_text(CurrentMemoryContext, 2)
								  : unit->project_status)));
}

static void
check_unit_is_free(const WantedUnit *unit)
{
	if (strcmp(unit->status, "available") != 0 || unit->is_claimed)
		ereport(ERROR,
				(realty_errcode(REALTY_UNIT_UNAVAILABLE),
				 errmsg("unit %s is not available", realty_one_line(unit->label)),
				 unit->held_until
					 ? errdetail("It is held until %s.", unit->held_until)
					 : errdetail("It is %s.", unit->is_claimed ? "booked" : unit->status),
				 errhint("Book another unit.")));
	check_unit_is_listed(unit);
}

/* An administrator, booking for a customer, may go past the limit, and says why. */
static bool
goes_past_limit(const Row *row, bool privileged)
{
	return !realty_row_is_null(row, "override_reason") &&
		   (privileged || realty_caller().is_admin);
}

static void
check_open_limit(Datum customer_id)
{
	int64 open;

	if (realty_max_open_bookings == 0)
		return;
	realty_execute(&lock_customer, &customer_id, NULL, false, 1);
	realty_execute_latest(&count_open, &customer_id, NULL, 1);
	open = DatumGetInt64(realty_result_required(1, INT8OID));
	if (open >= realty_max_open_bookings)
		ereport(ERROR,
				(realty_errcode(REALTY_TOO_MANY_BOOKINGS),
				 errmsg_plural(
					 "this customer has " INT64_FORMAT " open booking with nothing paid",
					 "this customer has " INT64_FORMAT " open bookings with nothing paid",
					 (unsigned long)open, open),
				 errdetail("At most %d may be open at a time.", realty_max_open_bookings),
				 errhint("Pay for one and let the builder confirm it, or cancel one.")));
}

/*
 * No unit, or none the caller may know of: one more violation among the row's
 * others.
 */
static void
refuse_unknown_unit(TriggerData *data, Row *row)
{
	realty_refuse_reference(
		data, row, "unit_id", "names no unit",
		list_make4("total_amount", "project_id", "builder_id", "unit_id"));
}

/* What triggers add up later; a new booking starts with nothing of it. */
static const char *const rollups[] = {"changes_amount", "paid_amount", "scheduled_amount",
									  "refunding_amount"};

/* The default is the number alone, for it does not know the builder's clock. */
static void
fill_number(Row *row, const char *year)
{
	char *number = realty_row_text(row, "booking_number");

	if (number != NULL && number[0] == '#')
		realty_row_set(row, "booking_number", TEXTOID,
					   CStringGetTextDatum(psprintf("BK-%s-%s", year, number + 1)));
}

static void
fill_booking(Row *row, const WantedUnit *unit)
{
	int64 held = (int64)realty_hold_minutes * SECS_PER_MINUTE * USECS_PER_SEC;

	fill_number(row, unit->year);
	realty_row_set(row, "project_id", INT8OID, Int64GetDatum(unit->project_id));
	realty_row_set(row, "builder_id", INT8OID, Int64GetDatum(unit->builder_id));
	realty_row_set(row, "unit_price", NUMERICOID, unit->price);
	realty_row_set(row, "total_amount", NUMERICOID, unit->price);
	for (size_t i = 0; i < lengthof(rollups); i++)
		realty_row_set(row, rollups[i], NUMERICOID,
					   NumericGetDatum(int64_div_fast_to_numeric(0, 2)));
	if (realty_hold_minutes > 0)
		realty_row_set(row, "hold_expires_at", TIMESTAMPTZOID,
					   TimestampTzGetDatum(GetCurrentStatementStartTimestamp() + held));
	else
		realty_row_set_null(row, "hold_expires_at");
}

/* Refused as a customer that does not exist; other violations are not looked for. */
static void
check_customer_is_there(int64 customer_id)
{
	if (realty_customer_is_erased(customer_id))
		realty_violation_raise("customer_id", "names no customer");
}

static void
guard_insert(TriggerData *data, Row *row)
{
	bool privileged = realty_is_privileged();
	char *status = realty_row_text(row, "status");
	Datum unit_id = Int64GetDatum(realty_row_bigint(row, "unit_id"));
	Datum customer_id = Int64GetDatum(realty_row_bigint(row, "customer_id"));
	WantedUnit unit = {0};
	OwnerSql sql;
	bool known;

	if (status != NULL && strcmp(status, "pending") != 0)
		ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
						errmsg("a booking starts as pending")));
	realty_owner_sql_begin(&sql);
	expire_lapsed_hold(unit_id);
	known = find_wanted_unit(row, &sql, &unit) && may_know_of(unit_id, &unit, privileged);
	if (known)
	{
		check_unit_is_free(&unit);
		check_customer_is_there(DatumGetInt64(customer_id));
		if (!goes_past_limit(row, privileged))
			check_open_limit(customer_id);
	}
	realty_owner_sql_end(&sql);
	if (!known)
		refuse_unknown_unit(data, row);
	fill_booking(row, &unit);
}

static void
check_immutable(const Row *old_row, const Row *new_row)
{
	static const char *const fixed[] = {"booking_number", "unit_id",    "customer_id",
										"project_id",     "builder_id", NULL};
	Violations violations;

	realty_violations_init(&violations);
	realty_row_find_changed(old_row, new_row, fixed, &violations);
	if (!realty_is_privileged() && realty_row_differs(old_row, new_row, "total_amount"))
		realty_violations_add(&violations, "total_amount", "cannot be changed");
	for (size_t i = 0; i < lengthof(rollups); i++)
		if (!realty_trigger_is_nested() &&
			realty_row_differs(old_row, new_row, rollups[i]))
			realty_violations_add(&violations, rollups[i],
								  "cannot be changed, it is added up");
	realty_violations_raise(&violations);
}

/* The total is the price and the changes: whichever is written, the other follows. */
static void
keep_total(const Row *old_row, Row *new_row)
{
	bool isnull;
	Datum price = realty_row_datum(new_row, "unit_price", NUMERICOID, &isnull);
	Datum changes = realty_row_datum(new_row, "changes_amount", NUMERICOID, &isnull);
	Datum total = realty_row_datum(new_row, "total_amount", NUMERICOID, &isnull);

	if (isnull || realty_row_is_null(new_row, "unit_price") ||
		realty_row_is_null(new_row, "changes_amount"))
		return; /* the validator's */
	if (realty_row_differs(old_row, new_row, "unit_price") ||
		realty_row_differs(old_row, new_row, "changes_amount"))
		realty_row_set(new_row, "total_amount", NUMERICOID,
					   DirectFunctionCall2(numeric_add, price, changes));
	else if (realty_row_differs(old_row, new_row, "total_amount"))
		realty_row_set(new_row, "unit_price", NUMERICOID,
					   DirectFunctionCall2(numeric_sub, total, changes));
}

/*
 * realty.expire_lapsed_hold(unit_id bigint) → void
 *
 * For what cannot expire it on the way, as a statement on the unit's own row.
 */
Datum
realty_expire_lapsed_hold(PG_FUNCTION_ARGS)
{
	OwnerSql sql;

	realty_owner_sql_begin(&sql);
	expire_lapsed_hold(PG_GETARG_DATUM(0));
	realty_owner_sql_end(&sql);
	PG_RETURN_VOID();
}

static bool
hold_has_lapsed(const Row *row)
{
	bool isnull;
	Datum until = realty_row_datum(row, "hold_expires_at", TIMESTAMPTZOID, &isnull);

	return !isnull && DatumGetTimestampTz(until) <= GetCurrentStatementStartTimestamp();
}

static void
check_hold(const Row *old_row, const char *to)
{
	bool lapsed = hold_has_lapsed(old_row);

	if (lapsed && strcmp(to, "confirmed") == 0)
		ereport(ERROR, (realty_errcode(REALTY_HOLD_EXPIRED),
						errmsg("the hold of this booking has expired"),
						errhint("Book the unit again.")));
	if (!lapsed && strcmp(to, "expired") == 0)
		ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
						errmsg("a booking expires only when its hold has lapsed")));
}

/* Is it paid in full, and is the unit built? */
static RealtyStatement what_is_missing = {
	.sql = "SELECT concat_ws('; ', CASE WHEN $2 > 0 THEN $2 || ' is owed' END, "
		   "CASE WHEN g.percent < 100 THEN 'progress is ' || g.percent || ' %' END) "
		   "FROM realty.units u JOIN realty.projects p ON p.id = u.project_id, "
		   "LATERAL (SELECT CASE WHEN u.progress_weight > 0 THEN u.progress_percent "
		   "ELSE p.progress_percent END AS percent) g WHERE u.id = $1",
	.nargs = 2,
	.types = {INT8OID, NUMERICOID},
};

static Datum
amount_owed(const Row *row)
{
	Datum total = realty_row_required(row, "total_amount", NUMERICOID);
	Datum discount = realty_row_required(row, "discount", NUMERICOID);
	Datum paid = realty_row_required(row, "paid_amount", NUMERICOID);

	return DirectFunctionCall2(numeric_sub,
							   DirectFunctionCall2(numeric_sub, total, discount), paid);
}

/* A unit with no phases of its own is as far as its project. */
static void
check_completion(const Row *row)
{
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "unit_id")), amount_owed(row)};
	char *missing = NULL;
	OwnerSql sql;

	realty_owner_sql_begin(&sql);
	realty_execute(&what_is_missing, values, NULL, false, 1);
	if (SPI_processed > 0)
		missing = realty_owner_sql_text(&sql, 1);
	realty_owner_sql_end(&sql);
	if (missing != NULL && missing[0] != '\0')
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("this booking is not ready to be completed"),
						errdetail("%s.", missing),
						errhint("Give override_reason to complete it all the same.")));
}

/* What waives a rule says why, each time. */
static void
check_handover(const TriggerData *data, const Row *row, const char *from, const char *to)
{
	bool gives_reason = realty_trigger_sets(data, "override_reason");
	bool has_reason = gives_reason && !realty_row_is_null(row, "override_reason");

	if (strcmp(to, "completed") == 0 && !has_reason)
		check_completion(row);
	if (strcmp(from, "completed") != 0 || strcmp(to, "confirmed") != 0 || has_reason)
		return;
	if (gives_reason)
		realty_violation_raise("override_reason", "is required");
	ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
					errmsg("reopening a completed booking needs a reason")));
}

static void
guard_status(const TriggerData *data, const Row *old_row, Row *new_row, const char *from,
			 const char *to)
{
	Transition transition = realty_transition_check("bookings", from, to);

	check_hold(old_row, to);
	check_handover(data, new_row, from, to);
	if (strcmp(from, "completed") == 0)
		realty_row_set_null(new_row, "completed_at");
	if (transition.stamp != NULL && realty_row_is_null(new_row, transition.stamp))
		realty_row_set(new_row, transition.stamp, TIMESTAMPTZOID,
					   TimestampTzGetDatum(GetCurrentStatementStartTimestamp()));
	if (strcmp(to, "confirmed") == 0)
		realty_row_set_null(new_row, "hold_expires_at");
	realty_row_set_null(new_row, "hold_seconds_left");
}

static void
check_extendable(const Row *old_row)
{
	if (realty_max_hold_extension == 0)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("holds cannot be extended on this site")));
	if (strcmp(realty_row_required_text(old_row, "status"), "pending") != 0 ||
		realty_row_is_null(old_row, "hold_expires_at"))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("this booking has no hold that expires")));
	if (hold_has_lapsed(old_row))
		ereport(ERROR, (realty_errcode(REALTY_HOLD_EXPIRED),
						errmsg("the hold of this booking has expired"),
						errhint("Book the unit again.")));
}

/* The builder waits longer, within bounds, and says why. */
static void
check_extension(const TriggerData *data, const Row *old_row, const Row *new_row)
{
	TimestampTz latest =
		GetCurrentStatementStartTimestamp() +
		(int64)realty_max_hold_extension * SECS_PER_MINUTE * USECS_PER_SEC;
	TimestampTz until;
	Violations violations;
	bool isnull;

	check_extendable(old_row);
	realty_violations_init(&violations);
	until = DatumGetTimestampTz(
		realty_row_datum(new_row, "hold_expires_at", TIMESTAMPTZOID, &isnull));
	if (isnull)
		realty_violations_add(&violations, "hold_expires_at", "is required");
	else if (until <= DatumGetTimestampTz(realty_row_datum(old_row, "hold_expires_at",
														   TIMESTAMPTZOID, &isnull)))
		realty_violations_add(&violations, "hold_expires_at",
							  "must be after the present end of the hold");
	else if (until > latest)
		realty_violations_add(
			&violations, "hold_expires_at",
			psprintf("must be at most %d %s from now", realty_max_hold_extension,
					 realty_max_hold_extension == 1 ? "minute" : "minutes"));
	if (!realty_trigger_sets(data, "override_reason") ||
		realty_row_is_null(new_row, "override_reason"))
		realty_violations_add(&violations, "override_reason", "is required");
	realty_violations_raise(&violations);
}

static void
guard_update(TriggerData *data, Row *new_row)
{
	Row old_row;
	char *from;
	char *to;

	realty_row_old(&old_row, data);
	check_immutable(&old_row, new_row);
	keep_total(&old_row, new_row);
	from = realty_row_required_text(&old_row, "status");
	to = realty_row_text(new_row, "status");
	if (to != NULL && strcmp(from, to) != 0)
		guard_status(data, &old_row, new_row, from, to);
	else if (realty_trigger_sets(data, "hold_expires_at") &&
			 !realty_trigger_is_nested() && !realty_is_privileged())
		check_extension(data, &old_row, new_row);
	else if (realty_row_differs(&old_row, new_row, "discount") &&
			 strcmp(from, "pending") != 0 && strcmp(from, "confirmed") != 0)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("the discount of a %s booking cannot change", from)));
	else if (realty_row_differs(&old_row, new_row, "cancellation_reason"))
		ereport(ERROR,
				(realty_errcode(REALTY_CONFLICT),
				 errmsg("the reason of a cancellation can only be given with it")));
}

static void
guard_delete(TriggerData *data, Row *row)
{
	ereport(ERROR,
			(realty_errcode(REALTY_STILL_REFERENCED),
			 errmsg("a booking cannot be deleted"),
			 errdetail("The unit's history, the audit log and the accounts refer to it."),
			 errhint("Cancel it instead.")));
}

/* Trigger BEFORE INSERT OR UPDATE OR DELETE, each row; the first of its table. */
Datum
realty_bookings_guard(PG_FUNCTION_ARGS)
{
	return realty_row_guard(fcinfo, "realty.bookings_guard", guard_insert, guard_update,
							guard_delete);
}
