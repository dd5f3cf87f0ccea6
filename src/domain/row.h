/*
 * row.h
 *		The row of a trigger, by column name.
 */
#ifndef REALTY_DOMAIN_ROW_H
#define REALTY_DOMAIN_ROW_H

#include "postgres.h"

#include "access/htup.h"
#include "commands/trigger.h"

#include "platform/violations.h"

#define ROW_MAX_CHANGES 16

/* A row, and the changes a BEFORE trigger wants in it. */
typedef struct Row
{
	TupleDesc desc;
	HeapTuple tuple;
	int nchanges;
	int columns[ROW_MAX_CHANGES];
	Datum values[ROW_MAX_CHANGES];
	bool nulls[ROW_MAX_CHANGES];
} Row;

/* The trigger's data; ERROR when not called as a trigger. */
extern TriggerData *realty_trigger(FunctionCallInfo fcinfo, const char *name);

/* Does the UPDATE set this column? Also true when that is unknown. */
extern bool realty_trigger_sets(const TriggerData *data, const char *column);

/* Was it fired by what another trigger did? Only so do derived columns change. */
extern bool realty_trigger_is_nested(void);

/* Did the statement change any row? Its triggers fire all the same when not. */
extern bool realty_trigger_has_rows(const TriggerData *data);

/* The row to be stored (NEW; OLD in a DELETE), and OLD of an UPDATE. */
extern void realty_row_new(Row *row, const TriggerData *data);
extern void realty_row_old(Row *row, const TriggerData *data);

/*
 * Values as stored; changes that are still pending are not seen. A column that is
 * missing or of another type is an ERROR, and so is NULL where a value is required:
 * a site may alter its tables and hang these triggers on others (see
 * platform/column.c).
 */
extern bool realty_row_is_null(const Row *row, const char *column);
extern Datum realty_row_datum(const Row *row, const char *column, Oid type, bool *isnull);
extern Datum realty_row_required(const Row *row, const char *column, Oid type);
extern int64 realty_row_bigint(const Row *row, const char *column); /* NULL reads as 0 */
extern char *realty_row_text(const Row *row, const char *column); /* NULL reads as NULL */
extern char *realty_row_required_text(const Row *row, const char *column);

/* Do two rows of one relation differ in this column? */
extern bool realty_row_differs(const Row *a, const Row *b, const char *column);

/* Adds a violation for each of these columns that differs. The list ends with NULL. */
extern void realty_row_find_changed(const Row *old_row, const Row *row,
									const char *const *columns, Violations *violations);

/* PT422 when one of them differs. */
extern void realty_row_refuse_changed(const Row *old_row, const Row *row,
									  const char *const *columns);

extern void realty_row_set(Row *row, const char *column, Oid type, Datum value);
extern void realty_row_set_null(Row *row, const char *column);

/* Takes away the blanks around a text. */
extern void realty_row_trim(Row *row, const char *column);

/* The tuple with the changes in it: what a BEFORE trigger returns. */
extern HeapTuple realty_row_result(Row *row);

/*
 * A trigger BEFORE INSERT, UPDATE or DELETE, each row: hands the row that is to be stored
 * (OLD in a DELETE) to the part that fits and returns it with its changes. A part is NULL
 * where the trigger does not fire.
 */
typedef void (*RowGuard)(TriggerData *data, Row *row);
extern Datum realty_row_guard(FunctionCallInfo fcinfo, const char *name, RowGuard insert,
							  RowGuard update, RowGuard delete);

#endif /* REALTY_DOMAIN_ROW_H */
