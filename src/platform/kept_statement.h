/*
 * kept_statement.h
 *		Prepared statements that live as long as the backend.
 */
#ifndef REALTY_PLATFORM_KEPT_STATEMENT_H
#define REALTY_PLATFORM_KEPT_STATEMENT_H

#include "postgres.h"

#include "executor/spi.h"

#define REALTY_STATEMENT_MAX_ARGS 12

/*
 * A statement of realty. Declare it static with its text and argument types; it is
 * prepared at its first use. Run it under one role only: a plan under row security is
 * made anew at every change of role.
 */
typedef struct RealtyStatement
{
	const char *sql;
	int nargs;
	Oid types[REALTY_STATEMENT_MAX_ARGS];
	SPIPlanPtr plan;
} RealtyStatement;

/*
 * All of these are called between SPI_connect and SPI_finish, and leave the current
 * memory context as it was.
 */

/* Runs it; returns the SPI result code, and raises an error that SPI returns. */
extern int realty_execute(RealtyStatement *statement, Datum *values, const char *nulls,
						  bool read_only, long limit);

/*
 * Runs it over what is committed now, also where the transaction keeps an older snapshot;
 * a row that only the newer one sees fails with 40001 when it is to change, as
 * PostgreSQL's own foreign keys do. For rules that other transactions' rows decide.
 */
extern int realty_execute_latest(RealtyStatement *statement, Datum *values,
								 const char *nulls, long limit);

/*
 * Column `column` (from 1) of row 0 of SPI_tuptable. ERROR when its type is another one;
 * realty_result_required also when it is NULL (see column.c).
 */
extern Datum realty_result(int column, Oid type, bool *isnull);
extern Datum realty_result_required(int column, Oid type);

/* The same of a bigint or a boolean; NULL reads as 0 and as false. */
extern int64 realty_result_int64(int column);
extern bool realty_result_bool(int column);

/* The same as text of any type, copied; NULL reads as NULL, or is an ERROR. */
extern char *realty_result_text(MemoryContext context, int column);
extern char *realty_result_required_text(MemoryContext context, int column);

#endif /* REALTY_PLATFORM_KEPT_STATEMENT_H */
