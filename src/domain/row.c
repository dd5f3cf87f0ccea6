/*
 * row.c
 *		The row of a trigger, by column name.
 *
 * Names, not numbers: a later version may add or drop columns, and then numbers
 * differ between an upgraded database and a fresh one.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "domain/row.h"
#include "platform/column.h"
#include "platform/unicode.h"

TriggerData *
realty_trigger(FunctionCallInfo fcinfo, const char *name)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function \"%s\" must be called as a trigger", name)));
	return (TriggerData *)fcinfo->context;
}

bool
realty_trigger_sets(const TriggerData *data, const char *column)
{
	int number = SPI_fnumber(RelationGetDescr(data->tg_relation), column);

	return number <= 0 || data->tg_updatedcols == NULL ||
		   bms_is_member(number - FirstLowInvalidHeapAttributeNumber,
						 data->tg_updatedcols);
}

bool
realty_trigger_is_nested(void)
{
	return DatumGetInt32(DirectFunctionCall1(pg_trigger_depth, (Datum)0)) > 1;
}

bool
realty_trigger_has_rows(const TriggerData *data)
{
	Tuplestorestate *rows =
		TRIGGER_FIRED_BY_DELETE(data->tg_event) ? data->tg_oldtable : data->tg_newtable;

	if (rows == NULL)
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("trigger \"%s\" must be fired for each statement, with "
							   "transition tables",
							   data->tg_trigger->tgname)));
	return tuplestore_tuple_count(rows) > 0;
}

static void
row_start(Row *row, const TriggerData *data, HeapTuple tuple)
{
	if (tuple == NULL)
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("trigger \"%s\" must be fired for each row",
							   data->tg_trigger->tgname)));
	row->desc = RelationGetDescr(data->tg_relation);
	row->tuple = tuple;
	row->nchanges = 0;
}

void
realty_row_new(Row *row, const TriggerData *data)
{
	bool is_update = TRIGGER_FIRED_BY_UPDATE(data->tg_event);

	row_start(row, data, is_update ? data->tg_newtuple : data->tg_trigtuple);
}

void
realty_row_old(Row *row, const TriggerData *data)
{
	row_start(row, data, data->tg_trigtuple);
}

/*
 * Where a column was found last. A guess, and read as one: the name at that place is
 * compared, which a column that is dropped or renamed no longer has.
 */
static int16 *
guess_of(const Row *row, const char *column)
{
	static int16 guesses[1024];
	uint32 hash = hash_combine(murmurhash32((uint32)row->desc->tdtypeid),
							   murmurhash32((uint32)(uintptr_t)column));

	return &guesses[hash % lengthof(guesses)];
}

/* The names of a wide table, read for each column of each row, are most of a guard. */
static int
column_number(const Row *row, const char *column)
{
	int16 *guess = guess_of(row, column);
	int number = *guess;

	if (number > 0 && number <= row->desc->natts &&
		strcmp(NameStr(TupleDescAttr(row->desc, number - 1)->attname), column) == 0)
		return number;
	number = SPI_fnumber(row->desc, column);
	if (number <= 0)
		elog(ERROR, "the relation has no column \"%s\"", column);
	*guess = (int16)number;
	return number;
}

bool
realty_row_is_null(const Row *row, const char *column)
{
	return heap_attisnull(row->tuple, column_number(row, column), row->desc);
}

static int
typed_number(const Row *row, const char *column, Oid type)
{
	int number = column_number(row, column);

	realty_column_check_type(column, TupleDescAttr(row->desc, number - 1)->atttypid,
							 type);
	return number;
}

Datum
realty_row_datum(const Row *row, const char *column, Oid type, bool *isnull)
{
	return heap_getattr(row->tuple, typed_number(row, column, type), row->desc, isnull);
}

Datum
realty_row_required(const Row *row, const char *column, Oid type)
{
	bool isnull;
	Datum value = realty_row_datum(row, column, type, &isnull);

	if (isnull)
		realty_column_refuse_null(column);
	return value;
}

int64
realty_row_bigint(const Row *row, const char *column)
{
	bool isnull;
	Datum value = realty_row_datum(row, column, INT8OID, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

char *
realty_row_text(const Row *row, const char *column)
{
	bool isnull;
	Datum value = realty_row_datum(row, column, TEXTOID, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

char *
realty_row_required_text(const Row *row, const char *column)
{
	return TextDatumGetCString(realty_row_required(row, column, TEXTOID));
}

bool
realty_row_differs(const Row *a, const Row *b, const char *column)
{
	int number = column_number(a, column);
	Form_pg_attribute attribute = TupleDescAttr(a->desc, number - 1);
	bool a_null;
	bool b_null;
	Datum a_value = heap_getattr(a->tuple, number, a->desc, &a_null);
	Datum b_value = heap_getattr(b->tuple, number, b->desc, &b_null);

	if (a_null || b_null)
		return a_null != b_null;
	return !datum_image_eq(a_value, b_value, attribute->attbyval, attribute->attlen);
}

void
realty_row_find_changed(const Row *old_row, const Row *row, const char *const *columns,
						Violations *violations)
{
	for (; *columns != NULL; columns++)
		if (realty_row_differs(old_row, row, *columns))
			realty_violations_add(violations, *columns, "cannot be changed");
}

void
realty_row_refuse_changed(const Row *old_row, const Row *row, const char *const *columns)
{
	Violations violations;

	realty_violations_init(&violations);
	realty_row_find_changed(old_row, row, columns, &violations);
	realty_violations_raise(&violations);
}

static void
add_change(Row *row, int number, Datum value, bool isnull)
{
	if (row->nchanges == ROW_MAX_CHANGES)
		elog(ERROR, "too many changes in one row");
	row->columns[row->nchanges] = number;
	row->values[row->nchanges] = value;
	row->nulls[row->nchanges] = isnull;
	row->nchanges++;
}

void
realty_row_set(Row *row, const char *column, Oid type, Datum value)
{
	add_change(row, typed_number(row, column, type), value, false);
}

void
realty_row_set_null(Row *row, const char *column)
{
	add_change(row, column_number(row, column), (Datum)0, true);
}

void
realty_row_trim(Row *row, const char *column)
{
	char *value = realty_row_text(row, column);
	const char *start;
	int length;

	if (value == NULL)
		return;
	length = (int)strlen(value);
	start = realty_text_trim(value, &length);
	if (start != value || value[length] != '\0')
		realty_row_set(row, column, TEXTOID,
					   PointerGetDatum(cstring_to_text_with_len(start, length)));
}

HeapTuple
realty_row_result(Row *row)
{
	if (row->nchanges > 0)
		row->tuple = heap_modify_tuple_by_cols(row->tuple, row->desc, row->nchanges,
											   row->columns, row->values, row->nulls);
	row->nchanges = 0;
	return row->tuple;
}

Datum
realty_row_guard(FunctionCallInfo fcinfo, const char *name, RowGuard insert,
				 RowGuard update, RowGuard delete)
{
	TriggerData *data = realty_trigger(fcinfo, name);
	RowGuard guard = TRIGGER_FIRED_BY_INSERT(data->tg_event)   ? insert
					 : TRIGGER_FIRED_BY_DELETE(data->tg_event) ? delete
															   : update;
	Row row;

	if (guard == NULL)
		elog(ERROR, "%s does not fire for this", name);
	realty_row_new(&row, data);
	guard(data, &row);
	return PointerGetDatum(realty_row_result(&row));
}
