/*
 * location.c
 *		Where a phase, an update or a model belongs: a project, or one of its units.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "domain/location.h"
#include "domain/validate.h"
#include "platform/owner_sql.h"
#include "platform/violations.h"

static RealtyStatement find_location = {
	.sql = "SELECT (statement_timestamp() AT TIME ZONE b.time_zone)::date, "
		   "$2 IS NULL OR u.id IS NOT NULL, "
		   "coalesce(u.progress_percent, p.progress_percent) "
		   "FROM realty.projects p JOIN realty.builders b ON b.id = p.builder_id "
		   "LEFT JOIN realty.units u ON u.id = $2 AND u.project_id = p.id "
		   "WHERE p.id = $1",
	.nargs = 2,
	.types = {INT8OID, INT8OID},
};

Location
realty_location_get(const Row *row)
{
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "project_id")),
					  Int64GetDatum(realty_row_bigint(row, "unit_id"))};
	char nulls[] = "  ";
	Location location = {0};
	OwnerSql sql;

	nulls[1] = realty_row_is_null(row, "unit_id") ? 'n' : ' ';
	realty_owner_sql_begin(&sql);
	realty_execute(&find_location, values, nulls, false, 1);
	location.knows_project = SPI_processed > 0;
	if (location.knows_project)
	{
		location.today = realty_result_required(1, DATEOID);
		location.knows_unit = DatumGetBool(realty_result_required(2, BOOLOID));
		location.progress_percent =
			SPI_datumTransfer(realty_result_required(3, NUMERICOID), false, -1);
	}
	realty_owner_sql_end(&sql);
	return location;
}

void
realty_location_check(TriggerData *data, const Row *row, const Location *location)
{
	if (!location->knows_project)
		realty_refuse_reference(data, row, "project_id", "names no project",
								list_make1("project_id"));
	if (!location->knows_unit)
		realty_refuse_row(data, row, "unit_id", "names no unit of the project", NIL);
}
