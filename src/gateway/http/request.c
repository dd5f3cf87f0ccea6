/*
 * request.c
 *	  What a request asks of the database: one call at a time, of a replica where one
 *	  may answer, else of the primary.
 */
#include "gateway/http/request.h"

#include "gateway/db/replicas.h"

/* The call is the pool's afterwards, or gone. */
PoolVerdict
request_submit(Request *request, Call *call)
{
	PoolVerdict verdict = POOL_DOWN;

	if (request->reads)
	{
		verdict = replicas_submit(call);
		request->reads = verdict == POOL_ACCEPTED;
	}
	if (verdict == POOL_DOWN)
		verdict = pool_submit(request->gateway->pool, call);
	if (verdict == POOL_ACCEPTED)
		request->call = call;
	else
		call_drop(call);
	return verdict;
}

/*
 * Its client is gone: the answer is not needed. A delayed one stays delayed, since a
 * client that only shut its sending side would get the answer before its time.
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
	MHD_suspend_connection(request->mhd);
	connection_enter(request->connection, CONNECTION_WAITING, 0);
	return verdict;
}
