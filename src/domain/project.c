/*
 * project.c
 *		What follows a change of projects: their builder's count, their units' listing.
 *
 * Statement triggers over transition tables. A builder's row is locked by that
 * builder's own projects only, so the stored count is no hot row.
 */
#include "postgres.h"

#include "executor/spi.h"

#include "domain/row.h"
#include "domain/unit.h"
#include "platform/faults.h"
#include "platform/plan.h"
#include "platform/scope.h"

PG_FUNCTION_INFO_V1(realty_projects_guard);
PG_FUNCTION_INFO_V1(realty_projects_effects);

static RealtyPlan count_inserted = {
	.sql = "UPDATE realty.builders b SET total_projects = b.total_projects + n.count "
		   "FROM (SELECT builder_id, count(*)::integer AS count FROM new_rows "
		   "GROUP BY builder_id) n WHERE b.id = n.builder_id",
};

static RealtyPlan count_deleted = {
	.sql = "UPDATE realty.builders b SET total_projects = b.total_projects - o.count "
		   "FROM (SELECT builder_id, count(*)::integer AS count FROM old_rows "
		   "GROUP BY builder_id) o WHERE b.id = o.builder_id",
};

static RealtyPlan drop_ledger = {
	.sql = "DELETE FROM realty.inventory i USING old_rows o WHERE i.project_id = o.id",
};

static RealtyPlan relist_units = {
	.sql = "UPDATE realty.units u SET is_listed = (n.status <> 'planning') "
		   "FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE u.project_id = n.id "
		   "AND (n.status = 'planning') <> (o.status = 'planning')",
};

/*
 * Trigger BEFORE UPDATE, each row, when builder_id changes. Units, bookings and
 * appointments carry a copy of it; a project that is sold on is a matter between two
 * companies with papers of its own, not an UPDATE.
 */
Datum
realty_projects_guard(PG_FUNCTION_ARGS)
{
	Faults faults;

	realty_trigger(fcinfo, "realty.projects_guard");
	realty_faults_init(&faults);
	realty_faults_add(&faults, "builder_id", "cannot be changed");
	realty_faults_raise(&faults);
	return PointerGetDatum(NULL);
}

/* Trigger AFTER INSERT, AFTER UPDATE, AFTER DELETE, each statement. */
Datum
realty_projects_effects(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.projects_effects");
	OwnerScope scope;

	realty_units_forget_project();
	realty_owner_enter(&scope);
	SPI_connect();
	SPI_register_trigger_data(data);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		realty_plan_run(&count_inserted, NULL, NULL, false, 0);
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
	{
		realty_plan_run(&count_deleted, NULL, NULL, false, 0);
		realty_plan_run(&drop_ledger, NULL, NULL, false, 0);
	}
	else
		realty_plan_run_latest(&relist_units, NULL, NULL, 0);
	SPI_finish();
	realty_owner_leave(&scope);
	return PointerGetDatum(NULL);
}
