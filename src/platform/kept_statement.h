/*
 * kept_statement.h
 *		Prepared statements that live as long as the backend.
 */
#ifndef REALTY_PLATFORM_KEPT_STATEMENT_H
#define REALTY_PLATFORM_KEPT_STATEMENT_H

#include "postgres.h"

#include "executor/spi.h"

#define REALTY_PLAN_MAX_ARGS 12

/*
 * One statement of ours. Declare it static with its text and argument types; the
 * plan is made at first use. Run under one role only: a plan under row security
 * is replanned at every change of role.
 */
typedef struct RealtyPlan
{
	const char *sql;
	int nargs;
	Oid types[REALTY_PLAN_MAX_ARGS];
	SPIPlanPtr plan;
} RealtyPlan;

/* The plan, made when needed. Between SPI_connect and SPI_finish. */
extern SPIPlanPtr realty_plan(RealtyPlan *plan);

/*
 * Run it; returns the SPI result code, raises when SPI reports an error. The current
 * memory context stays the caller's, here and below.
 */
extern int realty_plan_run(RealtyPlan *plan, Datum *values, const char *nulls,
						   bool read_only, long limit);

/*
 * Run it over what is committed now, also where the transaction keeps an older
 * snapshot; a row that only the newer one sees fails with 40001 when it is to change,
 * as PostgreSQL's own foreign keys do. For rules that rows of others decide.
 */
extern int realty_plan_run_latest(RealtyPlan *plan, Datum *values, const char *nulls,
								  long limit);

/*
 * Value of column `column` (from 1) in row 0 of SPI_tuptable. ERROR when it is of another
 * type, and from the second when it is NULL: see column.c.
 */
extern Datum realty_plan_value(int column, Oid type, bool *isnull);
extern Datum realty_plan_required(int column, Oid type);

/* The same as text of any type, copied; NULL reads as NULL, or is an ERROR. */
extern char *realty_plan_text(MemoryContext context, int column);
extern char *realty_plan_required_text(MemoryContext context, int column);

#endif /* REALTY_PLATFORM_KEPT_STATEMENT_H */
