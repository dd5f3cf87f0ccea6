/*
 * progress.c
 *		Phases: the guard, and the rollup to their unit and project.
 *
 * A unit's progress is the weighted mean of its phases. A project's is the
 * weighted mean of its project-level phases and its units' progress, where a unit
 * weighs as much as its phases together; so it is the weighted mean of all of its
 * phases, wherever they hang, and no unit's rounding gets into it.
 *
 * Units and projects keep both sums, and a statement adds its difference to them,
 * from transition tables: exact numerics, nothing is recounted, a COPY of 100,000
 * phases updates each row above it once. Adding is right at read committed, where
 * an UPDATE takes the newest row, and at stricter levels, where it gets 40001; a
 * recount would miss what another has not committed yet.
 *
 * Locks, always in this order: the phases, their projects by id, their units by
 * id. A change of the project (its row, then its units) goes the same way. Two who
 * report on one project wait for each other for one small update; a statement that
 * leaves the sums as they are (a phase's name, its dates) locks neither, and
 * bookings never touch the project's row.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"

#include "domain/location.h"
#include "domain/row.h"
#include "platform/statement_rows.h"

PG_FUNCTION_INFO_V1(realty_progress_guard);
PG_FUNCTION_INFO_V1(realty_progress_rollup);

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"project_id", INT8OID},
	{"unit_id", INT8OID},
	{"weight", NUMERICOID},
	{"percent", NUMERICOID},
};

#define ADDED(sign, rows)                                                                \
	"SELECT project_id, unit_id, " sign "weight AS weight, " sign                        \
	"weight * percent AS points FROM " rows

#define DIFFERENCE(changes, key)                                                         \
	"(SELECT c." key " AS id, sum(c.weight) AS weight, sum(c.points) AS points "         \
	"FROM (" changes ") c WHERE c." key " IS NOT NULL GROUP BY c." key                   \
	" HAVING sum(c.weight) <> 0 OR sum(c.points) <> 0)"

#define LOCK_ROWS(table, changes, key)                                                   \
	{                                                                                    \
		.sql = "SELECT 1 FROM realty." table                                             \
			   " t WHERE t.id IN (SELECT d.id FROM " DIFFERENCE(                         \
				   changes, key) " d) ORDER BY t.id FOR NO KEY UPDATE"                   \
	}

#define ADD_DIFFERENCE(table, changes, key)                                              \
	{                                                                                    \
		.sql = "UPDATE realty." table " t SET "                                          \
			   "progress_weight = t.progress_weight + d.weight, "                        \
			   "progress_points = t.progress_points + d.points, "                        \
			   "progress_percent = coalesce(round((t.progress_points + d.points) "       \
			   "/ nullif(t.progress_weight + d.weight, 0), 2), 0) "                      \
			   "FROM " DIFFERENCE(changes, key) " d WHERE t.id = d.id"                   \
	}

#define ROLLUP(changes)                                                                  \
	{                                                                                    \
		LOCK_ROWS("projects", changes, "project_id"),                                    \
			LOCK_ROWS("units", changes, "unit_id"),                                      \
			ADD_DIFFERENCE("projects", changes, "project_id"),                           \
			ADD_DIFFERENCE("units", changes, "unit_id")                                  \
	}

#define ROLLUP_STEPS 4

static RealtyStatement rollup_insert[ROLLUP_STEPS] = ROLLUP(ADDED("", "new_rows"));
static RealtyStatement rollup_delete[ROLLUP_STEPS] = ROLLUP(ADDED("-", "old_rows"));
static RealtyStatement rollup_update[ROLLUP_STEPS] =
	ROLLUP(ADDED("", "new_rows") " UNION ALL " ADDED("-", "old_rows"));

/*
 * 0 for NULL; a percentage with two decimals is exact enough as a double. Whether it is
 * one the validator says, in fewer words than the digits of 1e131071.
 */
static double
percent_of(const Row *row)
{
	bool isnull;
	Datum value = realty_row_datum(row, "percent", NUMERICOID, &isnull);

	return isnull
			   ? 0
			   : DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, value));
}

/*
 * Work begins when the percentage leaves 0 and ends when it reaches 100; going
 * back takes the date away again. A date that the statement itself gives stays.
 */
static void
stamp(Row *row, const Row *old_row, const char *column, bool was, bool is, Datum today)
{
	bool given = old_row != NULL && realty_row_differs(old_row, row, column);

	if (is && !was && realty_row_is_null(row, column))
		realty_row_set(row, column, DATEOID, today);
	else if (was && !is && !given)
		realty_row_set_null(row, column);
}

/* Who gave a start still to come, and is done already, was done by then. */
static Datum
end_of_work(const Row *row, Datum today)
{
	bool isnull;
	Datum start = realty_row_datum(row, "actual_start", DATEOID, &isnull);

	return !isnull && DatumGetDateADT(start) > DatumGetDateADT(today) ? start : today;
}

static void
stamp_dates(Row *row, const Row *old_row, Datum today)
{
	double before = old_row ? percent_of(old_row) : 0;
	double after = percent_of(row);

	stamp(row, old_row, "actual_start", before > 0, after > 0, today);
	stamp(row, old_row, "actual_end", before >= 100, after >= 100,
		  end_of_work(row, today));
}

/* Trigger BEFORE INSERT OR UPDATE, each row; the first of its table. */
Datum
realty_progress_guard(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.progress_guard");
	static const char *const fixed[] = {"project_id", "unit_id", NULL};
	Row row;
	Row old_row;

	realty_row_new(&row, data);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
	{
		Location location = realty_location_get(&row);

		realty_location_check(data, &row, &location);
		stamp_dates(&row, NULL, location.today);
		return PointerGetDatum(realty_row_result(&row));
	}
	realty_row_old(&old_row, data);
	realty_row_refuse_changed(&old_row, &row, fixed);
	if (realty_row_differs(&old_row, &row, "percent"))
	{
		Location location = realty_location_get(&row);

		realty_location_check(data, &row, &location);
		stamp_dates(&row, &old_row, location.today);
	}
	return PointerGetDatum(realty_row_result(&row));
}

/* Trigger AFTER INSERT, AFTER UPDATE, AFTER DELETE, each statement. */
Datum
realty_progress_rollup(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.progress_rollup");
	RealtyStatement *steps = rollup_update;
	StatementRows rows;

	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		steps = rollup_insert;
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		steps = rollup_delete;
	realty_statement_rows(&rows, data, columns, lengthof(columns));
	for (int i = 0; i < ROLLUP_STEPS; i++)
		realty_execute(&steps[i], NULL, NULL, false, 0);
	realty_statement_rows_end(&rows);
	return PointerGetDatum(NULL);
}
