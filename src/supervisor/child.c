/*
 * child.c
 *		Starts a gateway process, asks it to stop, and notices its end.
 *
 * Between fork and exec the child is a copy of a server process: it must neither run
 * one of our signal handlers nor leave through exit(), whose callbacks would take the
 * parent's shared memory down. It gets default signals, no descriptor but the
 * listening socket and the log, an environment of a few harmless names (the server's
 * own may hold a password), and dies with its parent, however that ends.
 */
#include "postgres.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "postmaster/postmaster.h"
#include "utils/varlena.h"

#include "supervisor/backoff.h"
#include "supervisor/child.h"

#define INHERITED_FD 3 /* where LISTEN_FDS says the socket is */
#define MAX_ENVIRONMENT 16
#define KILL_AGAIN 1000 /* ms */

static const char *const kept_variables[] = {
	"PATH",         "LANG",         "LC_ALL",        "TZ", "LD_LIBRARY_PATH",
	"ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS",
};

/* Where this server's own Unix-domain socket is. */
static char *
server_host(void)
{
	List *directories = NIL;

	if (SplitDirectoriesString(pstrdup(Unix_socket_directories), ',', &directories) &&
		directories != NIL)
		return linitial(directories);
	return "localhost";
}

/* listen_pid is filled in by the child, which alone knows it. */
static void
environment_fill(char **environment, int sockets, char *listen_pid)
{
	int count = 0;

	for (size_t i = 0; i < lengthof(kept_variables); i++)
	{
		const char *value = getenv(kept_variables[i]);

		if (value)
			environment[count++] = psprintf("%s=%s", kept_variables[i], value);
	}
	environment[count++] = psprintf("PGHOST=%s", server_host());
	environment[count++] = psprintf("PGPORT=%d", PostPortNumber);
	environment[count++] = psprintf("LISTEN_FDS=%d", sockets);
	environment[count++] = listen_pid;
	environment[count] = NULL;
}

static void
child_reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Stdin from nowhere, stdout and stderr to the server's log, then the sockets. */
static void
child_arrange_descriptors(const int *sockets, int count)
{
	int high[MAX_CHILD_SOCKETS];
	int null;

	/* out of the way first: one may have the number that another one is to get */
	for (int i = 0; i < count; i++)
		if ((high[i] = fcntl(sockets[i], F_DUPFD, INHERITED_FD + MAX_CHILD_SOCKETS)) < 0)
			_exit(126);
	for (int i = 0; i < count; i++)
		if (dup2(high[i], INHERITED_FD + i) < 0)
			_exit(126);
	null = open("/dev/null", O_RDWR);
	if (null >= 0)
		(void)dup2(null, STDIN_FILENO);
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	if (close_range(INHERITED_FD + count, ~0U, 0) < 0)
		for (int fd = INHERITED_FD + count; fd < 65536; fd++)
			(void)close(fd);
}

/* The child, from fork to exec. */
static void
child_run(pid_t parent, const int *sockets, int count, char **arguments,
		  char **environment, char *listen_pid)
{
	static const char complaint[] = "could not run the gateway's program\n";

	child_reset_signals();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(126);
	child_arrange_descriptors(sockets, count);
	snprintf(listen_pid, 32, "LISTEN_PID=%d", (int)getpid());
	execve(arguments[0], arguments, environment);
	if (write(STDERR_FILENO, complaint, sizeof complaint - 1) < 0)
		_exit(126);
	_exit(127);
}

/*
 * Signals wait during the fork: a handler that ran in the child would think it is us.
 */
static pid_t
child_fork(const int *sockets, int count, char **arguments)
{
	char *environment[MAX_ENVIRONMENT];
	char listen_pid[32] = "";
	pid_t parent = getpid();
	sigset_t all;
	sigset_t before;
	pid_t pid;

	environment_fill(environment, count, listen_pid);
	fflush(NULL);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		child_run(parent, sockets, count, arguments, environment, listen_pid);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

bool
realty_child_start(GatewayChild *child, const int *sockets, int count, char **arguments)
{
	Assert(count <= MAX_CHILD_SOCKETS);
	child->pid = child_fork(sockets, count, arguments);
	child->started = realty_now();
	child->kill_at = 0;
	if (child->pid < 0)
	{
		child->pid = 0;
		ereport(LOG, (errmsg("could not fork the realty gateway: %m")));
		return false;
	}
	ereport(LOG, (errmsg("realty gateway started with PID %d", (int)child->pid)));
	return true;
}

static void
child_report(const GatewayChild *child, int status)
{
	int pid = (int)child->pid;

	if (child->kill_at && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		ereport(LOG, (errmsg("realty gateway with PID %d stopped", pid)));
	else if (WIFSIGNALED(status))
		ereport(LOG, (errmsg("realty gateway with PID %d was ended by signal %d: %s", pid,
							 WTERMSIG(status), pg_strsignal(WTERMSIG(status)))));
	else if (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127)
		ereport(LOG,
				(errmsg("the realty gateway could not be run"),
				 errhint("Install realty-gateway beside the server's program, or set "
						 "realty.gateway_program.")));
	else
		ereport(LOG, (errmsg("realty gateway with PID %d ended with exit status %d", pid,
							 WEXITSTATUS(status)),
					  errhint("Its own log lines before this one say why.")));
}

/* True when the child has ended; *failed when it had not been asked to. */
bool
realty_child_reap(GatewayChild *child, bool *failed)
{
	int status;
	pid_t ended;

	*failed = false;
	if (child->pid == 0)
		return false;
	ended = waitpid(child->pid, &status, WNOHANG);
	if (ended == 0 || (ended < 0 && errno != ECHILD))
		return false;
	/*
	 * other code in this process may have waited for it: then how it ended is unknown
	 */
	if (ended > 0)
		child_report(child, status);
	else
		ereport(LOG, (errmsg("realty gateway with PID %d is gone", (int)child->pid)));
	*failed = child->kill_at == 0;
	child->pid = 0;
	child->kill_at = 0; /* a time in the past would be due in every round from now on */
	return true;
}

/* Ask it to answer what is in flight and end; after the patience it is killed. */
void
realty_child_stop(GatewayChild *child, int patience_ms)
{
	if (child->pid == 0 || child->kill_at)
		return;
	child->kill_at = TimestampTzPlusMilliseconds(realty_now(), patience_ms);
	(void)kill(child->pid, SIGTERM);
}

void
realty_child_kill_when_due(GatewayChild *child)
{
	if (child->pid == 0 || child->kill_at == 0 || realty_now() < child->kill_at)
		return;
	(void)kill(child->pid, SIGKILL);
	/* its end is a signal to us; one that waits for a disk may be long in coming */
	child->kill_at = TimestampTzPlusMilliseconds(realty_now(), KILL_AGAIN);
}
