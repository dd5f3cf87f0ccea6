/*
 * handler.c
 *	  One HTTP request from its first line to its last byte: collects it, decides who
 *	  serves it, and holds the limits.
 *
 * libmicrohttpd calls request_begin() with the request line, then request_handle() once
 * with the headers, once for every piece of the body and once at its end, and again
 * after each resume; request_end() comes last on every path, also when the client went
 * away. While the database works the connection is suspended: libmicrohttpd then neither
 * reads from it nor ends it, so a request that waits cannot vanish under its call.
 *
 * What is refused early is still read to its end when it is short: closing a socket
 * with unread data resets it, and the client would never see why.
 */
#include "gateway/http/handler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/access_log.h"
#include "gateway/http/mhd_errors.h"
#include "gateway/http/release.h"
#include "gateway/http/request_head.h"
#include "gateway/http/response.h"

#define DRAIN_MOST (8 << 20) /* bytes of a refused body that are still read */

static const Route *
route_find(const Route *routes, const char *target)
{
	for (const Route *route = routes; route->path; route++)
	{
		size_t length = strlen(route->path);
		char next;

		if (strncmp(target, route->path, length) != 0)
			continue;
		next = target[length];
		if (next == '\0' || next == '?' || (next == '/' && route->below))
			return route;
	}
	return NULL;
}

static bool
route_allows(const Route *route, const char *method)
{
	size_t length = strlen(method);
	const char *at = strstr(route->allow, method);

	return length > 0 && at && (at == route->allow || at[-1] == ' ') &&
		   (at[length] == ',' || at[length] == '\0');
}

/*
 * The request line, before libmicrohttpd takes it apart. The database reads the query
 * string; the library would make a record of each argument in the connection's memory,
 * and hang with the connection when that is full. So it gets to see none: uri points
 * into its own buffer, and is cut after the question mark once we have a copy.
 */
void *
request_begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
	Gateway *gateway = cls;
	Request *request = calloc(1, sizeof *request);
	char *query = (char *)strchr(uri, '?');

	if (request == NULL)
		return NULL;
	request->gateway = gateway;
	request->connection = connection;
	request->peer = peer_of(connection);
	access_begin(request);
	request->length = -1;
	request->target = head_target(uri);
	request->odd_head = strchr(uri, ' ') != NULL;
	if (query)
		query[1] = '\0';
	if (request->peer)
	{
		request->peer->memory = (void *)uri;
		request->peer->request = request;
	}
	gateway->active++;
	return request;
}

/* Everything that the head alone decides. */
static Refusal
request_judge(Request *request, const char *method)
{
	const Config *config = request->gateway->config;

	if (request->peer->proxy &&
		!crowd_enter(request->client, config->clients_per_address, &request->place))
		return REFUSE_CROWD;
	if (request->odd_head || request->headers.failed)
		return REFUSE_BAD_REQUEST;
	if (strlen(request->target) > (size_t)config->max_url)
		return REFUSE_URL;
	if (request->head_bytes > (size_t)config->max_head)
		return REFUSE_HEAD;
	request->route = route_find(request->gateway->routes, request->target);
	if (strcmp(request->target, "*") == 0 && strcmp(method, "OPTIONS") == 0)
		return REFUSE_NOTHING; /* of the server as a whole */
	if (request->preflight)
		return cors_allows(&request->gateway->cors, request->origin) ? REFUSE_NOTHING
																	 : REFUSE_ORIGIN;
	if (request->route == NULL)
		return REFUSE_NOT_FOUND;
	if (!route_allows(request->route, method))
		return REFUSE_METHOD;
	if (request->announced > (size_t)config->max_body)
		return REFUSE_BODY;
	return REFUSE_NOTHING;
}

static enum MHD_Result
request_queue(Request *request)
{
	if (request->response == NULL)
		return MHD_NO; /* out of memory: the connection is closed */
	return library_queue(request->connection, request->status, request->response);
}

static enum MHD_Result
request_head(Request *request, const char *method, const char *version)
{
	bool reads_on;

	request->method = method;
	snprintf(request->access.method, sizeof request->access.method, "%s", method);
	head_read(request, request->connection, version);
	request->headless = strcmp(method, "HEAD") == 0;
	if (request->headless)
		request->method = "GET";
	request->refusal = request_judge(request, method);
	request->stage = REQUEST_COLLECTING;
	peer_enter(request->peer, PEER_RECEIVING, 0);
	reads_on = !request->expects && request->announced <= DRAIN_MOST &&
			   request->refusal != REFUSE_BAD_REQUEST;
	if (request->refusal == REFUSE_NOTHING || reads_on)
		return MHD_YES;
	respond_refusal(request, request->refusal);
	return request_queue(request);
}

static void
request_forget_body(Request *request)
{
	request->gateway->body_bytes -= request->body.length;
	slim_note(request->body.capacity);
	buffer_free(&request->body);
}

static void
request_refuse_body(Request *request, Refusal refusal)
{
	request->refusal = refusal;
	request_forget_body(request);
}

static enum MHD_Result
request_collect(Request *request, const char *data, size_t size)
{
	Gateway *gateway = request->gateway;

	request->received += size;
	request->peer->bytes += size;
	if (request->refusal != REFUSE_NOTHING)
		return request->received <= DRAIN_MOST ? MHD_YES : MHD_NO;
	if (request->received > (size_t)gateway->config->max_body)
		request_refuse_body(request, REFUSE_BODY);
	else if (gateway->body_bytes + size > (size_t)gateway->config->body_memory)
		request_refuse_body(request, REFUSE_FULL);
	else
	{
		buffer_append(&request->body, data, size);
		if (!request->body.failed)
			gateway->body_bytes += size;
	}
	return MHD_YES;
}

static void
request_serve(Request *request)
{
	bool asks_options = strcmp(request->method, "OPTIONS") == 0;

	if (request->refusal != REFUSE_NOTHING)
		respond_refusal(request, request->refusal);
	else if (request->preflight)
		respond_empty(request, MHD_HTTP_NO_CONTENT, cors_preflight());
	else if (asks_options)
		respond_empty(request, MHD_HTTP_NO_CONTENT, NULL);
	else
		request->route->serve(request);
}

enum MHD_Result
request_handle(void *cls, struct MHD_Connection *connection, const char *url,
			   const char *method, const char *version, const char *data, size_t *size,
			   void **context)
{
	Request *request = *context;
	enum MHD_Result result;

	(void)cls;
	(void)connection;
	(void)url;
	(void)version;
	if (request == NULL || request->target == NULL || request->peer == NULL)
		return MHD_NO;
	if (request->stage == REQUEST_BEGUN)
		return request_head(request, method, version);
	if (request->stage == REQUEST_COLLECTING && *size > 0)
	{
		result = request_collect(request, data, *size);
		*size = 0;
		return result;
	}
	if (request->stage == REQUEST_COLLECTING)
		request_serve(request);
	if (request->stage == REQUEST_WAITING)
		return MHD_YES;
	return request_queue(request);
}

void
request_end(void *cls, struct MHD_Connection *connection, void **context,
			enum MHD_RequestTerminationCode how)
{
	Gateway *gateway = cls;
	Request *request = *context;

	(void)connection;
	*context = NULL;
	if (request == NULL)
		return;
	gateway->active--;
	access_end(request, how == MHD_REQUEST_TERMINATED_COMPLETED_OK ||
							request->access.reason != NULL);
	if (request->on_end)
		request->on_end(request);
	crowd_leave(request->place);
	if (request->peer)
	{
		request->peer->request = NULL;
		peer_enter(request->peer, PEER_IDLE, 0);
	}
	request_forget_body(request);
	buffer_free(&request->headers);
	buffer_free(&request->forwarded);
	if (request->response)
		MHD_destroy_response(request->response);
	free(request->target);
	free(request);
}
