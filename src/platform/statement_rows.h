/*
 * statement_rows.h
 *		The rows of the statement that fired a trigger, for our statements to read.
 */
#ifndef REALTY_PLATFORM_STATEMENT_ROWS_H
#define REALTY_PLATFORM_STATEMENT_ROWS_H

#include "postgres.h"

#include "commands/trigger.h"
#include "utils/tuplestore.h"

#include "platform/owner_sql.h"

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
	OwnerSql sql;
	int count;
	Tuplestorestate *tables[2];
} StatementRows;

/*
 * Begins SQL as the extension's owner (owner_sql.h), whose statements may read new_rows
 * and old_rows, as far as the event has them, with these columns in this order.
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

/* Each of the two around one statement alone. */
extern void realty_statement_rows_run(TriggerData *data, const StatementColumn *columns,
									  int count, RealtyStatement *statement);
extern void realty_statement_changes_run(TriggerData *data,
										 const StatementColumn *columns, int count,
										 RealtyStatement *statement);

#endif /* REALTY_PLATFORM_STATEMENT_ROWS_H */
