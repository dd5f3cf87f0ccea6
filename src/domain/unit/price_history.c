/*
 * price_history.c
 *		Each change of a unit's price: from what, to what, by whom.
 *
 * One insert a statement, so that a new price list of a whole tower costs one. The
 * first price is in the unit's own row until it changes.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"

#include "domain/row.h"
#include "platform/statement_rows.h"

PG_FUNCTION_INFO_V1(realty_units_price_history);

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"id", INT8OID},
	{"builder_id", INT8OID},
	{"price", NUMERICOID},
};

static RealtyStatement write_changes = {
	.sql = "INSERT INTO realty.unit_price_history "
		   "(unit_id, builder_id, old_price, new_price, changed_by) "
		   "SELECT n.id, n.builder_id, n.old_price, n.price, realty.user_id() "
		   "FROM changed_rows n WHERE n.price <> n.old_price ORDER BY n.id",
};

/* Trigger AFTER UPDATE, each statement. */
Datum
realty_units_price_history(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.units_price_history");

	/* No trigger of units sets a price: a booking need not look. */
	if (!realty_trigger_sets(data, "price"))
		return PointerGetDatum(NULL);
	realty_statement_changes_run(data, columns, lengthof(columns), &write_changes);
	return PointerGetDatum(NULL);
}
