/*
 * statement_cache.h
 *		The dispatcher's prepared statements, one per statement and role.
 */
#ifndef REALTY_API_SQL_STATEMENT_CACHE_H
#define REALTY_API_SQL_STATEMENT_CACHE_H

#include "postgres.h"

#include "executor/spi.h"
#include "lib/stringinfo.h"

#define API_MAX_ARGS 128

/* A statement being put together: what identifies it, and its arguments. */
typedef struct ApiStatement
{
	StringInfoData key;
	int nargs;
	Oid types[API_MAX_ARGS];
	Datum values[API_MAX_ARGS];
	char nulls[API_MAX_ARGS];
} ApiStatement;

/* Writes the statement's text, called only when no statement is kept for the key. */
typedef void (*ApiStatementWriter)(StringInfo sql, const void *what);

extern ApiStatement *realty_statement_make(Oid role);
/* Adds an argument; returns its number, as in $n. */
extern int realty_statement_bind(ApiStatement *statement, Oid type, Datum value,
								 bool isnull);
/* Runs it between SPI_connect and SPI_finish; rows are in SPI_tuptable. */
extern void realty_statement_run(ApiStatement *statement, ApiStatementWriter writer,
								 const void *what, bool read_only, long limit);
/*
 * How many rows the kept statement's plan expects below its LIMIT, whatever the
 * arguments: an estimate that costs nothing. 0 when there is none.
 */
extern int64 realty_statement_expected(ApiStatement *statement, ApiStatementWriter writer,
									   const void *what);

/* The route whose statements these are; its name stands before their text. */
typedef struct StatementLabel
{
	const char *method; /* NULL: none is known */
	const char *path;
} StatementLabel;

/* Labels what comes next and gives the label until now: a request may stand in another.
 */
extern StatementLabel realty_statement_label(StatementLabel next);
/* What pg_stat_statements calls the last one since it was forgotten; 0: nothing says. */
extern uint64 realty_statement_query_id(void);
extern void realty_statement_forget_id(void);

#endif /* REALTY_API_SQL_STATEMENT_CACHE_H */
