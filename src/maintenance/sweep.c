/*
 * sweep.c
 *		realty.sweep(): removes what is over, some of it at a call.
 *
 * Nothing depends on it. A hold that ran out is free from that instant, an ended
 * session and an old key are refused by their time: sweeping records what already
 * holds, and frees space. So it may run seldom, or never, and may be stopped at any
 * point.
 *
 * Each kind of row has a subtransaction, and each hold one of its own: what a rule
 * of the site refuses is reported as a warning, counted as failed, and holds up
 * nothing else. Locked rows are passed over.
 *
 * Locks: as a change of status has them, booking before unit.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "maintenance/sweep.h"
#include "platform/owner_sql.h"
#include "platform/stats.h"
#include "platform/subxact.h"

PG_FUNCTION_INFO_V1(realty_sweep);

#define TRIES 10 /* holds looked at for each one that a call may take */
#define MINUTES_A_DAY (24 * 60)

static int keep_sessions;
static int keep_emails;
static int keep_notifications;

/* What one kind came to. */
typedef struct SweepCount
{
	int64 swept;
	int64 failed;
} SweepCount;

/* $1 rows at most, $2 seconds since their end. */
typedef struct SweepTask
{
	const char *what;
	const int *keep; /* minutes, below 0 for ever; NULL: as long as they count */
	RealtyStatement statement;
} SweepTask;

#define TASK_ARGUMENTS 2, {INT8OID, FLOAT8OID}, NULL
#define AGO "pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $2)"

static SweepTask tasks[] = {
	{"idempotency_keys",
	 NULL,
	 {"DELETE FROM realty.idempotency_keys k USING (SELECT o.user_id, o.key "
	  "FROM realty.idempotency_keys o WHERE o.created_at < " AGO " - interval '24 hours' "
	  "ORDER BY o.created_at LIMIT $1 FOR UPDATE SKIP LOCKED) o "
	  "WHERE (k.user_id, k.key) = (o.user_id, o.key)",
	  TASK_ARGUMENTS}},
	{"password_resets",
	 NULL,
	 {"DELETE FROM realty.password_resets WHERE token_hash = ANY (ARRAY("
	  "SELECT o.token_hash FROM realty.password_resets o WHERE o.expires_at < " AGO
	  " ORDER BY o.expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))",
	  TASK_ARGUMENTS}},
	{"sessions",
	 &keep_sessions,
	 {"DELETE FROM realty.sessions WHERE id = ANY (ARRAY("
	  "SELECT o.id FROM realty.sessions o WHERE o.expires_at < " AGO
	  " ORDER BY o.expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))",
	  TASK_ARGUMENTS}},
	{"letters",
	 &keep_emails,
	 {"DELETE FROM realty.outbox WHERE id = ANY (ARRAY("
	  "SELECT o.id FROM realty.outbox o WHERE coalesce(o.delivered_at, o.expires_at) "
	  "< " AGO " ORDER BY coalesce(o.delivered_at, o.expires_at) "
	  "LIMIT $1 FOR UPDATE SKIP LOCKED))",
	  TASK_ARGUMENTS}},
	/* What a session folds or trims now and then, where none lasts that long. */
	{"ledgers", NULL, {"SELECT FROM realty.fold_inventory($1::integer)", TASK_ARGUMENTS}},
	{"unit_changes",
	 NULL,
	 {"SELECT FROM realty.trim_unit_changes($1::integer)", TASK_ARGUMENTS}},
	/* After a change of realty.verified_builders_only, which fires no trigger. */
	{"listings",
	 NULL,
	 {"UPDATE realty.projects SET builder_sells = NOT builder_sells WHERE id = ANY "
	  "(ARRAY(SELECT p.id FROM realty.projects p JOIN (SELECT w.id FROM "
	  "realty.projects w JOIN realty.builders d ON d.id = w.builder_id "
	  "JOIN realty.users a ON a.id = d.user_id "
	  "WHERE NOT w.builder_sells AND a.is_active AND NOT d.is_verified "
	  "AND NOT pg_catalog.current_setting('realty.verified_builders_only')::boolean "
	  "UNION ALL SELECT w.id FROM realty.builders d "
	  "JOIN realty.projects w ON w.builder_id = d.id "
	  "WHERE w.builder_sells AND NOT d.is_verified "
	  "AND pg_catalog.current_setting('realty.verified_builders_only')::boolean) o "
	  "ON o.id = p.id LIMIT $1 FOR NO KEY UPDATE OF p SKIP LOCKED))",
	  TASK_ARGUMENTS}},
	/* Ids grow with the time: the oldest are at their beginning, no index is needed. */
	{"notifications",
	 &keep_notifications,
	 {"DELETE FROM realty.notifications WHERE id = ANY (ARRAY("
	  "SELECT o.id FROM (SELECT n.id, n.created_at FROM realty.notifications n "
	  "ORDER BY n.id LIMIT $1 FOR UPDATE SKIP LOCKED) o WHERE o.created_at < " AGO "))",
	  TASK_ARGUMENTS}},
};

static RealtyStatement lapsed_holds = {
	"SELECT id FROM realty.bookings WHERE status = 'pending' "
	"AND hold_expires_at <= pg_catalog.statement_timestamp() "
	"ORDER BY hold_expires_at LIMIT $1",
	1,
	{INT8OID},
	NULL};

static RealtyStatement expire_hold = {
	"UPDATE realty.bookings SET status = 'expired' WHERE id = ("
	"SELECT o.id FROM realty.bookings o WHERE o.id = $1 AND o.status = 'pending' "
	"AND o.hold_expires_at <= pg_catalog.statement_timestamp() "
	"FOR NO KEY UPDATE SKIP LOCKED)",
	1,
	{INT8OID},
	NULL};

void
realty_sweep_define_settings(void)
{
	/* A site that must be able to say which user was signed in when keeps them longer. */
	DefineCustomIntVariable("realty.keep_sessions",
							"How long a session is kept after its end.",
							"-1 keeps them for ever.", &keep_sessions, 30 * MINUTES_A_DAY,
							-1, INT_MAX, PGC_SIGHUP, GUC_UNIT_MIN, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"realty.keep_letters",
		"How long an e-mail is kept in the outbox after it was sent or expired.",
		"-1 keeps them for ever.", &keep_emails, 30 * MINUTES_A_DAY, -1, INT_MAX,
		PGC_SIGHUP, GUC_UNIT_MIN, NULL, NULL, NULL);
	/* People's own: nothing of them goes unless the operator says so. */
	DefineCustomIntVariable("realty.keep_notifications",
							"How long a notification is kept, read or not.",
							"-1 keeps them for ever.", &keep_notifications, -1, -1,
							INT_MAX, PGC_SIGHUP, GUC_UNIT_MIN, NULL, NULL, NULL);
}

/* ---- one piece of work, undone alone when it fails ---- */

typedef int64 (*SweepWork)(void *arg, int64 number);

static void
warn_of_failure(const char *what, const ErrorData *error)
{
	ereport(WARNING, (errmsg("the sweep of %s failed: %s", what, error->message),
					  errdetail("SQLSTATE %s", unpack_sql_state(error->sqlerrcode)),
					  errhidestmt(true), errhidecontext(true)));
}

typedef struct SweepPiece
{
	SweepWork work;
	void *arg;
	int64 number;
	int64 swept;
} SweepPiece;

static void
run_piece(void *arg)
{
	SweepPiece *piece = arg;

	piece->swept = piece->work(piece->arg, piece->number);
}

/* How many rows it swept, -1 when it failed. */
static int64
run_in_subtransaction(const char *what, SweepWork work, void *arg, int64 number)
{
	SweepPiece piece = {.work = work, .arg = arg, .number = number};
	ErrorData *error = realty_subxact_run(run_piece, &piece);

	CHECK_FOR_INTERRUPTS();
	if (error == NULL)
		return piece.swept;
	warn_of_failure(what, error);
	FreeErrorData(error);
	return -1;
}

/* ---- holds ---- */

static int64
expire_one(void *arg, int64 booking_id)
{
	Datum id = Int64GetDatum(booking_id);

	realty_execute(&expire_hold, &id, NULL, false, 0);
	return (int64)SPI_processed;
}

static int64 *
find_lapsed(int64 most, uint64 *count)
{
	Datum limit = Int64GetDatum(most);
	int64 *ids;
	bool isnull;

	realty_execute(&lapsed_holds, &limit, NULL, false, 0);
	*count = SPI_processed;
	ids = palloc(sizeof(int64) * Max(*count, 1));
	for (uint64 i = 0; i < *count; i++)
		ids[i] = DatumGetInt64(
			SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_freetuptable(SPI_tuptable);
	return ids;
}

/* Those that fail stay the oldest: more than asked for are looked at, to get past them.
 */
static SweepCount
sweep_holds(int64 most)
{
	SweepCount count = {0};
	uint64 found;
	int64 *ids = find_lapsed(most * TRIES, &found);

	for (uint64 i = 0; i < found && count.swept < most; i++)
	{
		int64 swept = run_in_subtransaction("holds", expire_one, NULL, ids[i]);

		if (swept < 0)
			count.failed++;
		else
			count.swept += swept;
	}
	return count;
}

/* ---- the others ---- */

static int64
delete_some(void *arg, int64 most)
{
	SweepTask *task = arg;
	Datum values[2] = {Int64GetDatum(most), Float8GetDatum(0)};

	if (task->keep != NULL)
		values[1] = Float8GetDatum((double)*task->keep * SECS_PER_MINUTE);
	realty_execute(&task->statement, values, NULL, false, 0);
	return (int64)SPI_processed;
}

static SweepCount
sweep_task(SweepTask *task, int64 most)
{
	SweepCount count = {0};

	if (task->keep != NULL && *task->keep < 0)
		return count;
	count.swept = run_in_subtransaction(task->what, delete_some, task, most);
	if (count.swept < 0)
		count = (SweepCount){.failed = 1};
	return count;
}

static void
put_count(FunctionCallInfo fcinfo, const char *what, SweepCount count)
{
	ReturnSetInfo *result = (ReturnSetInfo *)fcinfo->resultinfo;
	Datum values[] = {CStringGetTextDatum(what), Int64GetDatum(count.swept),
					  Int64GetDatum(count.failed)};
	bool nulls[] = {false, false, false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	for (int64 i = 0; i < count.swept; i++)
		realty_stats_count_at_commit(REALTY_SWEPT);
}

/* realty.sweep(batch integer) → SETOF (what text, swept bigint, failed bigint) */
Datum
realty_sweep(PG_FUNCTION_ARGS)
{
	int64 most = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT32(0);
	OwnerSql sql;

	if (most < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a batch has at least one row")));
	InitMaterializedSRF(fcinfo, 0);
	realty_owner_sql_begin(&sql);
	put_count(fcinfo, "holds", sweep_holds(most));
	for (size_t i = 0; i < lengthof(tasks); i++)
		put_count(fcinfo, tasks[i].what, sweep_task(&tasks[i], most));
	realty_owner_sql_end(&sql);
	return (Datum)0;
}
