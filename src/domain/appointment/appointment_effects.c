/*
 * appointment_effects.c
 *		What follows an appointment: its parties are notified, but for the one that acted.
 *
 * A cancelled or requested one may be deleted by its customer; the builder is
 * notified as of a cancellation, before the row is gone. The row is what ties the
 * customer to the builder's notifications, so an erasure of the account could not
 * find them any more: the name is removed from them now.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "domain/appointment/appointment.h"
#include "domain/messaging/notification.h"
#include "domain/row.h"
#include "domain/transition.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_appointments_effects);

/* Times are shown by the builder's clock. */
static RealtyStatement notify_others = {
	.sql = REALTY_NOTIFY_SQL(
		"SELECT $2 AS kind, x.audience, x.user_id, "
		"jsonb_build_object('project', p.name, "
		"'customer', CASE WHEN $3 THEN 'a customer' ELSE cu.full_name END, "
		"'builder', d.company_name, 'visit', replace(a.kind, '_', ' '), "
		"'time', to_char(a.starts_at AT TIME ZONE d.time_zone, "
		"'FMDay, FMDD FMMonth YYYY, HH24:MI') || ' (' || d.time_zone || ')', "
		"'reason', coalesce(' Reason: ' || nullif(btrim(a.cancellation_reason), ''), '') "
		") AS facts, "
		"jsonb_build_object('appointment_id', a.id, 'project_id', a.project_id, "
		"'unit_id', a.unit_id, 'starts_at', a.starts_at) AS data "
		"FROM realty.appointments a "
		"JOIN realty.projects p ON p.id = a.project_id "
		"JOIN realty.builders d ON d.id = a.builder_id "
		"JOIN realty.customers c ON c.id = a.customer_id "
		"JOIN realty.users cu ON cu.id = c.user_id, "
		"LATERAL (VALUES ('customer', c.user_id), ('builder', d.user_id)) "
		"x (audience, user_id) "
		"WHERE a.id = $1 AND x.user_id IS DISTINCT FROM realty.user_id()"),
	.nargs = 3,
	.types = {INT8OID, TEXTOID, BOOLOID},
};

/* As an erasure does: what kind it was and what it refers to stay. */
static RealtyStatement forget_notifications = {
	.sql = "UPDATE realty.notifications n SET "
		   "title = initcap(left(n.kind, 1)) || replace(substr(n.kind, 2), '_', ' '), "
		   "body = NULL, extra = '{}' "
		   "FROM realty.appointments a JOIN realty.builders d ON d.id = a.builder_id "
		   "WHERE a.id = $1 AND n.user_id = d.user_id AND n.created_at >= a.created_at "
		   "AND n.data ->> 'appointment_id' = $1::text",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement forget_answers = {
	.sql = "UPDATE realty.idempotency_keys k SET headers = '{}', "
		   "body = '{\"success\":true,\"data\":{}}' WHERE k.user_id IN ("
		   "SELECT d.user_id FROM realty.appointments a "
		   "JOIN realty.builders d ON d.id = a.builder_id WHERE a.id = $1 "
		   "UNION ALL SELECT u.id FROM realty.users u WHERE u.user_type = 'admin') "
		   "AND k.body ~ concat('\"appointment\": ?{\"id\": ?', $1, '\\D')",
	.nargs = 1,
	.types = {INT8OID},
};

static void
forget(const Row *row)
{
	Datum id = Int64GetDatum(realty_row_bigint(row, "id"));
	OwnerSql sql;

	realty_owner_sql_begin(&sql);
	realty_execute(&forget_notifications, &id, NULL, false, 0);
	realty_execute(&forget_answers, &id, NULL, false, 0);
	realty_owner_sql_end(&sql);
}

static void
notify(const Row *row, const char *kind, bool nameless)
{
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "id")),
					  CStringGetTextDatum(kind), BoolGetDatum(nameless)};

	realty_owner_execute(&notify_others, values, NULL);
}

static const char *
kind_of_update(TriggerData *data, const Row *row)
{
	Row old_row;

	realty_row_old(&old_row, data);
	if (realty_appointment_moved(&old_row, row))
		return "appointment_moved";
	if (!realty_row_differs(&old_row, row, "status"))
		return NULL;
	return realty_transition_get("appointments",
								 realty_row_required_text(&old_row, "status"),
								 realty_row_required_text(row, "status"))
		.notify;
}

/* What is recorded afterwards notifies no party. */
static const char *
kind_of_event(TriggerData *data, const Row *row)
{
	char *status = realty_row_required_text(row, "status");

	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		return kind_of_update(data, row);
	if (strcmp(status, "requested") == 0)
		return TRIGGER_FIRED_BY_INSERT(data->tg_event) ? "appointment_requested"
													   : "appointment_cancelled";
	if (strcmp(status, "confirmed") == 0)
		return TRIGGER_FIRED_BY_INSERT(data->tg_event) ? "appointment_confirmed"
													   : "appointment_cancelled";
	return NULL;
}

/* Trigger AFTER INSERT OR UPDATE, and BEFORE DELETE; each row. */
Datum
realty_appointments_effects(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.appointments_effects");
	const char *kind;
	Row row;

	realty_row_new(&row, data);
	kind = kind_of_event(data, &row);
	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		forget(&row);
	if (kind != NULL)
		notify(&row, kind, TRIGGER_FIRED_BY_DELETE(data->tg_event));
	return PointerGetDatum(row.tuple);
}
