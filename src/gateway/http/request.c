/*
 * request.c
 *	  What a request asks of the database: one call at a time, of a replica where one may
 *	  answer, else of the primary.
 */
#include "gateway/http/request.h"

#include "gateway/db/replicas.h"

/* The call is the pool's afterwards, or gone. */
PoolVerdict
request_submit(Request *request, Call *call)
{
	PoolVerdict verdict = POOL_AWAY;

	if (request->reads)
	{
		verdict = replicas_submit(call);
		request->reads = verdict == POOL_ACCEPTED;
	}
	if (verdict == POOL_AWAY)
		verdict = pool_submit(request->gateway->pool, call);
	if (verdict == POOL_ACCEPTED)
		request->call = call;
	else
		call_drop(call);
	return verdict;
}

/*
 * Its client is gone: nobody needs the answer. One that is kept back stays so, since who
 * only said that no more will come would have it before its time.
 */
void
request_abandon(Request *request)
{
	if (request->call && request->reads)
		replicas_abandon(request->call);
	else if (request->call)
		pool_abandon(request->gateway->pool, request->call);
}

/* Ask the database; once accepted, the connection sleeps until the call is done. */
PoolVerdict
request_ask(Request *request, Call *call)
{
	PoolVerdict verdict = request_submit(request, call);

	if (verdict != POOL_ACCEPTED)
		return verdict;
	request->stage = REQUEST_WAITING;
	MHD_suspend_connection(request->connection);
	peer_enter(request->peer, PEER_WAITING, 0);
	return verdict;
}
