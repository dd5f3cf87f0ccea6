/*
 * api.c
 *	  /api: the request goes to the database as it came, its answer goes back.
 *
 * Without an answer: an error that arrives here did not come from realty.request,
 * which turns its own into answers; it arose around it (a deferred constraint at
 * commit, a server that stops), and the work is undone. After a broken connection
 * (503) and after the deadline (504) the outcome is unknown: the cancel that follows
 * the deadline may reach the server after the commit. The client's Idempotency-Key
 * makes the retry safe.
 */
#include "gateway/routes/api.h"

#include <stdlib.h>
#include <string.h>

#include "common/query_string.h"
#include "gateway/db/lsn_probe.h"
#include "gateway/db/replicas.h"
#include "gateway/http/delayed_response.h"
#include "gateway/http/response.h"
#include "gateway/log.h"
#include "gateway/stream/stream.h"

static Call *api_call(Request *request);

static void
api_failed(Request *request, const char *sqlstate)
{
	GatewayError error = error_of_sqlstate(sqlstate);

	if (error_text(error)->status >= 500)
		log_line("request %s ended in the database with SQLSTATE %s", request->id,
				 sqlstate);
	respond_error(request, error);
}

static bool
api_only_reads(const Request *request)
{
	return strcmp(request->method, "GET") == 0;
}

/*
 * Must the primary be asked after a replica? A login of a moment ago is unknown
 * there; a query that conflicts with replay is cancelled (40001, 409), or its
 * connection ended where that happens in a subtransaction; and streams stay with the
 * primary, which has events first.
 */
static bool
api_is_doubtful(const CallResult *result, Fallback *why)
{
	unsigned int status;

	*why = result->outcome == CALL_LATE ? FALLBACK_BEHIND : FALLBACK_FAILED;
	if (result->outcome != CALL_ROWS)
		return result->outcome != CALL_TIMED_OUT && result->outcome != CALL_GONE;
	status = respond_row_status(result->rows);
	if (status == MHD_HTTP_UNAUTHORIZED)
		*why = FALLBACK_REFUSED;
	else if (stream_asked_for(result->rows))
		*why = FALLBACK_STREAM;
	else
		return status == MHD_HTTP_CONFLICT || status == 0 || status >= 500;
	return true;
}

/* Asked of a replica, and to be asked of the primary: once. False: it has no room. */
static bool
api_of_primary(Request *request, const CallResult *result)
{
	Fallback why;
	Call *call;

	if (!request->reads || !api_is_doubtful(result, &why))
		return false;
	request->reads = false;
	replicas_fell_back(why);
	call = api_call(request);
	if (call == NULL || request_submit(request, call) != POOL_ACCEPTED)
		return false;
	PQclear(result->rows);
	return true;
}

/*
 * The connection broke under a request that changes nothing: once more, on another.
 * False when it may have changed something, or when there is none.
 */
static bool
api_again(Request *request)
{
	Call *call;

	if (request->retried || !api_only_reads(request))
		return false;
	request->retried = true;
	call = api_call(request);
	return call && request_submit(request, call) == POOL_ACCEPTED;
}

/*
 * The position of the WAL, for a client that wrote something or met a conflict. Other
 * answers have none: a wrong password writes more WAL where there is an account.
 */
static void
api_take_token(Request *request, const CallResult *result)
{
	unsigned int status =
		result->outcome == CALL_ROWS ? respond_row_status(result->rows) : 0;

	if ((status >= 200 && status < 300 && !delay_is_asked(result->rows)) ||
		status == MHD_HTTP_CONFLICT)
		memcpy(request->token, result->lsn, sizeof request->token);
}

static void
api_done(void *owner, const CallResult *result)
{
	Request *request = owner;

	if (api_of_primary(request, result))
		return;
	api_take_token(request, result);
	switch (result->outcome)
	{
	case CALL_ROWS:
		if (!stream_take(request, result->rows) && !delay_take(request, result->rows))
			respond_rows(request, result->rows);
		break;
	case CALL_FAILED:
		api_failed(request, result->sqlstate);
		break;
	case CALL_TIMED_OUT:
		respond_error(request, ERROR_TIMEOUT);
		break;
	case CALL_GONE:
		respond_error(request, ERROR_CLIENT_GONE);
		break;
	case CALL_LOST:
		if (api_again(request))
			break;
		/* fall through */
	default:
		respond_error(request, ERROR_DATABASE_DOWN);
	}
}

static void
call_set(Call *call, int at, const char *value, size_t length)
{
	call->values[at] = value;
	call->lengths[at] = (int)length;
}

/*
 * What hashes passwords takes a core for a hundred times as long as all the rest.
 * Decided on the path as the database will read it, not as the client has spelt it.
 */
static bool
api_is_costly(const Request *request)
{
	static const char auth[] = "/api/auth/";
	size_t length = strlen(request->target);
	char *path;
	bool costly;

	if (api_only_reads(request))
		return false;
	path = malloc(length + 2);
	costly = path == NULL || (realty_path_normalize(request->target, length, path) &&
							  strncmp(path, auth, sizeof auth - 1) == 0);
	free(path);
	return costly;
}

/*
 * A body that is not there is sent as an empty one, a client without address as NULL.
 */
static Call *
api_call(Request *request)
{
	Call *call = call_create(STATEMENT_REQUEST, api_done, request);
	const char *headers = buffer_text(&request->headers);
	const char *body = buffer_text(&request->body);

	if (call && headers && body)
	{
		call_set(call, 0, request->method, strlen(request->method));
		call_set(call, 1, request->target, strlen(request->target));
		call_set(call, 2, headers, request->headers.length);
		call_set(call, 3, body, request->body.length);
		call_set(call, 4, *request->client ? request->client : NULL, 0);
		call->costly = api_is_costly(request);
		call->asks_lsn = replicas_count() > 0 && !api_only_reads(request);
		call->needs = request->lsn;
	}
	else if (call)
	{
		call_drop(call);
		call = NULL;
	}
	return call;
}

void
api_serve(Request *request)
{
	request->reads =
		replicas_count() > 0 && api_only_reads(request) && request->lsn != LSN_UNKNOWN;
	respond_by_call(request, api_call(request));
}
