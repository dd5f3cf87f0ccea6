/*
 * availability.c
 *		When a builder is busy, without saying with which customer.
 *
 * Slots are public, appointments are not: only the times leave this function.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"

#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_busy_hours);

static RealtyStatement busy_hours = {
	.sql = "SELECT coalesce(range_agg(a.period), '{}') FROM realty.appointments a "
		   "WHERE int8range(a.builder_id, a.builder_id, '[]') && int8range($1, $1, '[]') "
		   "AND a.period && range_merge($2) "
		   "AND a.status IN ('requested', 'confirmed')",
	.nargs = 2,
	.types = {INT8OID, TSTZMULTIRANGEOID},
};

/* realty.busy_hours(builder_id bigint, during tstzmultirange) → tstzmultirange */
Datum
realty_busy_hours(PG_FUNCTION_ARGS)
{
	Datum values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	OwnerSql sql;
	Datum hours;

	realty_owner_sql_begin(&sql);
	realty_execute(&busy_hours, values, NULL, true, 1);
	hours = SPI_datumTransfer(realty_result_required(1, TSTZMULTIRANGEOID), false, -1);
	realty_owner_sql_end(&sql);
	PG_RETURN_DATUM(hours);
}
