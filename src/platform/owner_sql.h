/*
 * owner_sql.h
 *		Statements of realty, run as the extension's owner.
 */
#ifndef REALTY_PLATFORM_OWNER_SQL_H
#define REALTY_PLATFORM_OWNER_SQL_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "platform/kept_statement.h"
#include "platform/scope.h"

typedef struct OwnerSql
{
	OwnerScope scope;
	MemoryContext caller;
} OwnerSql;

/* Between these two CurrentMemoryContext is SPI's; what must outlive it is copied. */
extern void realty_owner_sql_begin(OwnerSql *sql);
extern void realty_owner_sql_end(OwnerSql *sql);

/*
 * Column (from 1) of the first row, in the memory of the caller of
 * realty_owner_sql_begin: a text is an ERROR when null, unless null is asked for; others
 * read as NULL.
 */
extern char *realty_owner_sql_text(OwnerSql *sql, int column);
extern char *realty_owner_sql_text_or_null(OwnerSql *sql, int column);
extern Jsonb *realty_owner_sql_jsonb(OwnerSql *sql, int column);

/* One statement between a begin and an end of its own; returns its number of rows. */
extern uint64 realty_owner_execute(RealtyStatement *statement, Datum *values,
								   const char *nulls);
/* The same over what is committed now: realty_execute_latest. */
extern uint64 realty_owner_execute_latest(RealtyStatement *statement, Datum *values);

/* Is the first column of its first row true? No row and NULL say no. */
extern bool realty_owner_ask(RealtyStatement *statement, Datum *values);

#endif /* REALTY_PLATFORM_OWNER_SQL_H */
