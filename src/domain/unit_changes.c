/*
 * unit_changes.c
 *		What the public has seen change, for the streams of projects.
 *
 * A row says that a unit is not what it was, not what it is: that is read through the
 * views when somebody asks, with his rights. What nobody outside could see before or
 * after (a blocked unit, a draft) leaves no row. A statement over many units leaves one
 * row a project without a unit: read all of them.
 *
 * No row is ever updated, and none is waited for: whoever trims takes old rows that
 * nobody holds, and leaves one that stands for them.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"

#include "domain/unit_changes.h"
#include "platform/plan.h"
#include "platform/wake.h"

#define NAMED_MOST 50 /* units of one statement; the SQL below says it again */

#define CHANGES_INTO "INSERT INTO realty.unit_changes (project_id, unit_id, xact) "
#define CHANGES_OF(rows)                                                                 \
	CHANGES_INTO "SELECT u.project_id, u.id, $1 FROM " rows " u "                        \
				 "WHERE u.is_listed AND u.status <> 'blocked' RETURNING project_id"
#define CHANGES_OF_MANY(rows)                                                            \
	CHANGES_INTO "SELECT DISTINCT u.project_id, NULL::bigint, $1 FROM " rows " u "       \
				 "WHERE u.is_listed AND u.status <> 'blocked' RETURNING project_id"

static RealtyPlan of_insert = {
	.sql = CHANGES_OF("new_rows"), .nargs = 1, .types = {INT8OID}};
static RealtyPlan of_delete = {
	.sql = CHANGES_OF("old_rows"), .nargs = 1, .types = {INT8OID}};
static RealtyPlan of_large_insert = {
	.sql = CHANGES_OF_MANY("new_rows"), .nargs = 1, .types = {INT8OID}};
static RealtyPlan of_large_delete = {
	.sql = CHANGES_OF_MANY("old_rows"), .nargs = 1, .types = {INT8OID}};

/* No join: the plan that is kept was made for a statement over a few rows. */
static RealtyPlan of_update = {
	.sql = "WITH changed AS MATERIALIZED (SELECT u.project_id, u.id FROM ("
		   "SELECT project_id, id, status, held_until, price, is_listed FROM new_rows "
		   "UNION ALL "
		   "SELECT project_id, id, status, held_until, price, is_listed FROM old_rows) u "
		   "GROUP BY u.project_id, u.id HAVING bool_or(u.is_listed AND u.status <> "
		   "'blocked') "
		   "AND (min(u.status) <> max(u.status) OR min(u.price) <> max(u.price) "
		   "OR bool_and(u.is_listed) <> bool_or(u.is_listed) OR count(u.held_until) = 1 "
		   "OR min(u.held_until) <> max(u.held_until))) " CHANGES_INTO
		   "SELECT DISTINCT c.project_id, "
		   "CASE WHEN (SELECT count(*) FROM changed) <= 50 THEN c.id END, $1 "
		   "FROM changed c RETURNING project_id",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyPlan trim = {
	.sql = "WITH gone AS (DELETE FROM realty.unit_changes WHERE ctid = ANY (ARRAY("
		   "SELECT c.ctid FROM realty.unit_changes c WHERE c.project_id = $1 "
		   "AND c.changed_at < statement_timestamp() - interval '1 hour' "
		   "ORDER BY c.xact LIMIT 1000 FOR UPDATE SKIP LOCKED)) "
		   "RETURNING xact, changed_at) "
		   "INSERT INTO realty.unit_changes (project_id, unit_id, xact, changed_at) "
		   "SELECT $1, NULL, max(xact), max(changed_at) FROM gone HAVING count(*) > 0",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyPlan *
plan_of(const TriggerData *data, int64 rows)
{
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		return rows > NAMED_MOST ? &of_large_insert : &of_insert;
	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		return rows > NAMED_MOST ? &of_large_delete : &of_delete;
	return &of_update;
}

void
realty_unit_changes_note(const TriggerData *data, int64 rows)
{
	Datum xact =
		Int64GetDatum((int64)U64FromFullTransactionId(GetTopFullTransactionId()));

	realty_plan_run(plan_of(data, rows), &xact, NULL, false, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool isnull;
		Datum project =
			SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);

		realty_wake_topic('p', DatumGetInt64(project));
	}
}

void
realty_unit_changes_trim(int64 project_id)
{
	Datum value = Int64GetDatum(project_id);

	realty_plan_run(&trim, &value, NULL, false, 0);
}
