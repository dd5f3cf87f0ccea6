/*
 * kept_statement.c
 *		Prepared statements that live as long as the backend.
 *
 * Generic plans are forced: most of these statements read a few rows by an index, and
 * planning one takes longer than running it. One whose best plan depends on its values
 * does not belong here.
 *
 * SPI leaves the caller in its own memory context after preparing and running, which
 * SPI_finish frees: a caller that had switched to a longer-lived context would go on in
 * the wrong one unnoticed. So the caller's context is put back here.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "nodes/parsenodes.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "platform/column.h"
#include "platform/kept_statement.h"

static SPIPlanPtr
prepare(RealtyStatement *statement)
{
	SPIPlanPtr plan;

	if (statement->plan != NULL)
		return statement->plan;
	plan = SPI_prepare_cursor(statement->sql, statement->nargs, statement->types,
							  CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", statement->sql,
			 SPI_result_code_string(SPI_result));
	SPI_keepplan(plan);
	statement->plan = plan;
	return plan;
}

static int
finish(const RealtyStatement *statement, int code, MemoryContext caller)
{
	MemoryContextSwitchTo(caller);
	if (code < 0)
		elog(ERROR, "could not run \"%s\": %s", statement->sql,
			 SPI_result_code_string(code));
	return code;
}

int
realty_execute(RealtyStatement *statement, Datum *values, const char *nulls,
			   bool read_only, long limit)
{
	MemoryContext caller = CurrentMemoryContext;

	return finish(statement,
				  SPI_execute_plan(prepare(statement), values, nulls, read_only, limit),
				  caller);
}

int
realty_execute_latest(RealtyStatement *statement, Datum *values, const char *nulls,
					  long limit)
{
	MemoryContext caller = CurrentMemoryContext;
	SPIPlanPtr plan = prepare(statement);
	Snapshot crosscheck =
		IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot;

	return finish(statement,
				  SPI_execute_snapshot(plan, values, nulls, GetLatestSnapshot(),
									   crosscheck, false, true, limit),
				  caller);
}

/* Row 0; a trigger of the site may have kept the only row from being written. */
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
realty_result(int column, Oid type, bool *isnull)
{
	HeapTuple row = first_row();
	TupleDesc desc = SPI_tuptable->tupdesc;

	realty_column_check_type(column_name(column), SPI_gettypeid(desc, column), type);
	return SPI_getbinval(row, desc, column, isnull);
}

Datum
realty_result_required(int column, Oid type)
{
	bool isnull;
	Datum value = realty_result(column, type, &isnull);

	if (isnull)
		realty_column_refuse_null(column_name(column));
	return value;
}

int64
realty_result_int64(int column)
{
	bool isnull;
	Datum value = realty_result(column, INT8OID, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

bool
realty_result_bool(int column)
{
	bool isnull;
	Datum value = realty_result(column, BOOLOID, &isnull);

	return !isnull && DatumGetBool(value);
}

char *
realty_result_text(MemoryContext context, int column)
{
	char *text = SPI_getvalue(first_row(), SPI_tuptable->tupdesc, column);

	return text ? MemoryContextStrdup(context, text) : NULL;
}

char *
realty_result_required_text(MemoryContext context, int column)
{
	char *text = realty_result_text(context, column);

	if (text == NULL)
		realty_column_refuse_null(column_name(column));
	return text;
}
