/*
 * cancel.c
 *	  Asks the server to end what one of its sessions does.
 *
 * PostgreSQL takes that on a connection of its own, and libpq 15 has only a call for it
 * that blocks until the server has passed the signal on. That it has come back means that
 * the signal is sent: what the session is asked next cannot be hit by it.
 */
#include "gateway/db/cancel.h"

#include <stdlib.h>

#include "gateway/worker_thread.h"

struct Cancel
{
	Offload offload;
	PGcancel *what;
	CancelDone done;
	void *owner; /* NULL: nobody waits for it any more */
};

static void
cancel_run(Offload *offload)
{
	char problem[256];

	(void)PQcancel(((Cancel *)offload)->what, problem, sizeof problem);
}

static void
cancel_free(Cancel *cancel)
{
	PQfreeCancel(cancel->what);
	free(cancel);
}

static void
cancel_done(Offload *offload)
{
	Cancel *cancel = (Cancel *)offload;

	if (cancel->owner)
		cancel->done(cancel->owner);
	cancel_free(cancel);
}

/* Tells the owner when it is done. NULL: could not be asked. */
Cancel *
cancel_send(PGconn *conn, CancelDone done, void *owner)
{
	Cancel *cancel = calloc(1, sizeof *cancel);

	if (cancel == NULL)
		return NULL;
	cancel->offload = (Offload){cancel_run, cancel_done};
	cancel->what = PQgetCancel(conn);
	cancel->done = done;
	cancel->owner = owner;
	if (cancel->what && offload_run(&cancel->offload))
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
