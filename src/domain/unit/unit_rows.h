/*
 * unit_rows.h
 *		The units that a statement wrote, before and after, one by one.
 */
#ifndef REALTY_DOMAIN_UNIT_UNIT_ROWS_H
#define REALTY_DOMAIN_UNIT_UNIT_ROWS_H

#include "postgres.h"

#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "utils/timestamp.h"

#define UNIT_COLUMNS 6

/* What counting units, and telling of them, needs to know of one. */
typedef struct UnitState
{
	int64 id;
	int64 project_id;
	TimestampTz held_until; /* when it is held */
	Datum status;           /* good until the next unit, as is price */
	Datum price;
	bool is_free; /* status available */
	bool is_blocked;
	bool is_held;
	bool is_public; /* listed, and not blocked */
} UnitState;

/* One side of a statement: its transition table, read with a pointer of its own. */
typedef struct UnitTable
{
	Tuplestorestate *rows; /* NULL where the statement has no such side */
	TupleTableSlot *slot;
	int reader;
	UnitState state;
} UnitTable;

typedef struct UnitRows
{
	AttrNumber columns[UNIT_COLUMNS];
	UnitTable before;
	UnitTable after;
} UnitRows;

/* For a trigger AFTER a statement with transition tables; ERROR on another table's. */
extern void realty_unit_rows_open(UnitRows *rows, const TriggerData *data);

/*
 * The next unit: what it was (NULL for one that is new) and what it is (NULL for one that
 * is gone). False after the last.
 */
extern bool realty_unit_rows_next(UnitRows *rows, const UnitState **before,
								  const UnitState **after);

extern void realty_unit_rows_close(UnitRows *rows);

#endif /* REALTY_DOMAIN_UNIT_UNIT_ROWS_H */
