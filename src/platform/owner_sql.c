/*
 * owner_sql.c
 *		Statements of realty, run as the extension's owner.
 *
 * No role that a request runs under may read credentials and sessions, or write what
 * triggers add up. After an ERROR nothing has to be put back here: the abort ends SPI,
 * the scope and the memory.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
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
	return realty_result_required_text(sql->caller, column);
}

char *
realty_owner_sql_text_or_null(OwnerSql *sql, int column)
{
	return realty_result_text(sql->caller, column);
}

Jsonb *
realty_owner_sql_jsonb(OwnerSql *sql, int column)
{
	bool isnull;
	Datum value = realty_result(column, JSONBOID, &isnull);
	MemoryContext before;
	Jsonb *copy;

	if (isnull)
		return NULL;
	before = MemoryContextSwitchTo(sql->caller);
	copy = DatumGetJsonbPCopy(value);
	MemoryContextSwitchTo(before);
	return copy;
}

uint64
realty_owner_execute(RealtyStatement *statement, Datum *values, const char *nulls)
{
	OwnerSql sql;
	uint64 rows;

	realty_owner_sql_begin(&sql);
	realty_execute(statement, values, nulls, false, 0);
	rows = SPI_processed;
	realty_owner_sql_end(&sql);
	return rows;
}

uint64
realty_owner_execute_latest(RealtyStatement *statement, Datum *values)
{
	OwnerSql sql;
	uint64 rows;

	realty_owner_sql_begin(&sql);
	realty_execute_latest(statement, values, NULL, 0);
	rows = SPI_processed;
	realty_owner_sql_end(&sql);
	return rows;
}

bool
realty_owner_ask(RealtyStatement *statement, Datum *values)
{
	OwnerSql sql;
	bool answer;

	realty_owner_sql_begin(&sql);
	realty_execute(statement, values, NULL, false, 1);
	answer = SPI_processed > 0 && realty_result_bool(1);
	realty_owner_sql_end(&sql);
	return answer;
}
