/*
 * unit_rows.c
 *		The units that a statement wrote, before and after, one by one.
 *
 * An UPDATE puts the old row and the new one into its two transition tables in the same
 * step, so the n-th of one is the n-th of the other. That spares a join of the two, which
 * for the one unit of a booking would cost more than all that is done with it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "domain/unit/unit_rows.h"
#include "platform/compat.h"

enum
{
	COLUMN_ID,
	COLUMN_PROJECT_ID,
	COLUMN_IS_LISTED,
	COLUMN_STATUS,
	COLUMN_HELD_UNTIL,
	COLUMN_PRICE
};

static const struct
{
	const char *name;
	Oid type;
} columns[UNIT_COLUMNS] = {
	[COLUMN_ID] = {"id", INT8OID},
	[COLUMN_PROJECT_ID] = {"project_id", INT8OID},
	[COLUMN_IS_LISTED] = {"is_listed", BOOLOID},
	[COLUMN_STATUS] = {"status", TEXTOID},
	[COLUMN_HELD_UNTIL] = {"held_until", TIMESTAMPTZOID},
	[COLUMN_PRICE] = {"price", NUMERICOID},
};

static void
find_columns(UnitRows *rows, TupleDesc desc)
{
	for (int i = 0; i < UNIT_COLUMNS; i++)
	{
		rows->columns[i] = (AttrNumber)SPI_fnumber(desc, columns[i].name);
		if (rows->columns[i] <= 0 ||
			TupleDescAttr(desc, rows->columns[i] - 1)->atttypid != columns[i].type)
			elog(ERROR, "column %s of units was altered", columns[i].name);
	}
}

static void
table_open_rows(UnitTable *table, Tuplestorestate *store, TupleDesc desc)
{
	table->rows = store;
	if (store == NULL)
		return;
	table->slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	table->reader = tuplestore_alloc_read_pointer(store, EXEC_FLAG_REWIND);
	tuplestore_select_read_pointer(store, table->reader);
	tuplestore_rescan(store);
}

void
realty_unit_rows_open(UnitRows *rows, const TriggerData *data)
{
	TupleDesc desc = RelationGetDescr(data->tg_relation);

	find_columns(rows, desc);
	table_open_rows(&rows->before, data->tg_oldtable, desc);
	table_open_rows(&rows->after, data->tg_newtable, desc);
}

/* Of a column that is never NULL, unless the table was altered. */
static Datum
value_of(const UnitRows *rows, TupleTableSlot *slot, int column)
{
	bool isnull;
	Datum value = slot_getattr(slot, rows->columns[column], &isnull);

	if (isnull)
		elog(ERROR, "column %s of units was altered", columns[column].name);
	return value;
}

static bool
is_text(Datum value, const char *word)
{
	text *stored = DatumGetTextPP(value);

	return VARSIZE_ANY_EXHDR(stored) == strlen(word) &&
		   memcmp(VARDATA_ANY(stored), word, strlen(word)) == 0;
}

static void
read_state(const UnitRows *rows, TupleTableSlot *slot, UnitState *unit)
{
	bool isnull;

	unit->id = DatumGetInt64(value_of(rows, slot, COLUMN_ID));
	unit->project_id = DatumGetInt64(value_of(rows, slot, COLUMN_PROJECT_ID));
	unit->price = value_of(rows, slot, COLUMN_PRICE);
	unit->status = value_of(rows, slot, COLUMN_STATUS);
	unit->is_free = is_text(unit->status, "available");
	unit->is_blocked = is_text(unit->status, "blocked");
	unit->held_until = DatumGetTimestampTz(
		slot_getattr(slot, rows->columns[COLUMN_HELD_UNTIL], &isnull));
	unit->is_held = is_text(unit->status, "held") && !isnull;
	unit->is_public = DatumGetBool(value_of(rows, slot, COLUMN_IS_LISTED)) &&
					  !is_text(unit->status, "blocked");
}

static const UnitState *
next_of(const UnitRows *rows, UnitTable *table)
{
	if (table->rows == NULL)
		return NULL;
	tuplestore_select_read_pointer(table->rows, table->reader);
	if (!tuplestore_gettupleslot(table->rows, true, false, table->slot))
		return NULL;
	read_state(rows, table->slot, &table->state);
	return &table->state;
}

bool
realty_unit_rows_next(UnitRows *rows, const UnitState **before, const UnitState **after)
{
	CHECK_FOR_INTERRUPTS();
	*before = next_of(rows, &rows->before);
	*after = next_of(rows, &rows->after);
	return *before != NULL || *after != NULL;
}

static void
table_close_rows(UnitTable *table)
{
	if (table->rows != NULL)
		ExecDropSingleTupleTableSlot(table->slot);
}

void
realty_unit_rows_close(UnitRows *rows)
{
	table_close_rows(&rows->before);
	table_close_rows(&rows->after);
}
