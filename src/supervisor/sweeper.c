/*
 * sweeper.c
 *		The supervisor's side of sweeping: when which database is visited.
 *
 * It visits every database in which realty has been used since the server started:
 * each has a slot in platform/stats. Before the first use there is nothing new to
 * sweep, and what is left of the time before was swept then; realty.database is
 * looked into once without having been used.
 *
 * One worker sweeps at a time and one recounts, in turns. All is state of the
 * supervisor alone, which has no database itself; workers write only their result.
 *
 * A database that a worker cannot enter is dropped from the round until it is used
 * again: mostly it is gone.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "maintenance/sweep.h"
#include "platform/stats.h"
#include "supervisor/backoff.h"
#include "supervisor/sweeper.h"
#include "supervisor/worker.h"

#define MIN_WAKE_INTERVAL 1000 /* ms between two wake-ups of one database's mailers */
#define FIRST_CHECK (10 * 60)  /* s after the first sight of a database, at most */
#define RETRY_REGISTER 10000   /* ms, when there is no place for a worker */
#define FIRST_LOOK 2000        /* ms until realty.database is looked into */
#define STANDBY_ROUND 5000     /* ms */
#define NAMED REALTY_STATS_DATABASES /* the target that has a name only */

typedef struct SweepTarget
{
	bool seen;
	TimestampTz sweep_at;
	TimestampTz wake_at; /* not before */
	TimestampTz check_at;
} SweepTarget;

typedef struct SweepJob
{
	BackgroundWorkerHandle *handle; /* NULL: none is under way */
	int target;
	bool sweeps;
	bool reported; /* that there is no place for a worker */
} SweepJob;

static int sweep_interval;
static int check_interval;
static SweepTarget targets[REALTY_STATS_DATABASES + 1];
static SweepJob jobs[2]; /* by task */
static char named[NAMEDATALEN];
static bool standby = true;

static TimestampTz
after(int64 ms)
{
	return TimestampTzPlusMilliseconds(realty_now(), ms);
}

static TimestampTz
after_interval(int seconds)
{
	return seconds == 0 ? 0 : after((int64)seconds * 1000);
}

/* ---- targets ---- */

static bool
target_is_there(int number)
{
	RealtyStats *stats;

	if (number == NAMED)
		return named[0] != '\0';
	stats = realty_stats_slot(number);
	return stats != NULL && pg_atomic_read_u32(&stats->in_use) != 0;
}

static bool
target_wants_wake(int number)
{
	return number != NAMED && pg_atomic_read_u32(&realty_stats_slot(number)->wake) != 0;
}

static void
target_see(SweepTarget *target, int number)
{
	target->seen = true;
	target->wake_at = 0;
	target->sweep_at = after_interval(sweep_interval);
	target->check_at = after_interval(Min(check_interval, FIRST_CHECK));
	if (number != NAMED)
		return;
	target->sweep_at = sweep_interval == 0 ? 0 : after(FIRST_LOOK);
	target->check_at = 0;
}

static void
targets_look(void)
{
	for (int i = 0; i <= NAMED; i++)
	{
		if (!target_is_there(i))
			targets[i].seen = false;
		else if (!targets[i].seen)
			target_see(&targets[i], i);
	}
}

static bool
is_due(TimestampTz when)
{
	return when != 0 && when <= realty_now();
}

/* ---- jobs ---- */

static void
job_register(SweepJob *job, const WorkerOrder *order)
{
	BackgroundWorker worker = {0};
	MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
	const char *title =
		order->task == WORKER_CHECK ? "realty recounter" : "realty sweeper";

	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_notify_pid = MyProcPid;
	strlcpy(worker.bgw_library_name, "realty", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "realty_worker_main", BGW_MAXLEN);
	strlcpy(worker.bgw_name, title, BGW_MAXLEN);
	strlcpy(worker.bgw_type, title, BGW_MAXLEN);
	memcpy(worker.bgw_extra, order, sizeof(*order));
	realty_worker_result_clear(order->task);
	if (!RegisterDynamicBackgroundWorker(&worker, &job->handle))
		job->handle = NULL;
	MemoryContextSwitchTo(before);
}

static void
report(SweepJob *job)
{
	if (!job->reported)
		ereport(LOG, (errmsg("no background worker is left to sweep realty's tables"),
					  errhint("Raise max_worker_processes. Nothing is lost meanwhile.")));
	job->reported = true;
}

static void
job_start(WorkerTask task, int number, bool sweep)
{
	SweepJob *job = &jobs[task];
	SweepTarget *target = &targets[number];
	WorkerOrder order = {.task = task, .sweep = sweep};

	StaticAssertStmt(sizeof(WorkerOrder) <= BGW_EXTRALEN,
					 "an order travels in bgw_extra");
	if (number == NAMED)
		strlcpy(order.name, named, sizeof(order.name));
	else
		order.database = realty_stats_slot(number)->database;
	job->target = number;
	job->sweeps = sweep;
	target->wake_at = after(MIN_WAKE_INTERVAL);
	job_register(job, &order);
	if (job->handle != NULL)
	{
		job->reported = false;
		return;
	}
	report(job);
	target->wake_at = after(RETRY_REGISTER);
	if (task == WORKER_CHECK)
		target->check_at = after(RETRY_REGISTER);
	else if (sweep)
		target->sweep_at = after(RETRY_REGISTER);
}

/*
 * By name is only how a database gets its slot; a name that leads nowhere is
 * forgotten.
 */
static void
job_failed(int number)
{
	RealtyStats *stats = number == NAMED ? NULL : realty_stats_slot(number);

	if (stats != NULL)
		pg_atomic_write_u32(&stats->in_use, 0);
}

static void
job_end(WorkerTask task)
{
	SweepJob *job = &jobs[task];
	SweepTarget *target = &targets[job->target];
	WorkerResult result = realty_worker_result(task);

	pfree(job->handle);
	job->handle = NULL;
	if (task == WORKER_CHECK)
		target->check_at = after_interval(check_interval);
	else if (job->sweeps)
		target->sweep_at =
			result == WORKER_MORE ? realty_now() : after_interval(sweep_interval);
	if (job->target == NAMED)
		targets[NAMED].sweep_at = 0;
	if (result == WORKER_FAILED)
		job_failed(job->target);
}

static void
job_watch(WorkerTask task)
{
	pid_t pid;

	if (jobs[task].handle != NULL &&
		GetBackgroundWorkerPid(jobs[task].handle, &pid) == BGWH_STOPPED)
		job_end(task);
}

/* ---- rounds ---- */

/* The one that waits longest; mail does not wait for a sweep's turn. */
static int
pick(WorkerTask task, bool *sweep)
{
	int best = -1;

	*sweep = true;
	for (int i = 0; i <= NAMED; i++)
	{
		TimestampTz when =
			task == WORKER_CHECK ? targets[i].check_at : targets[i].sweep_at;

		if (!targets[i].seen)
			continue;
		if (task == WORKER_SWEEP && target_wants_wake(i) &&
			targets[i].wake_at <= realty_now())
		{
			*sweep = is_due(targets[i].sweep_at);
			return i;
		}
		if (is_due(when) &&
			(best < 0 || when < (task == WORKER_CHECK ? targets[best].check_at
													  : targets[best].sweep_at)))
			best = i;
	}
	return best;
}

static void
job_arrange(WorkerTask task)
{
	bool sweep;
	int number;

	if (jobs[task].handle != NULL)
		return;
	number = pick(task, &sweep);
	if (number >= 0)
		job_start(task, number, sweep);
}

/* A reload may have changed the intervals: all of them begin anew. */
static void
settings_follow(const char *database)
{
	static int last_sweep_interval = -1;
	static int last_check_interval = -1;

	if (strncmp(named, database, sizeof(named) - 1) != 0)
	{
		strlcpy(named, database, sizeof(named));
		targets[NAMED].seen = false;
	}
	if (last_sweep_interval != sweep_interval || last_check_interval != check_interval)
		for (int i = 0; i <= NAMED; i++)
			targets[i].seen = false;
	last_sweep_interval = sweep_interval;
	last_check_interval = check_interval;
}

/* database: the one to look into without its having been used. */
void
realty_sweeper_round(const char *database)
{
	if (standby)
		standby = RecoveryInProgress();
	if (standby)
		return;
	settings_follow(database);
	job_watch(WORKER_SWEEP);
	job_watch(WORKER_CHECK);
	targets_look();
	job_arrange(WORKER_SWEEP);
	job_arrange(WORKER_CHECK);
}

static void
sooner(TimestampTz *due, TimestampTz when)
{
	if (when != 0 && (*due == 0 || when < *due))
		*due = when;
}

/* When the next round is due, 0 for not before a signal. */
TimestampTz
realty_sweeper_due(void)
{
	TimestampTz due = 0;

	if (standby)
		return after(STANDBY_ROUND); /* a promotion sends no signal */
	for (int i = 0; i <= NAMED; i++)
	{
		if (!targets[i].seen)
			continue;
		if (jobs[WORKER_SWEEP].handle == NULL)
		{
			sooner(&due, targets[i].sweep_at);
			if (target_wants_wake(i))
				sooner(&due, Max(targets[i].wake_at, 1));
		}
		if (jobs[WORKER_CHECK].handle == NULL)
			sooner(&due, targets[i].check_at);
	}
	return due;
}

/* The server stops, workers too. */
void
realty_sweeper_finish(void)
{
	for (int task = 0; task < 2; task++)
		if (jobs[task].handle != NULL)
			TerminateBackgroundWorker(jobs[task].handle);
}

void
realty_sweeper_start(void)
{
	realty_stats_supervise();
}

void
realty_sweeper_init(void)
{
	realty_sweep_define_settings();
	realty_worker_result_init();
	/* A site may run realty.sweep() from a cron of its own. */
	DefineCustomIntVariable("realty.sweep_interval",
							"How often lapsed holds and old rows are swept.",
							"0 never sweeps; nothing depends on it.", &sweep_interval, 60,
							0, INT_MAX / 1000, PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);
	/* It reads every table: a very large site chooses its hour with a cron. */
	DefineCustomIntVariable("realty.check_interval",
							"How often realty.check_invariants() is run.",
							"0 never runs it.", &check_interval, 24 * 60 * 60, 0,
							INT_MAX / 1000, PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);
}
