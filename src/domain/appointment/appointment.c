/*
 * appointment.c
 *		The guard of appointments: when one may be made, and how it may change.
 *
 * The builder is the project's, whatever the client says. New times lie in the
 * future and within the hours in which the builder receives visitors; the owner,
 * when recording what has been, is bound by neither. Active appointments of one
 * builder, and of one customer, do not overlap: the exclusion constraints ensure
 * that. The check before them only makes the answer readable.
 *
 * Locks, always in this order: the appointment itself, the two accounts (erased.c),
 * its builder, its customer. A new time is checked under the locks of both, so the
 * loser of a race waits, sees the time taken and gets PT409. Besides, only a new
 * booking waits for its customer: foreign keys to these rows take a weaker lock.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "domain/account/erased.h"
#include "domain/appointment/appointment.h"
#include "domain/current_user.h"
#include "domain/reader.h"
#include "domain/row.h"
#include "domain/transition.h"
#include "domain/validate.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_appointments_guard);

static int max_requested_appointments = 3;

/* What the rows say that an appointment names: what its writer can see of them. */
typedef struct AppointmentParties
{
	int64 builder_id; /* 0: there is no such project, or none to know of */
	bool knows_unit;
	bool knows_customer;
	bool builder_sells;
	char *closed_as; /* the status of a project that is not open to visitors */
} AppointmentParties;

static RealtyStatement find_parties = {
	.sql = "SELECT p.builder_id, p.is_listed, $2 IS NULL OR u.id IS NOT NULL, "
		   "$2 IS NULL OR coalesce(u.is_listed AND u.status <> 'blocked', false), "
		   "EXISTS (SELECT FROM realty.customers c WHERE c.id = $3), "
		   "p.builder_sells, CASE WHEN p.builder_sells AND NOT p.is_listed THEN p.status "
		   "END FROM realty.projects p "
		   "LEFT JOIN realty.units u ON u.id = $2 AND u.project_id = p.id "
		   "WHERE p.id = $1",
	.nargs = 3,
	.types = {INT8OID, INT8OID, INT8OID},
};

static RealtyStatement is_received = {
	.sql = "SELECT realty.open_hours(b.id, (t.starts_at AT TIME ZONE b.time_zone)::date, "
		   "(t.ends_at AT TIME ZONE b.time_zone)::date) "
		   "@> tstzrange(t.starts_at, t.ends_at) "
		   "FROM realty.builders b, (SELECT $2 AS starts_at, $3 AS ends_at) t "
		   "WHERE b.id = $1",
	.nargs = 3,
	.types = {INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID},
};

static RealtyStatement lock_builder = {
	.sql = "SELECT 1 FROM realty.builders WHERE id = $1 FOR NO KEY UPDATE",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement lock_customer = {
	.sql = "SELECT 1 FROM realty.customers WHERE id = $1 FOR NO KEY UPDATE",
	.nargs = 1,
	.types = {INT8OID},
};

/* Written as the exclusion constraints are, whose indexes answer it. */
static RealtyStatement find_overlap = {
	.sql = "SELECT EXISTS (SELECT FROM realty.appointments a "
		   "WHERE int8range(a.builder_id, a.builder_id, '[]') && int8range($2, $2, '[]') "
		   "AND a.period && tstzrange($4, $5) AND a.status IN ('requested', 'confirmed') "
		   "AND a.id IS DISTINCT FROM $1), "
		   "EXISTS (SELECT FROM realty.appointments a "
		   "WHERE int8range(a.customer_id, a.customer_id, '[]') "
		   "&& int8range($3, $3, '[]') "
		   "AND a.period && tstzrange($4, $5) AND a.status IN ('requested', 'confirmed') "
		   "AND a.id IS DISTINCT FROM $1)",
	.nargs = 5,
	.types = {INT8OID, INT8OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID},
};

/* One whose time has passed without an answer no longer counts. */
static RealtyStatement count_requested = {
	.sql = "SELECT count(*) FROM realty.appointments WHERE customer_id = $1 "
		   "AND status = 'requested' AND ends_at > statement_timestamp()",
	.nargs = 1,
	.types = {INT8OID},
};

void
realty_appointment_init(void)
{
	DefineCustomIntVariable(
		"realty.max_requested_appointments_per_customer",
		"How many requested appointments one customer may have at a time.",
		"0 sets no limit. Those that the builder has confirmed do not count.",
		&max_requested_appointments, 3, 0, 10000, PGC_SUSET, 0, NULL, NULL, NULL);
}

static AppointmentParties
get_parties(const Row *row, bool knows_all)
{
	bool sees_all = knows_all || realty_is_privileged();
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "project_id")),
					  Int64GetDatum(realty_row_bigint(row, "unit_id")),
					  Int64GetDatum(realty_row_bigint(row, "customer_id"))};
	char nulls[] = "   ";
	AppointmentParties parties = {
		.knows_unit = true, .knows_customer = true, .builder_sells = true};
	bool is_listed = false;
	bool shows_unit = true;
	OwnerSql sql;

	nulls[1] = realty_row_is_null(row, "unit_id") ? 'n' : ' ';
	realty_owner_sql_begin(&sql);
	realty_execute(&find_parties, values, nulls, false, 1);
	if (SPI_processed > 0)
	{
		parties.builder_id = DatumGetInt64(realty_result_required(1, INT8OID));
		is_listed = DatumGetBool(realty_result_required(2, BOOLOID));
		parties.knows_unit = DatumGetBool(realty_result_required(3, BOOLOID));
		shows_unit = DatumGetBool(realty_result_required(4, BOOLOID));
		parties.knows_customer = DatumGetBool(realty_result_required(5, BOOLOID));
		parties.builder_sells = DatumGetBool(realty_result_required(6, BOOLOID));
		parties.closed_as = realty_owner_sql_text_or_null(&sql, 7);
		if (parties.knows_unit && !shows_unit && !sees_all)
			parties.knows_unit = realty_reader_sees_unit(DatumGetInt64(values[1]));
		if (!is_listed && !sees_all &&
			!realty_reader_sees_project(DatumGetInt64(values[0])))
			parties = (AppointmentParties){
				.knows_unit = true, .knows_customer = true, .builder_sells = true};
	}
	realty_owner_sql_end(&sql);
	return parties;
}

static bool
get_time(const Row *row, const char *column, TimestampTz *time)
{
	bool isnull;
	Datum value = realty_row_datum(row, column, TIMESTAMPTZOID, &isnull);

	*time = isnull ? 0 : DatumGetTimestampTz(value);
	return !isnull && !TIMESTAMP_NOT_FINITE(*time);
}

static bool
builder_receives(int64 builder_id, TimestampTz starts_at, TimestampTz ends_at)
{
	Datum values[] = {Int64GetDatum(builder_id), TimestampTzGetDatum(starts_at),
					  TimestampTzGetDatum(ends_at)};

	return realty_owner_ask(&is_received, values);
}

/* What is wrong with a new time; one that breaks a CHECK is left to the validator. */
static void
check_time(const Row *row, int64 builder_id, Violations *violations)
{
	TimestampTz starts_at;
	TimestampTz ends_at;

	if (realty_is_privileged() || !get_time(row, "starts_at", &starts_at))
		return;
	if (starts_at <= GetCurrentStatementStartTimestamp())
		realty_violations_add(violations, "starts_at", "must be in the future");
	else if (builder_id != 0 && get_time(row, "ends_at", &ends_at) &&
			 ends_at > starts_at && starts_at <= REALTY_APPOINTMENT_LATEST &&
			 ends_at - starts_at <= REALTY_APPOINTMENT_LONGEST &&
			 !builder_receives(builder_id, starts_at, ends_at))
		realty_violations_add(
			violations, "starts_at",
			"is outside the hours in which the builder receives visitors");
}

static void
refuse_inactive_builder(void)
{
	ereport(ERROR, (realty_errcode(REALTY_BUILDER_INACTIVE),
					errmsg("the builder receives no visitors at present"),
					errhint("Choose a project of another builder.")));
}

/* Under the locks of both accounts: an erasure of either cancels this visit, or is done.
 */
static void
check_accounts(const Row *row, int64 builder_id)
{
	OwnerSql sql;
	bool no_customer;
	bool no_builder;

	realty_owner_sql_begin(&sql);
	no_customer = realty_customer_is_erased(realty_row_bigint(row, "customer_id"));
	no_builder = realty_builder_is_erased(builder_id);
	realty_owner_sql_end(&sql);
	if (no_customer)
		realty_violation_raise("customer_id", "names no customer");
	if (no_builder)
		refuse_inactive_builder();
}

static void
check_overlap(const Row *row, int64 builder_id)
{
	Datum values[] = {
		Int64GetDatum(realty_row_bigint(row, "id")), Int64GetDatum(builder_id),
		Int64GetDatum(realty_row_bigint(row, "customer_id")), (Datum)0, (Datum)0};
	OwnerSql sql;
	bool builder_is_busy;
	bool customer_is_busy;

	values[3] = realty_row_required(row, "starts_at", TIMESTAMPTZOID);
	values[4] = realty_row_required(row, "ends_at", TIMESTAMPTZOID);
	realty_owner_sql_begin(&sql);
	realty_execute(&lock_builder, &values[1], NULL, false, 1);
	realty_execute(&lock_customer, &values[2], NULL, false, 1);
	realty_execute(&find_overlap, values, NULL, false, 1);
	builder_is_busy = DatumGetBool(realty_result_required(1, BOOLOID));
	customer_is_busy = DatumGetBool(realty_result_required(2, BOOLOID));
	realty_owner_sql_end(&sql);
	if (builder_is_busy || customer_is_busy)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("the %s has another appointment at that time",
							   builder_is_busy ? "builder" : "customer"),
						errhint("Choose another time; the free ones are offered as "
								"slots.")));
}

/* Under the customer's lock, which check_overlap has taken. */
static void
check_requested_limit(Datum customer_id)
{
	OwnerSql sql;
	int64 requested;

	if (max_requested_appointments == 0)
		return;
	realty_owner_sql_begin(&sql);
	realty_execute_latest(&count_requested, &customer_id, NULL, 1);
	requested = DatumGetInt64(realty_result_required(1, INT8OID));
	realty_owner_sql_end(&sql);
	if (requested >= max_requested_appointments)
		ereport(ERROR, (realty_errcode(REALTY_TOO_MANY_APPOINTMENTS),
						errmsg_plural("this customer has requested " INT64_FORMAT
									  " appointment that is not confirmed yet",
									  "this customer has requested " INT64_FORMAT
									  " appointments that are not confirmed yet",
									  (unsigned long)requested, requested),
						errdetail("At most %d may be open at a time.",
								  max_requested_appointments),
						errhint("Wait for the builder's answer, or cancel one.")));
}

static bool
is_active(const char *status)
{
	return status != NULL &&
		   (strcmp(status, "requested") == 0 || strcmp(status, "confirmed") == 0);
}

/* The violations found, and those of every other column, raised together. */
static void
raise_all(TriggerData *data, const Row *row, Violations *violations)
{
	realty_validate_tuple(data->tg_relation, row->tuple, list_make1("builder_id"), false,
						  violations);
	realty_violations_raise(violations);
}

/* The owner records what has been, also of a project that is closed by now. */
static void
check_is_open(const AppointmentParties *parties)
{
	if (realty_is_privileged())
		return;
	if (!parties->builder_sells)
		refuse_inactive_builder();
	if (parties->closed_as != NULL)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("this project is not open to visitors"),
						errdetail("It is in status %s.", parties->closed_as)));
}

static void
guard_insert(TriggerData *data, Row *row)
{
	AppointmentParties parties = get_parties(row, false);
	char *status = realty_row_text(row, "status");
	Violations violations;

	realty_violations_init(&violations);
	if (parties.builder_id == 0 && !realty_row_is_null(row, "project_id"))
		realty_violations_add(&violations, "project_id", "names no project");
	if (!parties.knows_unit)
		realty_violations_add(&violations, "unit_id", "names no unit of the project");
	if (!parties.knows_customer && !realty_row_is_null(row, "customer_id"))
		realty_violations_add(&violations, "customer_id", "names no customer");
	check_time(row, parties.builder_id, &violations);
	raise_all(data, row, &violations);
	check_is_open(&parties);
	if (is_active(status))
	{
		check_accounts(row, parties.builder_id);
		check_overlap(row, parties.builder_id);
	}
	if (status != NULL && strcmp(status, "requested") == 0)
		check_requested_limit(Int64GetDatum(realty_row_bigint(row, "customer_id")));
	realty_row_set(row, "builder_id", INT8OID, Int64GetDatum(parties.builder_id));
}

/*
 * The builder agreed to another time: a customer's move makes a new request of it,
 * which the project must still be open for. So does that of a request without an
 * answer in its time.
 */
static void
guard_move(TriggerData *data, const Row *old_row, const char *status, Row *row)
{
	TimestampTz ends_at;
	Violations violations;

	if (!is_active(status))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("an appointment that is %s cannot be moved", status),
						errhint("Make a new one.")));
	realty_violations_init(&violations);
	check_time(row, realty_row_bigint(row, "builder_id"), &violations);
	raise_all(data, row, &violations);
	if (realty_caller().is_customer)
	{
		/* a party to the visit knows of its project */
		AppointmentParties parties = get_parties(row, true);

		check_is_open(&parties);
	}
	check_accounts(row, realty_row_bigint(row, "builder_id"));
	check_overlap(row, realty_row_bigint(row, "builder_id"));
	if (!realty_caller().is_customer)
		return;
	if (strcmp(status, "confirmed") == 0)
		realty_row_set(row, "status", TEXTOID, CStringGetTextDatum("requested"));
	else if (get_time(old_row, "ends_at", &ends_at) &&
			 ends_at > GetCurrentStatementStartTimestamp())
		return; /* is counted already */
	check_requested_limit(Int64GetDatum(realty_row_bigint(row, "customer_id")));
}

bool
realty_appointment_moved(const Row *old_row, const Row *new_row)
{
	return realty_row_differs(old_row, new_row, "starts_at") ||
		   realty_row_differs(old_row, new_row, "ends_at");
}

static void
check_immutable(const Row *old_row, const Row *new_row)
{
	static const char *const fixed[] = {"customer_id", "builder_id", "project_id",
										"unit_id", NULL};
	Violations violations;

	realty_violations_init(&violations);
	realty_row_find_changed(old_row, new_row, fixed, &violations);
	if (realty_row_differs(old_row, new_row, "status") &&
		realty_appointment_moved(old_row, new_row))
		realty_violations_add(&violations, "status", "cannot change in a move");
	realty_violations_raise(&violations);
}

/* What has not begun was neither held nor missed. */
static void
check_begun(const Row *row, const char *to)
{
	TimestampTz starts_at;

	if ((strcmp(to, "completed") != 0 && strcmp(to, "no_show") != 0) ||
		!get_time(row, "starts_at", &starts_at) ||
		starts_at <= GetCurrentStatementStartTimestamp())
		return;
	ereport(ERROR,
			(realty_errcode(REALTY_CONFLICT), errmsg("the appointment has not begun"),
			 errhint("Record it once it has, or cancel it.")));
}

/* A time that has passed is not confirmed; the owner records that it was. */
static void
check_not_over(const Row *row, const char *to)
{
	TimestampTz ends_at;

	if (strcmp(to, "confirmed") != 0 || realty_is_privileged() ||
		!get_time(row, "ends_at", &ends_at) ||
		ends_at > GetCurrentStatementStartTimestamp())
		return;
	ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
					errmsg("the time of the appointment has passed"),
					errhint("Move it to another time, or cancel it.")));
}

static void
guard_update(TriggerData *data, Row *new_row)
{
	Row old_row;
	char *from;
	char *to;

	realty_row_old(&old_row, data);
	check_immutable(&old_row, new_row);
	from = realty_row_required_text(&old_row, "status");
	to = realty_row_text(new_row, "status");
	if (to != NULL && strcmp(from, to) != 0)
	{
		realty_transition_check("appointments", from, to);
		check_begun(&old_row, to);
		check_not_over(&old_row, to);
	}
	else if (realty_row_differs(&old_row, new_row, "cancellation_reason"))
		ereport(ERROR,
				(realty_errcode(REALTY_CONFLICT),
				 errmsg("the reason of a cancellation can only be given with it")));
	if (realty_appointment_moved(&old_row, new_row))
		guard_move(data, &old_row, from, new_row);
}

/* Trigger BEFORE INSERT OR UPDATE, each row; the first of its table. */
Datum
realty_appointments_guard(PG_FUNCTION_ARGS)
{
	return realty_row_guard(fcinfo, "realty.appointments_guard", guard_insert,
							guard_update, NULL);
}
