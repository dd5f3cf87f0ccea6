/*
 * canceller.c
 *	  Asks the server to end what one of its sessions does.
 *
 * PostgreSQL takes that on a connection of its own, and libpq 15 has only a call for it
 * that blocks until the server has passed the signal on. So each one runs in a thread,
 * the only ones of this program. It gets a copy of what it needs, touches nothing else,
 * allocates nothing, and ends by writing its address to a pipe; all the rest happens in
 * the loop's thread. That it has come back means that the signal is sent: what the
 * session is asked next cannot be hit by it.
 */
#include "gateway/canceller.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "gateway/loop.h"

#define STACK 131072 /* bytes */

struct Cancel
{
	PGcancel *what;
	CancelDone done;
	void *owner; /* NULL: nobody waits for it any more */
};

static int done_pipe[2] = {-1, -1};
static Source done_source;

static void *
cancel_run(void *argument)
{
	Cancel *cancel = argument;
	char problem[256];

	(void)PQcancel(cancel->what, problem, sizeof problem);
	/* an address is written whole or not at all, and the pipe is never full of them */
	while (write(done_pipe[1], &cancel, sizeof cancel) < 0)
		;
	return NULL;
}

static void
cancel_free(Cancel *cancel)
{
	PQfreeCancel(cancel->what);
	free(cancel);
}

static void
done_ready(void *owner, uint32_t events)
{
	Cancel *cancel;

	(void)owner;
	(void)events;
	while (read(done_pipe[0], &cancel, sizeof cancel) == sizeof cancel)
	{
		if (cancel->owner)
			cancel->done(cancel->owner);
		cancel_free(cancel);
	}
}

bool
canceller_start(void)
{
	if (pipe2(done_pipe, O_CLOEXEC) < 0 || fcntl(done_pipe[0], F_SETFL, O_NONBLOCK) < 0)
		return false;
	done_source.ready = done_ready;
	return loop_watch(done_pipe[0], EPOLLIN, &done_source);
}

static bool
cancel_start(Cancel *cancel)
{
	pthread_attr_t attributes;
	pthread_t thread;
	bool started;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	(void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attributes, STACK);
	started = pthread_create(&thread, &attributes, cancel_run, cancel) == 0;
	(void)pthread_attr_destroy(&attributes);
	return started;
}

/* Tells the owner when it is done. NULL: could not be asked. */
Cancel *
cancel_send(PGconn *conn, CancelDone done, void *owner)
{
	Cancel *cancel = calloc(1, sizeof *cancel);

	if (cancel == NULL)
		return NULL;
	cancel->what = PQgetCancel(conn);
	cancel->done = done;
	cancel->owner = owner;
	if (cancel->what && cancel_start(cancel))
		return cancel;
	cancel_free(cancel);
	return NULL;
}

/* The owner is not told. */
void
cancel_forget(Cancel *cancel)
{
	cancel->owner = NULL;
}
