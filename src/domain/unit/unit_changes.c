/*
 * unit_changes.c
 *		Changes of units that the public sees, for the streams of projects.
 *
 * A row says that a unit has changed, not what it has become: that is read through
 * the views, with the reader's rights. What was not public before or after (a
 * blocked unit, a draft) leaves no row. A statement over many units leaves one row
 * a project without a unit: read all of them.
 *
 * No row is ever updated, and none is waited for: trimming takes old rows that are
 * not locked, and leaves one that stands for them.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/tuplestore.h"

#include "domain/derived.h"
#include "domain/unit/unit_changes.h"
#include "platform/owner_sql.h"
#include "platform/wake.h"

PG_FUNCTION_INFO_V1(realty_trim_unit_changes);

static RealtyStatement insert = {
	.sql = "INSERT INTO realty.unit_changes (project_id, unit_id, xact) "
		   "VALUES ($1, $2, $3)",
	.nargs = 3,
	.types = {INT8OID, INT8OID, INT8OID},
};

/* Only the first thousand are looked at: in a busy hour the young ones are very many. */
static RealtyStatement trim = {
	.sql = "WITH gone AS (DELETE FROM realty.unit_changes WHERE ctid = ANY (ARRAY("
		   "SELECT c.ctid FROM realty.unit_changes c WHERE c.ctid = ANY (ARRAY("
		   "SELECT o.ctid FROM (SELECT f.ctid, f.changed_at FROM realty.unit_changes f "
		   "WHERE f.project_id = $1 ORDER BY f.xact LIMIT 1000) o "
		   "WHERE o.changed_at < statement_timestamp() - interval '1 hour')) "
		   "FOR UPDATE SKIP LOCKED)) "
		   "RETURNING xact, changed_at) "
		   "INSERT INTO realty.unit_changes (project_id, unit_id, xact, changed_at) "
		   "SELECT $1, NULL, max(xact), max(changed_at) FROM gone HAVING count(*) > 0",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement untrimmed = {
	.sql = "SELECT c.project_id FROM realty.unit_changes c "
		   "WHERE c.changed_at < statement_timestamp() - interval '1 hour' "
		   "GROUP BY c.project_id HAVING count(*) > 1 LIMIT $1",
	.nargs = 1,
	.types = {INT8OID},
};

void
realty_unit_changes_open(UnitChanges *changes)
{
	changes->count = 0;
	changes->projects = NULL;
}

static void
note_project(UnitChanges *changes, int64 project_id)
{
	(void)hash_search(changes->projects, &project_id, HASH_ENTER, NULL);
}

static void
go_by_project(UnitChanges *changes)
{
	HASHCTL control = {.keysize = sizeof(int64),
					   .entrysize = sizeof(int64),
					   .hcxt = CurrentMemoryContext};

	changes->projects = hash_create("realty unit changes", 64, &control,
									HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < changes->count; i++)
		note_project(changes, changes->named[i].project_id);
}

/* Was the change public? */
static bool
is_news(const UnitState *before, const UnitState *after)
{
	bool was_public = before != NULL && before->is_public;
	bool is_public = after != NULL && after->is_public;

	if (was_public != is_public)
		return true;
	return is_public && (!datum_image_eq(before->status, after->status, false, -1) ||
						 !datum_image_eq(before->price, after->price, false, -1) ||
						 (after->is_held && before->held_until != after->held_until));
}

void
realty_unit_changes_note(UnitChanges *changes, const UnitState *before,
						 const UnitState *after)
{
	const UnitState *unit = after ? after : before;

	if (!is_news(before, after))
		return;
	if (changes->projects == NULL && changes->count == UNIT_CHANGES_NAMED)
		go_by_project(changes);
	if (changes->projects != NULL)
	{
		note_project(changes, unit->project_id);
		return;
	}
	changes->named[changes->count].id = unit->id;
	changes->named[changes->count].project_id = unit->project_id;
	changes->count++;
}

static void
write_change(int64 project_id, int64 unit_id, const char *nulls)
{
	FullTransactionId xact = GetTopFullTransactionId();
	Datum values[] = {Int64GetDatum(project_id), Int64GetDatum(unit_id),
					  Int64GetDatum((int64)U64FromFullTransactionId(xact))};

	realty_execute(&insert, values, nulls, false, 0);
	realty_wake_topic('p', project_id);
}

void
realty_unit_changes_close(UnitChanges *changes)
{
	HASH_SEQ_STATUS projects;
	int64 *project_id;

	if (changes->projects == NULL)
	{
		for (int i = 0; i < changes->count; i++)
			write_change(changes->named[i].project_id, changes->named[i].id, NULL);
		return;
	}
	hash_seq_init(&projects, changes->projects);
	while ((project_id = hash_seq_search(&projects)) != NULL)
		write_change(*project_id, 0, " n ");
	hash_destroy(changes->projects);
}

void
realty_unit_changes_trim(int64 project_id)
{
	Datum value = Int64GetDatum(project_id);

	realty_execute(&trim, &value, NULL, false, 0);
}

typedef struct Tidying
{
	FunctionCallInfo fcinfo;
	RealtyStatement *find;
	void (*tidy)(int64 project_id);
} Tidying;

static void
tidy_projects(void *arg)
{
	Tidying *tidying = arg;
	ReturnSetInfo *result = (ReturnSetInfo *)tidying->fcinfo->resultinfo;
	Datum most = Int64GetDatum(DatumGetInt32(tidying->fcinfo->args[0].value));
	SPITupleTable *found;
	bool isnull = false;

	realty_execute(tidying->find, &most, NULL, false, 0);
	found = SPI_tuptable;
	for (uint64 i = 0; i < found->numvals; i++)
	{
		Datum id = SPI_getbinval(found->vals[i], found->tupdesc, 1, &isnull);

		CHECK_FOR_INTERRUPTS();
		tidying->tidy(DatumGetInt64(id));
		tuplestore_putvalues(result->setResult, result->setDesc, &id, &isnull);
	}
}

/* At the stricter levels a row that another session has tidied would be an error. */
Datum
realty_unit_changes_tidy(FunctionCallInfo fcinfo, RealtyStatement *find,
						 void (*tidy)(int64 project_id))
{
	Tidying tidying = {fcinfo, find, tidy};
	OwnerSql sql;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (XactIsoLevel != XACT_READ_COMMITTED)
		return (Datum)0;
	realty_owner_sql_begin(&sql);
	realty_derived_tidy(tidy_projects, &tidying);
	realty_owner_sql_end(&sql);
	return (Datum)0;
}

/* realty.trim_unit_changes(projects integer) → SETOF bigint, as realty.fold_inventory */
Datum
realty_trim_unit_changes(PG_FUNCTION_ARGS)
{
	return realty_unit_changes_tidy(fcinfo, &untrimmed, realty_unit_changes_trim);
}
