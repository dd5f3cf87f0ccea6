/*
 * owner_sql.c
 *		The room's own statements, run as the extension's owner.
 *
 * Credentials and sessions are readable by no role that a request runs under. On ERROR
 * nothing has to be put back here: the abort ends SPI, the scope and the memory.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "platform/owner_sql.h"

void
realty_owner_sql_begin(OwnerSql *sql)
{
	sql->caller = CurrentMemoryContext;
	realty_owner_enter(&sql->scope);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
}

void
realty_owner_sql_end(OwnerSql *sql)
{
	SPI_finish();
	realty_owner_leave(&sql->scope);
	MemoryContextSwitchTo(sql->caller);
}

char *
realty_owner_sql_text(OwnerSql *sql, int column)
{
	return realty_plan_required_text(sql->caller, column);
}

Jsonb *
realty_owner_sql_jsonb(OwnerSql *sql, int column)
{
	bool isnull;
	Datum value = realty_plan_value(column, JSONBOID, &isnull);
	MemoryContext before;
	Jsonb *copy;

	if (isnull)
		return NULL;
	before = MemoryContextSwitchTo(sql->caller);
	copy = DatumGetJsonbPCopy(value);
	MemoryContextSwitchTo(before);
	return copy;
}

int64
realty_owner_sql_int64(int column)
{
	bool isnull;
	Datum value = realty_plan_value(column, INT8OID, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

bool
realty_owner_sql_bool(int column)
{
	bool isnull;
	Datum value = realty_plan_value(column, BOOLOID, &isnull);

	return !isnull && DatumGetBool(value);
}
