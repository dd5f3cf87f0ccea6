/*
 * setting.c
 *		Settings of the site: who wrote them.
 */
#include "postgres.h"

#include "executor/spi.h"

#include "domain/row.h"
#include "platform/plan.h"
#include "platform/scope.h"

PG_FUNCTION_INFO_V1(realty_settings_author);

static RealtyPlan whoever_writes = {
	.sql = "SELECT realty.user_id()",
};

/* Trigger BEFORE INSERT OR UPDATE, each row. */
Datum
realty_settings_author(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.settings_author");
	OwnerScope scope;
	Row row;
	Datum user_id;
	bool nobody;

	realty_row_new(&row, data);
	realty_owner_enter(&scope);
	SPI_connect();
	realty_plan_run(&whoever_writes, NULL, NULL, false, 1);
	user_id = realty_plan_value(1, &nobody);
	SPI_finish();
	realty_owner_leave(&scope);
	if (nobody)
		realty_row_set_null(&row, "updated_by");
	else
		realty_row_set(&row, "updated_by", user_id);
	return PointerGetDatum(realty_row_result(&row));
}
