/*
 * cancel.c
 *	  Cancels the running query of a session.
 *
 * PostgreSQL takes a cancel request on a connection of its own, and libpq 15 only has
 * a call for it that blocks until the server has passed the signal on. When it
 * returns the signal is sent: the next query of the session cannot be hit by it.
 */
#include "gateway/db/cancel.h"

#include <stdlib.h>

#include "gateway/worker_thread.h"

struct Cancel
{
	ThreadTask task;
	PGcancel *what;
	CancelDone done;
	void *owner; /* NULL: the owner has given it up */
};

static void
cancel_run(ThreadTask *task)
{
	char problem[256];

	(void)PQcancel(((Cancel *)task)->what, problem, sizeof problem);
}

static void
cancel_free(Cancel *cancel)
{
	PQfreeCancel(cancel->what);
	free(cancel);
}

static void
cancel_done(ThreadTask *task)
{
	Cancel *cancel = (Cancel *)task;

	if (cancel->owner)
		cancel->done(cancel->owner);
	cancel_free(cancel);
}

/* Calls done(owner) when it is sent. NULL: it could not be started. */
Cancel *
cancel_send(PGconn *conn, CancelDone done, void *owner)
{
	Cancel *cancel = calloc(1, sizeof *cancel);

	if (cancel == NULL)
		return NULL;
	cancel->task = (ThreadTask){cancel_run, cancel_done};
	cancel->what = PQgetCancel(conn);
	cancel->done = done;
	cancel->owner = owner;
	if (cancel->what && thread_run(&cancel->task))
		return cancel;
	cancel_free(cancel);
	return NULL;
}

/* done is not called. */
void
cancel_forget(Cancel *cancel)
{
	cancel->owner = NULL;
}
