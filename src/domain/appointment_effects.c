/*
 * appointment_effects.c
 *		What follows an appointment: those concerned are told, but for the one who did it.
 *
 * A cancelled or requested one may be deleted by its customer; the builder hears
 * of it as of a cancellation, before the row is gone.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "domain/appointment.h"
#include "domain/notify.h"
#include "domain/row.h"
#include "domain/transition.h"
#include "platform/plan.h"
#include "platform/scope.h"

PG_FUNCTION_INFO_V1(realty_appointments_effects);

/* Times are told as the builder's clock shows them. */
static RealtyPlan notify_others = {
	.sql = REALTY_NOTIFY_SQL(
		"SELECT $2 AS kind, x.audience, x.user_id, "
		"jsonb_build_object('project', p.name, 'customer', cu.full_name, "
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
	.nargs = 2,
	.types = {INT8OID, TEXTOID},
};

static void
notify(const Row *row, const char *kind)
{
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "id")),
					  CStringGetTextDatum(kind)};
	OwnerScope scope;

	realty_owner_enter(&scope);
	SPI_connect();
	realty_plan_run(&notify_others, values, NULL, false, 0);
	SPI_finish();
	realty_owner_leave(&scope);
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

/* What is recorded after it has been is no news to anybody. */
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
	if (kind != NULL)
		notify(&row, kind);
	return PointerGetDatum(row.tuple);
}
