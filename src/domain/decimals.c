/*
 * decimals.c
 *		The decimals of numbers: money keeps its cents, coordinates are rounded.
 *
 * A column numeric(14,2) rounds what it is given before any trigger or CHECK sees it,
 * so a third decimal could never be refused. Columns of money, areas and shares are
 * therefore numeric without a limit: a CHECK refuses what has more decimals, and this,
 * the first trigger of their tables, writes 100 and 100.0 as the 100.00 that they are,
 * so that they look alike on every surface and the guards behind compare them image by
 * image. It changes no value.
 *
 * Coordinates are measured and not agreed: what has too many decimals is rounded.
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/rel.h"

#include "domain/row.h"

PG_FUNCTION_INFO_V1(realty_keep_decimals);
PG_FUNCTION_INFO_V1(realty_round_decimals);
PG_FUNCTION_INFO_V1(realty_is_in_hundredths);
PG_FUNCTION_INFO_V1(realty_is_room_count);

#define DIGITS_MOST 18
#define ROOMS_MOST 50

/* So many decimals, or as many more as the value cannot do without. */
static int
wanted_scale(Datum value, int scale, int decimals)
{
	int used = scale < decimals
				   ? 0
				   : DatumGetInt32(DirectFunctionCall1(numeric_min_scale, value));

	return Max(used, decimals);
}

static void
set_scale(Row *row, const char *column, int decimals, bool rounds)
{
	bool isnull;
	Datum value = realty_row_datum(row, column, NUMERICOID, &isnull);
	int scale;

	if (isnull)
		return;
	value = NumericGetDatum(DatumGetNumeric(value));
	if (numeric_is_nan(DatumGetNumeric(value)) || numeric_is_inf(DatumGetNumeric(value)))
		return;
	scale = DatumGetInt32(DirectFunctionCall1(numeric_scale, value));
	if (scale == decimals)
		return;
	if (!rounds)
		decimals = wanted_scale(value, scale, decimals);
	if (scale != decimals)
		realty_row_set(
			row, column, NUMERICOID,
			DirectFunctionCall2(numeric_round, value, Int32GetDatum(decimals)));
}

/* The arguments are columns, and before them how many decimals they have. */
static Datum
set_scales(FunctionCallInfo fcinfo, const char *name, bool rounds)
{
	TriggerData *data = realty_trigger(fcinfo, name);
	Trigger *trigger = data->tg_trigger;
	int decimals = 0;
	Row row;

	realty_row_new(&row, data);
	for (int i = 0; i < trigger->tgnargs; i++)
		if (isdigit((unsigned char)trigger->tgargs[i][0]))
			decimals = pg_strtoint32(trigger->tgargs[i]);
		else
			set_scale(&row, trigger->tgargs[i], decimals, rounds);
	return PointerGetDatum(realty_row_result(&row));
}

/* Trigger with arguments as '2', 'price', '0', 'bedrooms', BEFORE INSERT OR UPDATE, each
 * row. */
Datum
realty_keep_decimals(PG_FUNCTION_ARGS)
{
	return set_scales(fcinfo, "realty.keep_decimals", false);
}

/* The same for columns that are rounded. */
Datum
realty_round_decimals(PG_FUNCTION_ARGS)
{
	return set_scales(fcinfo, "realty.round_decimals", true);
}

/* 10 to the power of this, made once. */
static Datum
power_of_ten(int digits)
{
	static Numeric powers[DIGITS_MOST + 1];
	MemoryContext caller;
	int64 value = 1;

	if (digits < 0 || digits > DIGITS_MOST)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("digits must be 0 to %d", DIGITS_MOST)));
	if (powers[digits] == NULL)
	{
		caller = MemoryContextSwitchTo(TopMemoryContext);
		for (int i = 0; i < digits; i++)
			value *= 10;
		powers[digits] = int64_to_numeric(value);
		MemoryContextSwitchTo(caller);
	}
	return NumericGetDatum(powers[digits]);
}

/*
 * realty.is_in_hundredths(value numeric, digits integer) → boolean
 *
 * In C, and one call, since each row passes its CHECKs twice.
 */
Datum
realty_is_in_hundredths(PG_FUNCTION_ARGS)
{
	Numeric number = PG_GETARG_NUMERIC(0);
	Datum value = NumericGetDatum(number);

	if (numeric_is_nan(number) || numeric_is_inf(number))
		PG_RETURN_BOOL(false);
	if (DatumGetInt32(DirectFunctionCall1(numeric_scale, value)) > 2 &&
		DatumGetInt32(DirectFunctionCall1(numeric_min_scale, value)) > 2)
		PG_RETURN_BOOL(false);
	PG_RETURN_DATUM(DirectFunctionCall2(numeric_lt,
										DirectFunctionCall1(numeric_abs, value),
										power_of_ten(PG_GETARG_INT32(1))));
}

/* NaN is more than any number. */
static bool
is_less(Datum left, Datum right)
{
	return DatumGetBool(DirectFunctionCall2(numeric_lt, left, right));
}

/* realty.is_room_count(rooms numeric) → boolean: 0 to 50, in steps of a half */
Datum
realty_is_room_count(PG_FUNCTION_ARGS)
{
	Datum rooms = PG_GETARG_DATUM(0);
	Datum halves;

	if (is_less(rooms, NumericGetDatum(int64_to_numeric(0))) ||
		is_less(NumericGetDatum(int64_to_numeric(ROOMS_MOST)), rooms))
		PG_RETURN_BOOL(false);
	halves = DirectFunctionCall2(numeric_add, rooms, rooms);
	PG_RETURN_BOOL(DatumGetInt32(DirectFunctionCall1(numeric_scale, halves)) == 0 ||
				   DatumGetInt32(DirectFunctionCall1(numeric_min_scale, halves)) == 0);
}
