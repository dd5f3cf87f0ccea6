/*
 * supervisor.c
 *		The background worker that keeps the HTTP gateway running.
 *
 * It has shared memory but no database connection: it is on a hot standby as on a
 * primary, holds up no DROP DATABASE, and there is no session in it to attack. All
 * its state is local; nothing is shared, so there is no lock.
 *
 * Each round of the loop compares the wanted state with the actual one: the settings,
 * the sockets and the processes. A signal only causes the next round. Two processes
 * may exist at a time: the one that serves, and one that finishes its requests after
 * a change of settings or, at a reload, of the program's file.
 *
 * A gateway that ends after a good while is started again at once, one that ends soon
 * after its start after ever longer waits: a crash is repaired within a second, a
 * wrong setting does not fill the log.
 */
#include "postgres.h"

#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/pidfile.h"
#include "utils/timestamp.h"

#include "platform/compat.h"
#include "supervisor/backoff.h"
#include "supervisor/child.h"
#include "supervisor/listeners.h"
#include "supervisor/settings.h"
#include "supervisor/supervisor.h"
#include "supervisor/sweeper.h"

#define ROUND_MS 1000   /* between two rounds without a signal, while one serves */
#define STOP_EXTRA 2000 /* ms of patience after which the gateway itself cuts off */
#define GOOD_WHILE 5000 /* ms of life after which an end counts as the first one */
#define PID_FILE "postmaster.pid" /* in the data directory, where every process is */
#define WORKER_RESTART 1          /* s */

typedef struct Supervisor
{
	GatewayChild serving;
	GatewayChild leaving;
	char program[96];     /* distinguishes versions of its file */
	int failures;         /* starts in a row that did not last */
	TimestampTz start_at; /* of the next start, when one has to wait; else 0 */
} Supervisor;

PGDLLEXPORT void realty_supervisor_main(Datum argument);

static Supervisor supervisor;

static int
stop_patience(void)
{
	return realty_supervisor_settings.gateway_drain_timeout * 1000 + STOP_EXTRA;
}

/*
 * A smart shutdown waits for all sessions, the gateway's too, and signals no worker
 * before they have ended; but it is written in the pid file.
 */
static bool
server_is_stopping(void)
{
	FILE *file = fopen(PID_FILE, "r");
	char line[MAXPGPATH] = "";
	int number = 0;

	if (file == NULL)
		return false;
	while (number < LOCK_FILE_LINE_PM_STATUS && fgets(line, sizeof line, file))
		number++;
	fclose(file);
	return number == LOCK_FILE_LINE_PM_STATUS &&
		   strncmp(line, PM_STATUS_STOPPING, strlen(PM_STATUS_STOPPING)) == 0;
}

/* Remember a string beyond this round. */
static void
replace_text(char **place, const char *text)
{
	char *copy = text ? MemoryContextStrdup(TopMemoryContext, text) : NULL;

	if (*place)
		pfree(*place);
	*place = copy;
}

/*
 * Enough that the cores have work while others wait for the disk; more of them only
 * take turns, each with cold caches.
 */
static int
gateway_connections(void)
{
	int chosen = realty_supervisor_settings.gateway_connections;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return chosen > 0 ? chosen : (int)Min(Max(4 * cores, 8), 32);
}

static char **
gateway_arguments(void)
{
	const SupervisorSettings *settings = &realty_supervisor_settings;
	List *list = list_make2(realty_supervisor_program(), "--database");
	char **arguments;
	int count = 0;
	ListCell *cell;

	list = lappend(list, settings->database);
	list = lappend(lappend(list, "--user"), "realty_gateway");
	list = lappend(lappend(list, "--connections"), psprintf("%d", gateway_connections()));
	list = lappend(lappend(list, "--cors-origins"), settings->cors_origins);
	list = lappend(lappend(list, "--trusted-proxies"), settings->trusted_proxies);
	list = lappend(lappend(list, "--replicas"), settings->gateway_replicas);
	list = lappend(lappend(list, "--metrics"), settings->metrics);
	list = lappend(lappend(list, "--access-log"), settings->access_log ? "1" : "0");
	list = realty_supervisor_numbers(list);
	arguments = palloc((list_length(list) + 1) * sizeof *arguments);
	foreach (cell, list)
		arguments[count++] = lfirst(cell);
	arguments[count] = NULL;
	return arguments;
}

/* Distinguishes a program from one that was installed over it. */
static void
note_program(void)
{
	struct stat status;

	if (stat(realty_supervisor_program(), &status) < 0)
		memset(&status, 0, sizeof status);
	snprintf(supervisor.program, sizeof supervisor.program, "%lu %lu %ld.%09ld",
			 (unsigned long)status.st_dev, (unsigned long)status.st_ino,
			 (long)status.st_mtim.tv_sec, (long)status.st_mtim.tv_nsec);
}

/* The arguments, the program and the sockets as one text, to be compared. */
static char *
gateway_command(char **arguments)
{
	char *command = psprintf("%s\n%s", supervisor.program, realty_listeners_names());

	for (char **argument = arguments; *argument; argument++)
		command = psprintf("%s\n%s", command, *argument);
	return command;
}

/*
 * One that was started with other settings finishes its requests beside the new one.
 */
static void
gateway_retire(const char *command)
{
	if (supervisor.serving.pid == 0 || supervisor.leaving.pid != 0 ||
		strcmp(supervisor.serving.command, command) == 0)
		return;
	realty_child_stop(&supervisor.serving, stop_patience());
	supervisor.leaving = supervisor.serving;
	memset(&supervisor.serving, 0, sizeof supervisor.serving);
	supervisor.failures = 0;
	supervisor.start_at = 0;
}

/* None is wanted now: a start that was put off is off. */
static void
gateway_dismiss(void)
{
	supervisor.start_at = 0;
	realty_child_stop(&supervisor.serving, stop_patience());
}

static void
gateway_arrange(void)
{
	int sockets[MAX_CHILD_SOCKETS];
	int count = realty_listeners_open(sockets);
	char **arguments;
	char *command;

	if (count == 0)
	{
		gateway_dismiss();
		return;
	}
	arguments = gateway_arguments();
	command = gateway_command(arguments);
	gateway_retire(command);
	if (supervisor.serving.pid != 0 || realty_now() < supervisor.start_at)
		return;
	supervisor.start_at = 0;
	replace_text(&supervisor.serving.command, command);
	if (!realty_child_start(&supervisor.serving, sockets, count, arguments))
		supervisor.start_at = realty_after_ms(realty_backoff_ms(++supervisor.failures));
}

static void
gateway_ended(void)
{
	if (realty_now() >=
		TimestampTzPlusMilliseconds(supervisor.serving.started, GOOD_WHILE))
		supervisor.failures = 0;
	supervisor.start_at = supervisor.failures == 0
							  ? 0
							  : realty_after_ms(realty_backoff_ms(supervisor.failures));
	supervisor.failures++;
}

static void
reap(void)
{
	bool failed;

	if (realty_child_reap(&supervisor.serving, &failed) && failed)
		gateway_ended();
	if (realty_child_reap(&supervisor.leaving, &failed))
		replace_text(&supervisor.leaving.command, NULL);
	realty_child_kill_when_due(&supervisor.serving);
	realty_child_kill_when_due(&supervisor.leaving);
}

static bool
children_left(void)
{
	return supervisor.serving.pid != 0 || supervisor.leaving.pid != 0;
}

static void
round_once(void)
{
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
		realty_listeners_retry();
		supervisor.start_at = 0;
		note_program();
	}
	reap();
	realty_sweeper_round(realty_supervisor_settings.database);
	if (realty_supervisor_settings.gateway && !server_is_stopping())
	{
		realty_listeners_arrange();
		gateway_arrange();
		return;
	}
	realty_listeners_close();
	gateway_dismiss();
}

/*
 * A time that has passed and stays set makes the loop spin: all of them are set to 0
 * by what they wait for.
 */
static void
earliest(long *wait, TimestampTz due)
{
	long until = TimestampDifferenceMilliseconds(realty_now(), due);

	if (due != 0)
		*wait = Min(*wait, Max(until, 1));
}

/* Without a gateway there is nothing to look after, but what is to be swept. */
static void
sleep_until_due(void)
{
	bool watches = realty_supervisor_settings.gateway || children_left();
	TimestampTz sweep_at = realty_sweeper_due();
	long wait = watches ? ROUND_MS : INT_MAX;
	int events = WL_LATCH_SET | WL_EXIT_ON_PM_DEATH;

	earliest(&wait, sweep_at);
	earliest(&wait, supervisor.start_at);
	earliest(&wait, supervisor.serving.kill_at);
	earliest(&wait, supervisor.leaving.kill_at);
	if (watches || sweep_at != 0)
		events |= WL_TIMEOUT;
	(void)WaitLatch(MyLatch, events, wait, PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
}

/* The server stops: nothing new, and an end for what is there. */
static void
finish(void)
{
	realty_listeners_close();
	realty_sweeper_finish();
	gateway_dismiss();
	while (children_left())
	{
		reap();
		if (children_left())
			sleep_until_due();
	}
}

static void
child_ended(SIGNAL_ARGS)
{
	int saved = errno;

	SetLatch(MyLatch);
	errno = saved;
}

static void
catch_signals(void)
{
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
	pqsignal(SIGCHLD, child_ended);
	pqsignal(SIGUSR1, child_ended); /* the postmaster, of a worker of ours */
	BackgroundWorkerUnblockSignals();
}

void
realty_supervisor_main(Datum argument)
{
	MemoryContext round = AllocSetContextCreate(
		TopMemoryContext, "realty supervisor round", ALLOCSET_DEFAULT_SIZES);

	catch_signals();
	note_program();
	realty_sweeper_start();
	MemoryContextSwitchTo(round);
	while (!ShutdownRequestPending)
	{
		round_once();
		MemoryContextReset(round);
		if (!ShutdownRequestPending)
			sleep_until_due();
	}
	finish();
	proc_exit(0);
}

static void
register_worker(void)
{
	BackgroundWorker worker = {0};

	worker.bgw_flags = BGWORKER_SHMEM_ACCESS;
	worker.bgw_start_time = BgWorkerStart_ConsistentState;
	worker.bgw_restart_time = WORKER_RESTART;
	strlcpy(worker.bgw_library_name, "realty", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "realty_supervisor_main", BGW_MAXLEN);
	strlcpy(worker.bgw_name, "realty supervisor", BGW_MAXLEN);
	strlcpy(worker.bgw_type, "realty supervisor", BGW_MAXLEN);
	RegisterBackgroundWorker(&worker);
}

void
realty_supervisor_init(void)
{
	realty_supervisor_define_settings();
	realty_sweeper_init();
	if (process_shared_preload_libraries_in_progress && !IsBinaryUpgrade)
		register_worker();
}
