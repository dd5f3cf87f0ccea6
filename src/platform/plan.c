/*
 * plan.c
 *		Prepared statements that live as long as the backend.
 *
 * Generic plans are forced: every statement of ours reaches its rows by key, so
 * planning it for each value again costs more than it can win.
 *
 * SPI leaves the caller in its own memory context after preparing and running, which
 * SPI_finish frees: a caller that had switched to a context that lasts would go on in
 * the wrong one without knowing. So the caller's context is put back here.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "platform/plan.h"

SPIPlanPtr
realty_plan(RealtyPlan *plan)
{
	MemoryContext caller = CurrentMemoryContext;
	SPIPlanPtr prepared;

	if (plan->plan != NULL)
		return plan->plan;
	prepared =
		SPI_prepare_cursor(plan->sql, plan->nargs, plan->types, CURSOR_OPT_GENERIC_PLAN);
	if (prepared == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", plan->sql,
			 SPI_result_code_string(SPI_result));
	SPI_keepplan(prepared);
	MemoryContextSwitchTo(caller);
	plan->plan = prepared;
	return prepared;
}

int
realty_plan_run(RealtyPlan *plan, Datum *values, const char *nulls, bool read_only,
				long limit)
{
	MemoryContext caller = CurrentMemoryContext;
	int code = SPI_execute_plan(realty_plan(plan), values, nulls, read_only, limit);

	MemoryContextSwitchTo(caller);
	if (code < 0)
		elog(ERROR, "could not run \"%s\": %s", plan->sql, SPI_result_code_string(code));
	return code;
}

int
realty_plan_run_latest(RealtyPlan *plan, Datum *values, const char *nulls, long limit)
{
	MemoryContext caller = CurrentMemoryContext;
	SPIPlanPtr prepared = realty_plan(plan);
	Snapshot crosscheck =
		IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot;
	int code;

	code = SPI_execute_snapshot(prepared, values, nulls, GetLatestSnapshot(), crosscheck,
								false, true, limit);
	MemoryContextSwitchTo(caller);
	if (code < 0)
		elog(ERROR, "could not run \"%s\": %s", plan->sql, SPI_result_code_string(code));
	return code;
}

Datum
realty_plan_value(int column, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, isnull);
}
