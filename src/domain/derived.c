/*
 * derived.c
 *		Columns that triggers add up, and that no statement writes: not even the owner's.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/rel.h"

#include "domain/derived.h"
#include "domain/row.h"
#include "platform/error_codes.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_guard_derived);

static bool tidying = false;

void
realty_derived_tidy(void (*work)(void *arg), void *arg)
{
	bool before = tidying;

	tidying = true;
	PG_TRY();
	{
		work(arg);
	}
	PG_FINALLY();
	{
		tidying = before;
	}
	PG_END_TRY();
}

/* Of an INSERT it is any that is not 0, or not the number that it has to be. */
static bool
has_own_value(const TriggerData *data, const char *column)
{
	Row old_row;
	Row row;
	char *value;

	realty_row_new(&row, data);
	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
	{
		realty_row_old(&old_row, data);
		return realty_row_differs(&old_row, &row, column);
	}
	value = SPI_getvalue(row.tuple, row.desc, SPI_fnumber(row.desc, column));
	return value != NULL && strtod(value, NULL) != 0;
}

static void
refuse_columns(const TriggerData *data)
{
	Violations violations;

	realty_violations_init(&violations);
	for (int i = 0; i < data->tg_trigger->tgnargs; i++)
		if (has_own_value(data, data->tg_trigger->tgargs[i]))
			realty_violations_add(&violations, data->tg_trigger->tgargs[i],
								  "cannot be changed, it is added up");
	realty_violations_raise(&violations);
}

/*
 * Trigger with the names of columns, BEFORE INSERT OR UPDATE, each row in which one of
 * them has a value of its own; or without, BEFORE INSERT OR UPDATE OR DELETE, each
 * statement, for a table that is derived as a whole.
 */
Datum
realty_guard_derived(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.guard_derived");

	if (!realty_trigger_is_nested() && !tidying)
	{
		if (data->tg_trigger->tgnargs > 0)
			refuse_columns(data);
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("%s is written by triggers only",
							   RelationGetRelationName(data->tg_relation))));
	}
	if (TRIGGER_FIRED_FOR_STATEMENT(data->tg_event))
		return PointerGetDatum(NULL);
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple
																   : data->tg_trigtuple);
}
