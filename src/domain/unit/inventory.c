/*
 * inventory.c
 *		The ledger that counts units.
 *
 * The count of a project is the sum of its rows in realty.inventory. Every
 * statement that changes units adds one row for each project with the difference,
 * from transition tables, so a COPY of a million units adds one row a project and
 * two bookings of one project never wait for each other. Now and then a statement
 * folds the project's rows into one; it takes only rows that are not locked (SKIP
 * LOCKED), so folding never waits either. Readers see the sum of a snapshot, in
 * which a fold is wholly done or not at all.
 *
 * A hold is a row of its own that counts from the hold's end on. So a hold that has
 * run out needs no write to be seen, and no index on the status of units: a unit
 * that is booked keeps its index entries (a HOT update).
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/hsearch.h"
#include "utils/timestamp.h"

#include "domain/derived.h"
#include "domain/row.h"
#include "domain/unit/unit_changes.h"
#include "domain/unit/unit_rows.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_units_inventory);
PG_FUNCTION_INFO_V1(realty_fold_inventory);

/* One statement in this many folds the ledger of the project it touched. */
#define FOLD_EVERY 64

/* What a statement adds to the ledger, or takes from it. */
typedef struct LedgerLine
{
	struct
	{
		int64 project_id;
		TimestampTz available_from; /* AT_ONCE where nothing holds the units */
	} key;
	int64 total;
	int64 available;
	int64 blocked;
} LedgerLine;

#define AT_ONCE DT_NOBEGIN

static RealtyStatement ledger_insert = {
	.sql = "INSERT INTO realty.inventory (project_id, available_from, total, available, "
		   "blocked) VALUES ($1, $2, $3, $4, $5)",
	.nargs = 5,
	.types = {INT8OID, TIMESTAMPTZOID, INT4OID, INT4OID, INT4OID},
};

static RealtyStatement ledger_fold = {
	.sql =
		"WITH taken AS (DELETE FROM realty.inventory WHERE ctid = ANY (ARRAY("
		"SELECT i.ctid FROM realty.inventory i WHERE i.project_id = $1 "
		"FOR UPDATE SKIP LOCKED)) RETURNING total, available, blocked, available_from) "
		"INSERT INTO realty.inventory (project_id, available_from, total, available, "
		"blocked) "
		"SELECT $1, t.available_from, sum(t.total), sum(t.available), sum(t.blocked) "
		"FROM taken t GROUP BY t.available_from "
		"HAVING sum(t.total) <> 0 OR sum(t.available) <> 0 OR sum(t.blocked) <> 0",
	.nargs = 1,
	.types = {INT8OID},
};

/* Rows that folding would spare; a hold's row stays for itself. */
static RealtyStatement unfolded = {
	.sql = "SELECT i.project_id FROM realty.inventory i GROUP BY i.project_id "
		   "HAVING count(*) - count(DISTINCT coalesce(i.available_from, '-infinity')) "
		   ">= 16 LIMIT $1",
	.nargs = 1,
	.types = {INT8OID},
};

static HTAB *
ledger_open(void)
{
	HASHCTL control = {.keysize = sizeof(((LedgerLine *)NULL)->key),
					   .entrysize = sizeof(LedgerLine),
					   .hcxt = CurrentMemoryContext};

	return hash_create("realty ledger", 16, &control,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* A unit that is held counts as available from the end of its hold on. */
static void
ledger_count(HTAB *ledger, const UnitState *unit, int sign)
{
	LedgerLine *line;
	LedgerLine wanted = {0};
	bool found;

	wanted.key.project_id = unit->project_id;
	wanted.key.available_from = unit->is_held ? unit->held_until : AT_ONCE;
	line = hash_search(ledger, &wanted.key, HASH_ENTER, &found);
	if (!found)
		line->total = line->available = line->blocked = 0;
	line->total += sign;
	line->available += unit->is_free || unit->is_held ? sign : 0;
	line->blocked += unit->is_blocked ? sign : 0;
}

static void
ledger_write(const LedgerLine *line)
{
	bool at_once = line->key.available_from == AT_ONCE;
	Datum values[] = {
		Int64GetDatum(line->key.project_id),
		TimestampTzGetDatum(line->key.available_from),
		Int32GetDatum((int32)line->total),
		Int32GetDatum((int32)line->available),
		Int32GetDatum((int32)line->blocked),
	};

	realty_execute(&ledger_insert, values, at_once ? " n   " : NULL, false, 0);
}

static void
fold_now_and_then(int64 project_id)
{
	static unsigned int statements = 0;
	Datum value = Int64GetDatum(project_id);

	if (++statements % FOLD_EVERY != 0 || XactIsoLevel != XACT_READ_COMMITTED)
		return;
	realty_execute(&ledger_fold, &value, NULL, false, 0);
	realty_unit_changes_trim(project_id);
}

static void
ledger_close(HTAB *ledger)
{
	int64 project_id = 0;
	HASH_SEQ_STATUS lines;
	LedgerLine *line;

	hash_seq_init(&lines, ledger);
	while ((line = hash_seq_search(&lines)) != NULL)
	{
		if (line->total == 0 && line->available == 0 && line->blocked == 0)
			continue;
		ledger_write(line);
		project_id = line->key.project_id;
	}
	hash_destroy(ledger);
	if (project_id != 0)
		fold_now_and_then(project_id);
}

/* Trigger AFTER INSERT, AFTER UPDATE, AFTER DELETE, each statement. */
Datum
realty_units_inventory(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.units_inventory");
	const UnitState *before;
	const UnitState *after;
	UnitChanges changes;
	OwnerSql sql;
	UnitRows rows;
	HTAB *ledger;

	realty_owner_sql_begin(&sql);
	ledger = ledger_open();
	realty_unit_changes_open(&changes);
	realty_unit_rows_open(&rows, data);
	while (realty_unit_rows_next(&rows, &before, &after))
	{
		if (before != NULL)
			ledger_count(ledger, before, -1);
		if (after != NULL)
			ledger_count(ledger, after, 1);
		realty_unit_changes_note(&changes, before, after);
	}
	realty_unit_rows_close(&rows);
	ledger_close(ledger);
	realty_unit_changes_close(&changes);
	realty_owner_sql_end(&sql);
	return PointerGetDatum(NULL);
}

static void
fold_project(int64 project_id)
{
	Datum value = Int64GetDatum(project_id);

	realty_execute(&ledger_fold, &value, NULL, false, 0);
}

/*
 * realty.fold_inventory(projects integer) → SETOF bigint: the projects that were folded
 *
 * For the sweep: a session of a few statements never gets to fold by itself.
 */
Datum
realty_fold_inventory(PG_FUNCTION_ARGS)
{
	return realty_unit_changes_tidy(fcinfo, &unfolded, fold_project);
}
