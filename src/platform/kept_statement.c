/*
 * kept_statement.c
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

#include "platform/column.h"
#include "platform/kept_statement.h"

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

/* Row 0; a trigger of the site's may have kept the only row from being written. */
static HeapTuple
first_row(void)
{
	if (SPI_tuptable == NULL || SPI_tuptable->numvals == 0)
		elog(ERROR, "a statement of realty gave no row");
	return SPI_tuptable->vals[0];
}

static const char *
column_name(int column)
{
	return NameStr(TupleDescAttr(SPI_tuptable->tupdesc, column - 1)->attname);
}

Datum
realty_plan_value(int column, Oid type, bool *isnull)
{
	HeapTuple row = first_row();
	TupleDesc desc = SPI_tuptable->tupdesc;

	realty_column_check_type(column_name(column), SPI_gettypeid(desc, column), type);
	return SPI_getbinval(row, desc, column, isnull);
}

Datum
realty_plan_required(int column, Oid type)
{
	bool isnull;
	Datum value = realty_plan_value(column, type, &isnull);

	if (isnull)
		realty_column_refuse_null(column_name(column));
	return value;
}

char *
realty_plan_text(MemoryContext context, int column)
{
	char *text = SPI_getvalue(first_row(), SPI_tuptable->tupdesc, column);

	return text ? MemoryContextStrdup(context, text) : NULL;
}

char *
realty_plan_required_text(MemoryContext context, int column)
{
	char *text = realty_plan_text(context, column);

	if (text == NULL)
		realty_column_refuse_null(column_name(column));
	return text;
}
