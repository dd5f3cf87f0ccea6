/*
 * derived.c
 *		What is added up is written by triggers, and by nobody else: not even by the
 * owner.
 */
#include "postgres.h"

#include "utils/rel.h"

#include "domain/derived.h"
#include "domain/row.h"
#include "platform/errors.h"
#include "platform/faults.h"

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

static void
refuse_column(const char *column)
{
	Faults faults;

	realty_faults_init(&faults);
	realty_faults_add(&faults, column, "cannot be changed, it is added up");
	realty_faults_raise(&faults);
}

/*
 * Trigger with the name of a column, BEFORE INSERT OR UPDATE, each row in which that
 * column has a value of its own; or without one, BEFORE INSERT OR UPDATE OR DELETE, each
 * statement, for a table that is derived as a whole.
 */
Datum
realty_guard_derived(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.guard_derived");

	if (!realty_trigger_is_nested() && !tidying)
	{
		if (data->tg_trigger->tgnargs > 0)
			refuse_column(data->tg_trigger->tgargs[0]);
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("%s is written by triggers only",
							   RelationGetRelationName(data->tg_relation))));
	}
	if (TRIGGER_FIRED_FOR_STATEMENT(data->tg_event))
		return PointerGetDatum(NULL);
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple
																   : data->tg_trigtuple);
}
