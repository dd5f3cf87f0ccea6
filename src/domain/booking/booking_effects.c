/*
 * booking_effects.c
 *		What follows a booking: the unit's status, the notifications, the money.
 *
 * Runs after the row is written, as the owner, in the same statement: a booking
 * without its unit marked, or the other way round, can never be seen. Nothing
 * here locks a row that bookings of other units touch.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "domain/messaging/notification.h"
#include "domain/payment/payment.h"
#include "domain/row.h"
#include "domain/transition.h"
#include "platform/owner_sql.h"
#include "platform/stats.h"

PG_FUNCTION_INFO_V1(realty_bookings_effects);
PG_FUNCTION_INFO_V1(realty_bookings_hold_effects);

static RealtyStatement mark_unit = {
	.sql = "UPDATE realty.units SET status = $2, held_until = $3 "
		   "WHERE id = $1 AND (status, held_until) IS DISTINCT FROM ($2, $3)",
	.nargs = 3,
	.types = {INT8OID, TEXTOID, TIMESTAMPTZOID},
};

static RealtyStatement notify_parties = {
	.sql = REALTY_NOTIFY_SQL(
		"SELECT $2 AS kind, a.audience, a.user_id, " REALTY_BOOKING_FACTS
		" || jsonb_build_object('until', to_char(b.hold_expires_at AT TIME ZONE "
		"d.time_zone, 'FMDay, FMDD FMMonth YYYY, HH24:MI') || ' (' || d.time_zone || "
		"')', 'reason', b.override_reason) AS facts, " REALTY_BOOKING_DATA " AS data "
		"FROM realty.booking_parties f JOIN realty.bookings b ON b.id = f.booking_id "
		"JOIN realty.builders d ON d.id = b.builder_id, "
		"LATERAL " REALTY_BOOKING_AUDIENCE " WHERE f.booking_id = $1"),
	.nargs = 2,
	.types = {INT8OID, TEXTOID},
};

static void
set_unit_status(const Row *row, const char *status)
{
	Datum values[3] = {Int64GetDatum(realty_row_bigint(row, "unit_id")),
					   CStringGetTextDatum(status), (Datum)0};
	char nulls[] = "  n";
	bool isnull;

	if (strcmp(status, "held") == 0)
	{
		values[2] = realty_row_datum(row, "hold_expires_at", TIMESTAMPTZOID, &isnull);
		nulls[2] = isnull ? 'n' : ' ';
	}
	realty_execute(&mark_unit, values, nulls, false, 0);
}

static void
notify(const Row *row, const char *kind)
{
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "id")),
					  CStringGetTextDatum(kind)};

	realty_execute(&notify_parties, values, NULL, false, 0);
}

static void
count_booking(const TriggerData *data, const Row *row)
{
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		realty_stats_count_at_commit(REALTY_BOOKINGS);
	else if (strcmp(realty_row_required_text(row, "status"), "expired") == 0)
		realty_stats_count_at_commit(REALTY_HOLDS_EXPIRED);
}

/* Trigger AFTER INSERT, and AFTER UPDATE when status changes; each row. */
Datum
realty_bookings_effects(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.bookings_effects");
	Transition next = {.notify = "booking_created"};
	OwnerSql sql;
	Row row;

	realty_row_new(&row, data);
	count_booking(data, &row);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		next.unit_status =
			realty_row_is_null(&row, "hold_expires_at") ? "booked" : "held";
	else
	{
		Row old_row;

		realty_row_old(&old_row, data);
		next = realty_transition_get("bookings",
									 realty_row_required_text(&old_row, "status"),
									 realty_row_required_text(&row, "status"));
	}
	realty_owner_sql_begin(&sql);
	if (next.unit_status != NULL)
		set_unit_status(&row, next.unit_status);
	if (next.notify != NULL)
		notify(&row, next.notify);
	if (next.unit_status != NULL && strcmp(next.unit_status, "available") == 0)
		realty_payments_close(realty_row_bigint(&row, "id"));
	realty_owner_sql_end(&sql);
	return PointerGetDatum(NULL);
}

/*
 * Trigger AFTER UPDATE OF hold_expires_at, each row, when it changes and the status does
 * not: money came in and keeps the unit, it was rejected, or the builder waits longer.
 */
Datum
realty_bookings_hold_effects(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.bookings_hold_effects");
	OwnerSql sql;
	Row old_row;
	Row row;

	realty_row_old(&old_row, data);
	realty_row_new(&row, data);
	if (strcmp(realty_row_required_text(&row, "status"), "pending") != 0)
		return PointerGetDatum(NULL);
	realty_owner_sql_begin(&sql);
	set_unit_status(&row,
					realty_row_is_null(&row, "hold_expires_at") ? "booked" : "held");
	if (!realty_row_is_null(&row, "hold_expires_at") &&
		!realty_row_is_null(&old_row, "hold_expires_at"))
		notify(&row, "booking_extended");
	realty_owner_sql_end(&sql);
	return PointerGetDatum(NULL);
}
