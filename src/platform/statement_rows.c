/*
 * statement_rows.c
 *		The rows of the statement that fired a trigger, for our statements to read.
 *
 * A plan over transition tables is made once and kept (kept_statement.c), so it must be
 * right for one row and for a million. PostgreSQL plans for as many rows as there happen
 * to be the first time, and to it the row before an UPDATE and the row after are two
 * tables: kept from an UPDATE of one payment, the join of the two compares each with
 * each. Therefore
 *
 *	- the rows before and after are paired here, by their position: an UPDATE puts them
 *	  into its two tables in the same step, the n-th of one is the n-th of the other;
 *	- plans are made for one row always: they reach every other table by an index, which
 *	  is right for few rows and at worst some times slower than a hash for very many;
 *	- only the columns asked for are there, in that order and of that type. So a kept plan
 *	  fits whatever table the trigger hangs on and however that is altered.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "platform/column.h"
#include "platform/compat.h"
#include "platform/statement_rows.h"

/* Where the columns stand in the trigger's table. */
typedef struct Projection
{
	int count;
	AttrNumber numbers[STATEMENT_COLUMNS_MOST];
	const StatementColumn *columns;
} Projection;

/* A transition table, read with a pointer of its own. */
typedef struct Side
{
	Tuplestorestate *rows;
	TupleTableSlot *slot;
	int reader;
} Side;

static void
check_trigger(const TriggerData *data, bool needs_new, bool needs_old)
{
	if (!TRIGGER_FIRED_AFTER(data->tg_event) ||
		!TRIGGER_FIRED_FOR_STATEMENT(data->tg_event) ||
		(needs_new && data->tg_newtable == NULL) ||
		(needs_old && data->tg_oldtable == NULL))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("trigger \"%s\" must be fired for each statement, with "
							   "transition tables",
							   data->tg_trigger->tgname)));
}

static void
projection_make(Projection *projection, TupleDesc desc, const StatementColumn *columns,
				int count)
{
	Assert(count <= STATEMENT_COLUMNS_MOST);
	projection->count = count;
	projection->columns = columns;
	for (int i = 0; i < count; i++)
	{
		int number = SPI_fnumber(desc, columns[i].name);

		if (number <= 0)
			elog(ERROR, "the relation has no column \"%s\"", columns[i].name);
		realty_column_check_type(columns[i].name, SPI_gettypeid(desc, number),
								 columns[i].type);
		projection->numbers[i] = (AttrNumber)number;
	}
}

static void
describe(TupleDesc desc, int from, const Projection *projection, const char *prefix)
{
	for (int i = 0; i < projection->count; i++)
		TupleDescInitEntry(desc, (AttrNumber)(from + i + 1),
						   psprintf("%s%s", prefix, projection->columns[i].name),
						   projection->columns[i].type, -1, 0);
}

static void
side_open(Side *side, Tuplestorestate *rows, TupleDesc desc)
{
	side->rows = rows;
	side->slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	side->reader = tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND);
	tuplestore_select_read_pointer(rows, side->reader);
	tuplestore_rescan(rows);
}

/* The next row's columns; false behind the last. Good until the next call. */
static bool
side_read(Side *side, const Projection *projection, Datum *values, bool *nulls)
{
	tuplestore_select_read_pointer(side->rows, side->reader);
	if (!tuplestore_gettupleslot(side->rows, true, false, side->slot))
		return false;
	for (int i = 0; i < projection->count; i++)
		values[i] = slot_getattr(side->slot, projection->numbers[i], &nulls[i]);
	return true;
}

/* Planned for one row, whatever there is. */
static void
give(StatementRows *given, const char *name, TupleDesc desc, Tuplestorestate *rows)
{
	EphemeralNamedRelation relation = palloc0(sizeof(EphemeralNamedRelationData));

	relation->md.name = pstrdup(name);
	relation->md.reliddesc = InvalidOid;
	relation->md.tupdesc = desc;
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->md.enrtuples = 1;
	relation->reldata = rows;
	if (SPI_register_relation(relation) != SPI_OK_REL_REGISTER)
		elog(ERROR, "could not register \"%s\"", name);
	given->tables[given->count++] = rows;
}

static void
give_side(StatementRows *given, const char *name, Tuplestorestate *source, TupleDesc from,
		  const Projection *projection)
{
	TupleDesc desc = CreateTemplateTupleDesc(projection->count);
	Tuplestorestate *rows = tuplestore_begin_heap(true, false, work_mem);
	Datum values[STATEMENT_COLUMNS_MOST];
	bool nulls[STATEMENT_COLUMNS_MOST];
	Side side;

	describe(desc, 0, projection, "");
	TupleDescFinalize(desc);
	side_open(&side, source, from);
	while (side_read(&side, projection, values, nulls))
	{
		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(rows, desc, values, nulls);
	}
	ExecDropSingleTupleTableSlot(side.slot);
	give(given, name, desc, rows);
}

void
realty_statement_rows(StatementRows *given, TriggerData *data,
					  const StatementColumn *columns, int count)
{
	TupleDesc from = RelationGetDescr(data->tg_relation);
	bool has_new = !TRIGGER_FIRED_BY_DELETE(data->tg_event);
	bool has_old = !TRIGGER_FIRED_BY_INSERT(data->tg_event);
	Projection projection;

	realty_owner_sql_begin(&given->sql);
	given->count = 0;
	check_trigger(data, has_new, has_old);
	projection_make(&projection, from, columns, count);
	if (has_new)
		give_side(given, "new_rows", data->tg_newtable, from, &projection);
	if (has_old)
		give_side(given, "old_rows", data->tg_oldtable, from, &projection);
}

void
realty_statement_changes(StatementRows *given, TriggerData *data,
						 const StatementColumn *columns, int count)
{
	TupleDesc from = RelationGetDescr(data->tg_relation);
	TupleDesc desc = CreateTemplateTupleDesc(count * 2);
	Tuplestorestate *rows;
	Datum values[STATEMENT_COLUMNS_MOST * 2];
	bool nulls[STATEMENT_COLUMNS_MOST * 2];
	Projection projection;
	Side after;
	Side before;

	realty_owner_sql_begin(&given->sql);
	given->count = 0;
	check_trigger(data, true, true);
	projection_make(&projection, from, columns, count);
	describe(desc, 0, &projection, "");
	describe(desc, count, &projection, "old_");
	TupleDescFinalize(desc);
	side_open(&after, data->tg_newtable, from);
	side_open(&before, data->tg_oldtable, from);
	rows = tuplestore_begin_heap(true, false, work_mem);
	while (side_read(&after, &projection, values, nulls) &&
		   side_read(&before, &projection, values + count, nulls + count))
	{
		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(rows, desc, values, nulls);
	}
	ExecDropSingleTupleTableSlot(after.slot);
	ExecDropSingleTupleTableSlot(before.slot);
	give(given, "changed_rows", desc, rows);
}

void
realty_statement_rows_end(StatementRows *given)
{
	for (int i = 0; i < given->count; i++)
		tuplestore_end(given->tables[i]);
	given->count = 0;
	realty_owner_sql_end(&given->sql);
}

void
realty_statement_rows_run(TriggerData *data, const StatementColumn *columns, int count,
						  RealtyStatement *statement)
{
	StatementRows rows;

	realty_statement_rows(&rows, data, columns, count);
	realty_execute(statement, NULL, NULL, false, 0);
	realty_statement_rows_end(&rows);
}

void
realty_statement_changes_run(TriggerData *data, const StatementColumn *columns, int count,
							 RealtyStatement *statement)
{
	StatementRows rows;

	realty_statement_changes(&rows, data, columns, count);
	realty_execute(statement, NULL, NULL, false, 0);
	realty_statement_rows_end(&rows);
}
