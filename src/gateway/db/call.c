/*
 * call.c
 *	  One call of the database, from the moment it is submitted until its answer.
 *
 * A call outlives the HTTP request that made it: past its deadline the request is
 * answered at once, while the call keeps its place on the connection until the
 * database has ended it, because until then the connection is good for nothing else.
 */
#include "gateway/db/call.h"

#include <stdlib.h>
#include <string.h>

Call *
call_create(Statement statement, CallDone done, void *owner)
{
	Call *call = calloc(1, sizeof *call);

	if (call == NULL)
		return NULL;
	call->statement = statement;
	call->done = done;
	call->owner = owner;
	return call;
}

/* When the database has said all that it has to say. */
CallOutcome
call_outcome(Call *call)
{
	if (call->sqlstate[0] == '\0' && call->rows)
		return CALL_ROWS;
	if (call->sqlstate[0] == '\0')
		memcpy(call->sqlstate, "XX000", sizeof call->sqlstate);
	return CALL_FAILED;
}

static void
call_report(Call *call, CallOutcome outcome)
{
	CallResult result = {outcome, call->rows, call->sqlstate, call->lsn};

	if (call->owner == NULL)
		return;
	if (outcome == CALL_ROWS)
		call->rows = NULL;
	else
		result.rows = NULL;
	call->done(call->owner, &result);
	call->owner = NULL;
}

/* Call the owner's callback and free the call. */
void
call_finish(Call *call, CallOutcome outcome)
{
	call_report(call, outcome);
	PQclear(call->rows);
	free(call);
}

/* Free a call that was never handed to the pool; no callback is called. */
void
call_drop(Call *call)
{
	free(call);
}

/* The owner waits no longer, and learns what is known; the call stays where it is. */
void
call_give_up(Call *call, CallOutcome outcome)
{
	call_report(call, call->committed ? call_outcome(call) : outcome);
}

void
call_append(CallList *list, Call *call)
{
	call->next = NULL;
	if (list->tail)
		list->tail->next = call;
	else
		list->head = call;
	list->tail = call;
	list->count++;
}

Call *
call_shift(CallList *list)
{
	Call *call = list->head;

	if (call == NULL)
		return NULL;
	list->head = call->next;
	if (list->head == NULL)
		list->tail = NULL;
	list->count--;
	return call;
}

bool
call_has(const CallList *list, const Call *call)
{
	for (const Call *at = list->head; at; at = at->next)
		if (at == call)
			return true;
	return false;
}

/* A call that is in the list. */
void
call_remove(CallList *list, Call *call)
{
	Call *before = NULL;

	for (Call *at = list->head; at != call; at = at->next)
		before = at;
	if (before == NULL)
	{
		(void)call_shift(list);
		return;
	}
	before->next = call->next;
	if (list->tail == call)
		list->tail = before;
	list->count--;
}
