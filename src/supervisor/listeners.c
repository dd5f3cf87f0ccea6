/*
 * listeners.c
 *		The sockets that the gateways listen on: a port, and a path where one is set.
 *
 * Opened here once, and inherited by one gateway after the other. One that cannot be
 * opened is tried again after ever longer waits; the other one serves meanwhile.
 */
#include "postgres.h"

#include <unistd.h>

#include "supervisor/backoff.h"
#include "supervisor/listeners.h"
#include "supervisor/settings.h"
#include "supervisor/socket.h"

typedef struct Door
{
	int fd;                /* -1: none */
	bool path;             /* its name is that of a file */
	char name[MAXPGPATH];  /* as the log has it, empty for none */
	int failures;          /* in a row */
	TimestampTz listen_at; /* not before */
} Door;

enum
{
	DOOR_PORT,
	DOOR_PATH,
	DOORS
};

static Door doors[DOORS] = {{.fd = -1}, {.fd = -1}};

static void
door_close(Door *door)
{
	if (door->fd >= 0)
		close(door->fd);
	if (door->fd >= 0 && door->path)
		(void)unlink(door->name);
	door->fd = -1;
	door->name[0] = '\0';
	door->path = false;
}

void
realty_doors_close(void)
{
	for (int i = 0; i < DOORS; i++)
		door_close(&doors[i]);
}

static void
door_failed(Door *door, const char *name, const char *problem, const char *hint)
{
	int wait = realty_backoff_ms(++door->failures + 3);

	/* said when it is new; then the waits grow and each attempt may be told */
	ereport(LOG, (errmsg("realty gateway cannot listen on %s: %s", name, problem),
				  errdetail("The next attempt is in %d ms.", wait), errhint("%s", hint)));
	door->listen_at = realty_after_ms(wait);
}

/* False: nothing to do now. An open door is given up only when its successor is there. */
static bool
door_is_due(const Door *door, const char *name)
{
	return strcmp(name, door->name) != 0 && realty_now() >= door->listen_at;
}

static void
door_open(Door *door, int fd, const char *name, bool path)
{
	door_close(door);
	door->fd = fd;
	door->failures = 0;
	door->path = path;
	strlcpy(door->name, name, sizeof door->name);
	ereport(LOG, (errmsg("realty gateway listens on %s", name)));
}

static void
door_arrange_port(Door *door)
{
	const SupervisorSettings *settings = &realty_supervisor_settings;
	char *name = psprintf("%s port %d", settings->http_address, settings->http_port);
	const char *problem = NULL;
	int fd;

	if (settings->http_port == 0)
	{
		door_close(door);
		return;
	}
	if (!door_is_due(door, name))
		return;
	fd = realty_socket_listen(settings->http_address, settings->http_port, &problem);
	if (fd < 0)
		door_failed(door, name, problem,
					"Set realty.http_port to a free port and reload, or stop the program "
					"that has this one.");
	else
		door_open(door, fd, name, false);
}

static void
door_arrange_path(Door *door)
{
	const char *path = realty_supervisor_settings.http_socket;
	const char *problem = NULL;
	int fd;

	if (*path == '\0')
	{
		door_close(door);
		return;
	}
	if (!door_is_due(door, path))
		return;
	fd = realty_socket_listen_local(path, &problem);
	if (fd < 0)
		door_failed(door, path, problem,
					"Set realty.http_socket to a path in a directory that the server may "
					"write to, and reload.");
	else
		door_open(door, fd, path, true);
}

/* What should be open, and is due to be tried, is opened. */
void
realty_doors_arrange(void)
{
	door_arrange_port(&doors[DOOR_PORT]);
	door_arrange_path(&doors[DOOR_PATH]);
}

/* Settings have changed: no wait counts any more. */
void
realty_doors_retry(void)
{
	for (int i = 0; i < DOORS; i++)
		doors[i].listen_at = 0;
}

/* Fills in the open ones and returns how many. */
int
realty_doors_open(int *sockets)
{
	int count = 0;

	for (int i = 0; i < DOORS; i++)
		if (doors[i].fd >= 0)
			sockets[count++] = doors[i].fd;
	return count;
}

/* Of the open ones, to see whether they have changed. */
char *
realty_doors_names(void)
{
	return psprintf("%s\n%s", doors[DOOR_PORT].name, doors[DOOR_PATH].name);
}
