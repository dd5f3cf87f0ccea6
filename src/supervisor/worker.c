/*
 * worker.c
 *		A worker's visit to one database: sweeps, wakes the mailers, or recounts.
 *
 * It comes, works for some seconds at most and leaves, so that between visits no
 * session of ours is in any database: DROP DATABASE is not held up, and WITH (FORCE)
 * ends a visit like any other session. A recount reads every table and takes as long
 * as that takes.
 *
 * A worker is connected as the bootstrap superuser, and the site's triggers run in
 * what it does. So it becomes the extension's owner for the rest of its session, and
 * works in a security-restricted operation, which nothing that runs inside can leave.
 * Deferred constraints are brought forward, since the commit comes after it. It only
 * runs realty.sweep() and realty.check_invariants(), with a search_path of no schema
 * that others can write to.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/async.h"
#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "platform/compat.h"
#include "platform/scope.h"
#include "platform/shmem.h"
#include "platform/stats.h"
#include "supervisor/worker.h"

#define BATCH 200
#define PAUSE 20    /* ms between two batches: others want the disk too */
#define VISIT 10000 /* ms after which the next database gets its turn */
#define CHANNEL "realty_outbox"
#define MAX_REPORTED 5 /* deviations that are logged */

PGDLLEXPORT void realty_worker_main(Datum argument);

typedef struct WorkerResults
{
	pg_atomic_uint32 results[2]; /* by task; one worker of each at a time */
} WorkerResults;

static WorkerResults *results = NULL;

/* ---- results ---- */

static void
init_results(void *part)
{
	WorkerResults *made = part;

	for (int i = 0; i < 2; i++)
		pg_atomic_init_u32(&made->results[i], WORKER_FAILED);
}

void
realty_worker_result_init(void)
{
	realty_shmem_add("realty workers", sizeof(WorkerResults), init_results,
					 (void **)&results);
}

void
realty_worker_result_clear(WorkerTask task)
{
	pg_atomic_write_u32(&results->results[task], WORKER_FAILED);
}

WorkerResult
realty_worker_result(WorkerTask task)
{
	return (WorkerResult)pg_atomic_read_u32(&results->results[task]);
}

/* ---- transactions ---- */

static void
begin(const char *activity)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	pgstat_report_activity(STATE_RUNNING, activity);
}

static void
commit(void)
{
	PopActiveSnapshot();
	CommitTransactionCommand();
	pgstat_report_stat(true);
	pgstat_report_activity(STATE_IDLE, NULL);
}

static bool
extension_is_there(void)
{
	bool there;

	begin("looking for realty");
	there = OidIsValid(get_extension_oid("realty", true));
	commit();
	return there;
}

static int64
number(uint64 row, int column)
{
	bool isnull;

	return DatumGetInt64(
		SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &isnull));
}

/* For good: the session's own user, too. */
static void
become_owner(void)
{
	Oid owner;

	begin("looking for the owner of realty");
	owner = realty_owner();
	SetSessionAuthorization(owner, superuser_arg(owner));
	commit();
}

static void
run(const char *sql)
{
	Oid user;
	int sec_context;

	GetUserIdAndSecContext(&user, &sec_context);
	SetUserIdAndSecContext(user, sec_context | SECURITY_RESTRICTED_OPERATION);
	if (SPI_connect() != SPI_OK_CONNECT ||
		SPI_execute("SET CONSTRAINTS ALL IMMEDIATE", false, 0) != SPI_OK_UTILITY ||
		SPI_execute(sql, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not run \"%s\"", sql);
	SetUserIdAndSecContext(user, sec_context);
}

/* ---- work ---- */

/* True when some kind had as many as a batch takes: there may be more. */
static bool
sweep_batch(void)
{
	static const char *const sql =
		"SELECT what, swept, failed FROM realty.sweep(" CppAsString2(BATCH) ")";
	bool more = false;

	begin(sql);
	run(sql);
	for (uint64 i = 0; i < SPI_processed; i++)
		more |= number(i, 2) >= BATCH;
	SPI_finish();
	commit();
	return more;
}

static void
pause_a_little(void)
{
	(void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, PAUSE,
					PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
}

static WorkerResult
sweep(void)
{
	TimestampTz until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), VISIT);

	while (sweep_batch())
	{
		if (GetCurrentTimestamp() >= until)
			return WORKER_MORE;
		pause_a_little();
	}
	pg_atomic_write_u64(&realty_stats_here()->swept_at, (uint64)GetCurrentTimestamp());
	return WORKER_DONE;
}

static void
mark_again(int code, Datum argument)
{
	pg_atomic_write_u32(&realty_stats_here()->wake, 1);
}

/*
 * The mark goes first: mail that is queued meanwhile sets it again, and so does an
 * end of the worker before it has notified.
 */
static void
wake_mailers(void)
{
	if (pg_atomic_exchange_u32(&realty_stats_here()->wake, 0) == 0)
		return;
	PG_ENSURE_ERROR_CLEANUP(mark_again, (Datum)0);
	{
		begin("NOTIFY " CHANNEL);
		Async_Notify(CHANNEL, "");
		commit();
	}
	PG_END_ENSURE_ERROR_CLEANUP(mark_again, (Datum)0);
}

static void
report_deviations(const char *function)
{
	for (uint64 i = 0; i < Min(SPI_processed, MAX_REPORTED); i++)
		ereport(LOG,
				(errmsg("deviation of realty: %s",
						SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1))));
	if (SPI_processed > 0)
		ereport(LOG,
				(errmsg_plural("%s() found %llu deviation", "%s() found %llu deviations",
							   (unsigned long)SPI_processed, function,
							   (unsigned long long)SPI_processed),
				 errhint("Call it in database \"%s\", and see the chapter on "
						 "monitoring in docs/operations.md.",
						 get_database_name(MyDatabaseId))));
}

static void
count_deviations(const char *function, pg_atomic_uint64 *number)
{
	char *sql = psprintf("SELECT pg_catalog.row_to_json(i)::text FROM %s() i", function);

	run(sql);
	pg_atomic_write_u64(number, SPI_processed);
	report_deviations(function);
	SPI_finish();
}

static WorkerResult
check(void)
{
	RealtyStats *stats = realty_stats_here();

	begin("counting deviations of realty");
	count_deviations("realty.check_schema", &stats->schema_deviations);
	count_deviations("realty.check_invariants", &stats->deviations);
	pg_atomic_write_u64(&stats->checked_at, (uint64)GetCurrentTimestamp());
	commit();
	return WORKER_DONE;
}

static WorkerResult
work(const WorkerOrder *order)
{
	if (!extension_is_there())
		return WORKER_NOTHING;
	become_owner();
	if (order->task == WORKER_CHECK)
		return check();
	wake_mailers();
	return order->sweep ? sweep() : WORKER_DONE;
}

/* ---- the process ---- */

/*
 * What is swept twice costs nothing, so its commits need not wait for the disk or for
 * a standby. A lock is waited for shortly: the next visit tries again.
 */
static void
arrange_session(void)
{
	SetConfigOption("search_path", "pg_catalog, pg_temp", PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("synchronous_commit", "off", PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("lock_timeout", "1s", PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("default_transaction_isolation", "read committed", PGC_SUSET,
					PGC_S_OVERRIDE);
	SetConfigOption("default_transaction_read_only", "off", PGC_SUSET, PGC_S_OVERRIDE);
}

void
realty_worker_main(Datum argument)
{
	WorkerOrder order;
	WorkerResult result;

	memcpy(&order, MyBgworkerEntry->bgw_extra, sizeof(order));
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	if (OidIsValid(order.database))
		BackgroundWorkerInitializeConnectionByOid(order.database, InvalidOid, 0);
	else
		BackgroundWorkerInitializeConnection(order.name, NULL, 0);
	pgstat_report_appname(MyBgworkerEntry->bgw_type);
	arrange_session();
	result = work(&order);
	if (result == WORKER_NOTHING && OidIsValid(order.database))
		pg_atomic_write_u32(&realty_stats_here()->in_use, 0);
	pg_atomic_write_u32(&results->results[order.task], result);
	proc_exit(0);
}
