/*
 * statement_rows.h
 *		The rows of the statement that fired a trigger, for our statements to read.
 */
#ifndef REALTY_PLATFORM_STATEMENT_ROWS_H
#define REALTY_PLATFORM_STATEMENT_ROWS_H

#include "postgres.h"

#include "commands/trigger.h"
#include "utils/tuplestore.h"

#define STATEMENT_COLUMNS_MOST 16

/* A column of the trigger's table, by name, and the type that it must have. */
typedef struct StatementColumn
{
	const char *name;
	Oid type;
} StatementColumn;

/* What was given, to be ended: a table too big for memory has a file. */
typedef struct StatementRows
{
	int count;
	Tuplestorestate *tables[2];
} StatementRows;

/*
 * Until the end, before SPI_finish, statements may read new_rows and old_rows, as far as
 * the event has them, with these columns in this order.
 */
extern void realty_statement_rows(StatementRows *rows, TriggerData *data,
								  const StatementColumn *columns, int count);

/*
 * The same of an UPDATE as one table changed_rows: each row after it and before it side
 * by side, the columns before it as old_<name>.
 */
extern void realty_statement_changes(StatementRows *rows, TriggerData *data,
									 const StatementColumn *columns, int count);

extern void realty_statement_rows_end(StatementRows *rows);

#endif /* REALTY_PLATFORM_STATEMENT_ROWS_H */
