/*
 * database_identity.c
 *		Which database this is: what a token must name to be believed here.
 *
 * The threat is a token of another database of this system: a staging copy beside
 * production has the same secret, the same issuer and the same small numbers for
 * users and sessions. So each database has an identity of its own, a random UUID in
 * realty.database_identity, which every token carries in the claim "db" and which
 * is compared wherever a token is accepted.
 *
 * It is made by CREATE EXTENSION and dumped. At a restore CREATE EXTENSION has made
 * one before the dumped row comes: a trigger that also fires there lets the dumped
 * row replace it. realty.renew_identity() works by the same insert.
 *
 * Each backend keeps it, so that a request needs no statement for it. Statement
 * triggers ask for a relcache invalidation of the table, which reaches every
 * backend at commit and this one at the next command; it may also arrive while the
 * row is being read.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"

#include "auth/database_identity.h"
#include "platform/compat.h"
#include "platform/kept_statement.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_database_replace);
PG_FUNCTION_INFO_V1(realty_database_changed);

#define READS_MOST 10
#define UUID_LETTERS 36

static RealtyStatement identity_forget = {
	"DELETE FROM realty.database_identity", 0, {0}, NULL};

static char identity[UUID_LETTERS + 1]; /* empty: there is none */
static Oid identity_table = InvalidOid;
static bool is_fresh = false;
static uint64 generation = 0;

static void
relation_changed(Datum arg, Oid relid)
{
	if (OidIsValid(relid) && relid != identity_table)
		return;
	is_fresh = false;
	generation++;
}

void
realty_database_init(void)
{
	CacheRegisterRelcacheCallback(relation_changed, (Datum)0);
}

uint64
realty_database_generation(void)
{
	return generation;
}

/*
 * The row as it is now, also where the transaction keeps an older snapshot; a parallel
 * query can take no new one.
 */
static Snapshot
snapshot_of_now(void)
{
	return RegisterSnapshot(IsInParallelMode() ? GetActiveSnapshot()
											   : GetLatestSnapshot());
}

static void
read_row(Relation table, AttrNumber column)
{
	Snapshot snapshot = snapshot_of_now();
	TableScanDesc scan = compat_table_beginscan(table, snapshot);
	TupleTableSlot *slot = table_slot_create(table, NULL);

	if (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool isnull;
		Datum value = slot_getattr(slot, column, &isnull);

		if (!isnull)
			strlcpy(identity, DatumGetCString(DirectFunctionCall1(uuid_out, value)),
					sizeof(identity));
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
}

static void
read_identity(void)
{
	Oid schema = get_namespace_oid("realty", true);
	AttrNumber column;
	Relation table;

	identity[0] = '\0';
	identity_table =
		OidIsValid(schema) ? get_relname_relid("database_identity", schema) : InvalidOid;
	if (!OidIsValid(identity_table))
		return;
	column = get_attnum(identity_table, "id");
	if (column == InvalidAttrNumber || get_atttype(identity_table, column) != UUIDOID)
		return;
	table = table_open(identity_table, AccessShareLock);
	read_row(table, column);
	table_close(table, AccessShareLock);
}

/* An old snapshot's answer is not kept, nor that there is no such table yet. */
static bool
may_be_kept(void)
{
	return OidIsValid(identity_table) && !IsInParallelMode();
}

const char *
realty_database_identity(void)
{
	/* What came in while the row was read may be about it: look again. */
	for (int i = 0; !is_fresh && i < READS_MOST; i++)
	{
		is_fresh = true;
		read_identity();
		if (!may_be_kept())
		{
			is_fresh = false;
			break;
		}
	}
	return identity[0] != '\0' ? identity : NULL;
}

bool
realty_database_is_named(const JsonMembers *claims)
{
	const char *named = realty_json_string(claims, DATABASE_CLAIM);
	const char *ours = realty_database_identity();

	return named != NULL && ours != NULL && strcmp(named, ours) == 0;
}

/*
 * Trigger BEFORE INSERT, each row, also at a restore: it replaces the row that is
 * there.
 */
Datum
realty_database_replace(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *)fcinfo->context;
	OwnerSql sql;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(data->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(data->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("realty.database_replace fires before the insert of a "
							   "row")));
	realty_owner_sql_begin(&sql);
	realty_execute(&identity_forget, NULL, NULL, false, 0);
	realty_owner_sql_end(&sql);
	return PointerGetDatum(data->tg_trigtuple);
}

/* Trigger AFTER any change, each statement: every backend reads it anew. */
Datum
realty_database_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("realty.database_changed fires on changes of its table")));
	CacheInvalidateRelcache(((TriggerData *)fcinfo->context)->tg_relation);
	return PointerGetDatum(NULL);
}
