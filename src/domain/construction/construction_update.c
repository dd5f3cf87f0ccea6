/*
 * construction_update.c
 *		Dated reports: drafted, published once, and then notified to the buyers.
 *
 * Publishing is setting published_at. It cannot be taken back or dated again, so
 * buyers are notified once and a report keeps the progress it was published with.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "domain/current_user.h"
#include "domain/location.h"
#include "domain/messaging/notification.h"
#include "domain/row.h"
#include "domain/validate.h"
#include "platform/statement_rows.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_updates_guard);
PG_FUNCTION_INFO_V1(realty_updates_notify);

/* A client whose clock is this much ahead still means now. */
#define CLOCK_TOLERANCE (5 * USECS_PER_MINUTE)

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"id", INT8OID},
	{"project_id", INT8OID},
	{"unit_id", INT8OID},
	{"title", TEXTOID},
	{"progress_percent", NUMERICOID},
	{"published_at", TIMESTAMPTZOID},
};

/* One for each buyer and report, however many units are booked. */
#define NOTIFY_BUYERS(published)                                                         \
	REALTY_NOTIFY_SQL(                                                                   \
		"SELECT DISTINCT 'update_published' AS kind, 'customer' AS audience, "           \
		"c.user_id, "                                                                    \
		"jsonb_build_object('project', p.name, 'title', n.title, "                       \
		"'percent', n.progress_percent) AS facts, "                                      \
		"jsonb_build_object('update_id', n.id, 'project_id', n.project_id, "             \
		"'unit_id', n.unit_id) AS data "                                                 \
		"FROM " published " JOIN realty.projects p ON p.id = n.project_id "              \
		"JOIN realty.bookings b ON b.project_id = n.project_id "                         \
		"JOIN realty.customers c ON c.id = b.customer_id "                               \
		"WHERE b.status IN ('pending', 'confirmed', 'completed') AND NOT ("              \
		"b.status = 'pending' AND coalesce(b.hold_expires_at <= "                        \
		"statement_timestamp(), false)) AND n.published_at IS NOT NULL")

static RealtyStatement notify_of_inserted = {
	.sql = NOTIFY_BUYERS("new_rows n"),
};

static RealtyStatement notify_of_updated = {
	.sql = NOTIFY_BUYERS("(SELECT * FROM changed_rows WHERE old_published_at IS NULL) n"),
};

/* The owner, when importing old reports, may date them as they were. */
static void
check_date(TriggerData *data, Row *row)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();
	TimestampTz at =
		DatumGetTimestampTz(realty_row_required(row, "published_at", TIMESTAMPTZOID));

	if (realty_is_privileged() || at <= now)
		return;
	if (at <= now + CLOCK_TOLERANCE)
	{
		realty_row_set(row, "published_at", TIMESTAMPTZOID, TimestampTzGetDatum(now));
		return;
	}
	realty_refuse_row(data, row, "published_at", "must not be in the future", NIL);
}

static void
publish(TriggerData *data, Row *row, const Location *location)
{
	check_date(data, row);
	if (realty_row_is_null(row, "progress_percent"))
		realty_row_set(row, "progress_percent", NUMERICOID, location->progress_percent);
}

static void
guard_insert(TriggerData *data, Row *row)
{
	Location location = realty_location_get(row);
	Caller caller = realty_caller();

	realty_location_check(data, row, &location);
	if (caller.user_id != 0)
		realty_row_set(row, "created_by", INT8OID, Int64GetDatum(caller.user_id));
	if (!realty_row_is_null(row, "published_at"))
		publish(data, row, &location);
}

static void
guard_update(TriggerData *data, Row *row)
{
	static const char *const fixed[] = {"project_id", "unit_id", "created_by", NULL};
	static const char *const published[] = {"published_at", "progress_percent", NULL};
	Row old_row;

	realty_row_old(&old_row, data);
	realty_row_refuse_changed(&old_row, row, fixed);
	if (!realty_row_is_null(&old_row, "published_at"))
		realty_row_refuse_changed(&old_row, row, published);
	else if (!realty_row_is_null(row, "published_at"))
	{
		Location location = realty_location_get(row);

		realty_location_check(data, row, &location);
		publish(data, row, &location);
	}
}

/* Trigger BEFORE INSERT OR UPDATE, each row; the first of its table. */
Datum
realty_updates_guard(PG_FUNCTION_ARGS)
{
	return realty_row_guard(fcinfo, "realty.updates_guard", guard_insert, guard_update,
							NULL);
}

/* Trigger AFTER INSERT, AFTER UPDATE, each statement. */
Datum
realty_updates_notify(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.updates_notify");

	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		realty_statement_rows_run(data, columns, lengthof(columns), &notify_of_inserted);
	else
		realty_statement_changes_run(data, columns, lengthof(columns),
									 &notify_of_updated);
	return PointerGetDatum(NULL);
}
