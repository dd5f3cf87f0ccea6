/*
 * model.c
 *		3D models: each upload under one name is the next version of it.
 *
 * A new version retires the earlier ones; an earlier one comes back by being made
 * active again. The project's row is locked while the number is drawn, so two
 * uploads at once get two numbers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "domain/location.h"
#include "domain/row.h"
#include "platform/owner_sql.h"
#include "platform/statement_rows.h"

PG_FUNCTION_INFO_V1(realty_models_guard);
PG_FUNCTION_INFO_V1(realty_models_retire);

static RealtyStatement lock_project = {
	.sql = "SELECT 1 FROM realty.projects WHERE id = $1 FOR NO KEY UPDATE",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement next_version = {
	.sql = "SELECT coalesce(max(m.version), 0) + 1 FROM realty.models_3d m "
		   "WHERE m.project_id = $1 AND coalesce(m.unit_id, 0) = $2 "
		   "AND m.name_key = (SELECT realty.identity_key($3))",
	.nargs = 3,
	.types = {INT8OID, INT8OID, TEXTOID},
};

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"project_id", INT8OID}, {"unit_id", INT8OID},   {"name_key", TEXTOID},
	{"version", INT4OID},    {"is_active", BOOLOID},
};

static RealtyStatement retire_earlier = {
	.sql = "UPDATE realty.models_3d m SET is_active = false FROM new_rows n "
		   "WHERE n.is_active AND m.is_active AND m.project_id = n.project_id "
		   "AND coalesce(m.unit_id, 0) = coalesce(n.unit_id, 0) "
		   "AND m.name_key = n.name_key AND m.version < n.version",
};

/* A higher number that the owner gives stays: the versions of another system. */
static void
draw_version(Row *row)
{
	Datum values[] = {Int64GetDatum(realty_row_bigint(row, "project_id")),
					  Int64GetDatum(realty_row_bigint(row, "unit_id")), (Datum)0};
	char *name = realty_row_text(row, "name");
	OwnerSql sql;
	bool isnull;
	int32 given = DatumGetInt32(realty_row_datum(row, "version", INT4OID, &isnull));
	int32 next;

	if (name == NULL)
		return;
	values[2] = CStringGetTextDatum(name);
	realty_owner_sql_begin(&sql);
	realty_execute(&lock_project, values, NULL, false, 1);
	realty_execute(&next_version, values, NULL, false, 1);
	next = DatumGetInt32(realty_result_required(1, INT4OID));
	realty_owner_sql_end(&sql);
	if (given < next)
		realty_row_set(row, "version", INT4OID, Int32GetDatum(next));
}

/* Trigger BEFORE INSERT OR UPDATE, each row; the first of its table. */
Datum
realty_models_guard(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.models_guard");
	static const char *const fixed[] = {"project_id", "unit_id", "version", NULL};
	Row row;
	Row old_row;

	realty_row_new(&row, data);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
	{
		Location location = realty_location_get(&row);

		realty_location_check(data, &row, &location);
		draw_version(&row);
		return PointerGetDatum(realty_row_result(&row));
	}
	realty_row_old(&old_row, data);
	realty_row_refuse_changed(&old_row, &row, fixed);
	return PointerGetDatum(realty_row_result(&row));
}

/* Trigger AFTER INSERT, each statement. */
Datum
realty_models_retire(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.models_retire");

	realty_statement_rows_run(data, columns, lengthof(columns), &retire_earlier);
	return PointerGetDatum(NULL);
}
