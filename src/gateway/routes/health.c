/*
 * health.c
 *	  /health and /ready.
 *
 * /health: this process lives; it asks nothing else, so that a database that is down
 * does not get the gateway restarted. /ready: requests would be served now; it goes
 * the way of every request, through queue and connection.
 */
#include "gateway/routes/health.h"

#include "gateway/http/response.h"
#include "gateway/log.h"

static void
health_say(Request *request, const char *status)
{
	Buffer body = {0};

	buffer_append_text(&body, "{\"success\": true, \"data\": {\"status\": ");
	buffer_append_json(&body, status);
	buffer_append_text(&body, "}}");
	respond_json(request, MHD_HTTP_OK, &body);
}

void
health_live(Request *request)
{
	health_say(request, "ok");
}

static void
health_ready_done(void *owner, const CallResult *result)
{
	Request *request = owner;

	if (result->outcome != CALL_ROWS)
		respond_error(request, ERROR_DATABASE_DOWN);
	else
	{
		health_say(request,
				   PQntuples(result->rows) ? PQgetvalue(result->rows, 0, 0) : "");
		PQclear(result->rows);
	}
}

void
health_ready(Request *request)
{
	if (request->gateway->draining)
		respond_error(request, ERROR_DATABASE_BUSY);
	else
		respond_by_call(request,
						call_create(STATEMENT_READY, health_ready_done, request));
}
