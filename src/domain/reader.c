/*
 * reader.c
 *		What a reader sees that the row itself does not say: for policies and views.
 *
 * A customer goes on seeing what is booked for them when it has left the market. As a
 * sub-select of the policy that costs every list of every customer a part of a plan; here
 * it costs those without bookings a look at an index, and those without an account
 * nothing.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"

#include "domain/current_user.h"
#include "domain/reader.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_booked_projects);
PG_FUNCTION_INFO_V1(realty_sees_blocked);

static RealtyStatement booked_projects = {
	.sql = "SELECT array_agg(project_id) FROM realty.bookings "
		   "WHERE customer_id = $1 AND status IN ('pending', 'confirmed', 'completed')",
	.nargs = 1,
	.types = {INT8OID}};

static RealtyStatement has_booked_in_project = {
	.sql = "SELECT 1 FROM realty.bookings WHERE project_id = $1 AND customer_id = $2 "
		   "AND status IN ('pending', 'confirmed', 'completed')",
	.nargs = 2,
	.types = {INT8OID, INT8OID}};

static RealtyStatement has_booked_unit = {
	.sql = "SELECT 1 FROM realty.bookings WHERE unit_id = $1 AND customer_id = $2 "
		   "AND status IN ('pending', 'confirmed', 'completed')",
	.nargs = 2,
	.types = {INT8OID, INT8OID}};

static bool
reader_sees(RealtyStatement *has_booked, int64 id)
{
	Caller caller = realty_caller();
	Datum values[] = {Int64GetDatum(id), Int64GetDatum(caller.profile_id)};

	if (caller.is_admin || !caller.is_customer)
		return caller.is_admin;
	realty_execute(has_booked, values, NULL, false, 1);
	return SPI_processed > 0;
}

bool
realty_reader_sees_project(int64 project_id)
{
	return reader_sees(&has_booked_in_project, project_id);
}

bool
realty_reader_sees_unit(int64 unit_id)
{
	return reader_sees(&has_booked_unit, unit_id);
}

/* The array that the statement finds for this customer, in the caller's memory. */
static Datum
ids_of(RealtyStatement *statement, int64 customer)
{
	Datum value = Int64GetDatum(customer);
	OwnerSql sql;
	bool isnull;
	Datum ids;

	realty_owner_sql_begin(&sql);
	(void)realty_execute(statement, &value, NULL, true, 1);
	ids = realty_result(1, INT8ARRAYOID, &isnull);
	MemoryContextSwitchTo(sql.caller);
	ids = isnull ? PointerGetDatum(construct_empty_array(INT8OID))
				 : PointerGetDatum(DatumGetArrayTypePCopy(ids));
	realty_owner_sql_end(&sql);
	return ids;
}

/* realty.booked_projects() → bigint[]: projects in which the caller has a booking that
 * stands. */
Datum
realty_booked_projects(PG_FUNCTION_ARGS)
{
	Caller caller = realty_caller();

	if (!caller.is_customer || caller.profile_id == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
	PG_RETURN_DATUM(ids_of(&booked_projects, caller.profile_id));
}

/*
 * realty.sees_blocked(builder_id) → boolean: does the caller see this builder's blocked
 * units? An administrator and the builder do; without identity, a role that row
 * security does not apply to.
 */
Datum
realty_sees_blocked(PG_FUNCTION_ARGS)
{
	Caller caller = realty_caller();

	if (caller.user_id != 0)
		PG_RETURN_BOOL(caller.is_admin ||
					   (caller.is_builder && caller.profile_id == PG_GETARG_INT64(0)));
	PG_RETURN_BOOL(
		check_enable_rls(get_relname_relid("units", get_namespace_oid("realty", false)),
						 InvalidOid, true) != RLS_ENABLED);
}
