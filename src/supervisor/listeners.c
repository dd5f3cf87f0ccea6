/*
 * listeners.c
 *		The sockets that the gateways listen on: a port, and a path where one is set.
 *
 * Opened here once, and inherited by one gateway after the other: while a gateway is
 * started anew, connections wait in the backlog instead of being refused. (With one
 * socket for each gateway, SO_REUSEPORT, closing one resets the connections that wait
 * in it.) One that cannot be opened is tried again after ever longer waits; the other
 * one serves meanwhile.
 */
#include "postgres.h"

#include <unistd.h>

#include "common/listen_socket.h"
#include "supervisor/backoff.h"
#include "supervisor/listeners.h"
#include "supervisor/settings.h"

typedef struct Listener
{
	int fd;                /* -1: none */
	bool path;             /* its name is that of a file */
	char name[MAXPGPATH];  /* as the log has it, empty for none */
	int failures;          /* in a row */
	TimestampTz listen_at; /* not before */
} Listener;

enum
{
	LISTENER_PORT,
	LISTENER_PATH,
	LISTENERS
};

static Listener listeners[LISTENERS] = {{.fd = -1}, {.fd = -1}};

static void
listener_close(Listener *listener)
{
	if (listener->fd >= 0)
		close(listener->fd);
	if (listener->fd >= 0 && listener->path)
		(void)unlink(listener->name);
	listener->fd = -1;
	listener->name[0] = '\0';
	listener->path = false;
}

void
realty_listeners_close(void)
{
	for (int i = 0; i < LISTENERS; i++)
		listener_close(&listeners[i]);
}

static void
listener_failed(Listener *listener, const char *name, const char *problem,
				const char *hint)
{
	int wait = realty_backoff_ms(++listener->failures + 3);

	/* the waits grow, so each attempt may be logged */
	ereport(LOG, (errmsg("realty gateway cannot listen on %s: %s", name, problem),
				  errdetail("The next attempt is in %d ms.", wait), errhint("%s", hint)));
	listener->listen_at = realty_after_ms(wait);
}

/*
 * False: nothing to do now. An open listener is closed only when its successor is
 * open.
 */
static bool
listener_is_due(const Listener *listener, const char *name)
{
	return strcmp(name, listener->name) != 0 && realty_now() >= listener->listen_at;
}

static void
listener_open(Listener *listener, int fd, const char *name, bool path)
{
	listener_close(listener);
	listener->fd = fd;
	listener->failures = 0;
	listener->path = path;
	strlcpy(listener->name, name, sizeof listener->name);
	ereport(LOG, (errmsg("realty gateway listens on %s", name)));
}

static void
listener_arrange_port(Listener *listener)
{
	const SupervisorSettings *settings = &realty_supervisor_settings;
	char *name = psprintf("%s port %d", settings->http_address, settings->http_port);
	const char *problem = NULL;
	int fd;

	if (settings->http_port == 0)
	{
		listener_close(listener);
		return;
	}
	if (!listener_is_due(listener, name))
		return;
	fd = realty_listen_tcp(settings->http_address, settings->http_port, &problem);
	if (fd < 0)
		listener_failed(
			listener, name, problem,
			"Set realty.http_port to a free port and reload, or stop the program "
			"that has this one.");
	else
		listener_open(listener, fd, name, false);
}

static void
listener_arrange_path(Listener *listener)
{
	const char *path = realty_supervisor_settings.http_socket;
	const char *problem = NULL;
	int fd;

	if (*path == '\0')
	{
		listener_close(listener);
		return;
	}
	if (!listener_is_due(listener, path))
		return;
	fd = realty_listen_unix(path, &problem);
	if (fd < 0)
		listener_failed(
			listener, path, problem,
			"Set realty.http_socket to a path in a directory that the server may "
			"write to, and reload.");
	else
		listener_open(listener, fd, path, true);
}

/* What should be open, and is due to be tried, is opened. */
void
realty_listeners_arrange(void)
{
	listener_arrange_port(&listeners[LISTENER_PORT]);
	listener_arrange_path(&listeners[LISTENER_PATH]);
}

/* Settings have changed: no wait counts any more. */
void
realty_listeners_retry(void)
{
	for (int i = 0; i < LISTENERS; i++)
		listeners[i].listen_at = 0;
}

/* Fills in the open ones and returns how many. */
int
realty_listeners_open(int *sockets)
{
	int count = 0;

	for (int i = 0; i < LISTENERS; i++)
		if (listeners[i].fd >= 0)
			sockets[count++] = listeners[i].fd;
	return count;
}

/* Of the open ones, to see whether they have changed. */
char *
realty_listeners_names(void)
{
	return psprintf("%s\n%s", listeners[LISTENER_PORT].name,
					listeners[LISTENER_PATH].name);
}
