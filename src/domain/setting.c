/*
 * setting.c
 *		Settings of the site: who wrote them.
 */
#include "postgres.h"

#include "domain/caller.h"
#include "domain/row.h"

PG_FUNCTION_INFO_V1(realty_settings_author);

/* Trigger BEFORE INSERT OR UPDATE, each row. */
Datum
realty_settings_author(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.settings_author");
	Caller caller = realty_caller();
	Row row;

	realty_row_new(&row, data);
	if (caller.user_id == 0)
		realty_row_set_null(&row, "updated_by");
	else
		realty_row_set(&row, "updated_by", Int64GetDatum(caller.user_id));
	return PointerGetDatum(realty_row_result(&row));
}
