/*
 * handler.c
 *	  Takes one HTTP request from its first line to its last byte: collects it, holds
 *	  the limits, and calls the route that serves it.
 *
 * libmicrohttpd calls request_begin() with the request line, then request_handle()
 * once with the headers, once for every piece of the body and once at its end, and
 * again after each resume; request_end() comes last on every path, also when the
 * client closed the connection. While the database works the connection is suspended:
 * libmicrohttpd then neither reads from it nor ends it, so a waiting request cannot
 * vanish under its call.
 *
 * A short body of a rejected request is still read to its end: closing a socket with
 * unread data resets it, and the client would never see the error.
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

#define MAX_DRAIN (8 << 20) /* bytes of a rejected body that are still read */

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
 * string; libmicrohttpd would make a record of each argument in the connection's
 * memory, and hang with the connection when that is full. So it gets to see none: uri
 * points into its own buffer, and is cut after the question mark once we have a copy.
 */
void *
request_begin(void *cls, const char *uri, struct MHD_Connection *mhd)
{
	Gateway *gateway = cls;
	Request *request = calloc(1, sizeof *request);
	char *query = (char *)strchr(uri, '?');

	if (request == NULL)
		return NULL;
	request->gateway = gateway;
	request->mhd = mhd;
	request->connection = connection_of(mhd);
	access_begin(request);
	request->length = -1;
	request->target = request_head_target(uri);
	request->ambiguous = strchr(uri, ' ') != NULL;
	if (query)
		query[1] = '\0';
	if (request->connection)
	{
		request->connection->memory = (void *)uri;
		request->connection->request = request;
	}
	gateway->active++;
	return request;
}

/* Everything that the head alone decides. */
static GatewayError
request_judge(Request *request, const char *method)
{
	const Config *config = request->gateway->config;

	if (request->connection->proxy &&
		!address_limit_enter(request->client, config->clients_per_address,
							 &request->address_count))
		return ERROR_ADDRESS_LIMIT;
	if (request->ambiguous || request->headers.failed)
		return ERROR_BAD_REQUEST;
	if (strlen(request->target) > (size_t)config->max_url)
		return ERROR_URL_TOO_LONG;
	if (request->head_bytes > (size_t)config->max_head)
		return ERROR_HEAD_TOO_LARGE;
	request->route = route_find(request->gateway->routes, request->target);
	if (strcmp(request->target, "*") == 0 && strcmp(method, "OPTIONS") == 0)
		return ERROR_NONE; /* of the server as a whole */
	if (request->preflight)
		return cors_allows(&request->gateway->cors, request->origin) ? ERROR_NONE
																	 : ERROR_ORIGIN;
	if (request->route == NULL)
		return ERROR_NOT_FOUND;
	if (!route_allows(request->route, method))
		return ERROR_METHOD_NOT_ALLOWED;
	if (request->announced > (size_t)config->max_body)
		return ERROR_BODY_TOO_LARGE;
	return ERROR_NONE;
}

static enum MHD_Result
request_queue(Request *request)
{
	if (request->response == NULL)
		return MHD_NO; /* out of memory: the connection is closed */
	return mhd_queue(request->mhd, request->status, request->response);
}

static enum MHD_Result
request_take_head(Request *request, const char *method, const char *version)
{
	bool reads_on;

	request->method = method;
	snprintf(request->access.method, sizeof request->access.method, "%s", method);
	request_head_read(request, request->mhd, version);
	request->headless = strcmp(method, "HEAD") == 0;
	if (request->headless)
		request->method = "GET";
	request->error = request_judge(request, method);
	request->stage = REQUEST_COLLECTING;
	connection_enter(request->connection, CONNECTION_RECEIVING, 0);
	reads_on = !request->expects && request->announced <= MAX_DRAIN &&
			   request->error != ERROR_BAD_REQUEST;
	if (request->error == ERROR_NONE || reads_on)
		return MHD_YES;
	respond_error(request, request->error);
	return request_queue(request);
}

static void
request_forget_body(Request *request)
{
	request->gateway->body_bytes -= request->body.length;
	release_note(request->body.capacity);
	buffer_free(&request->body);
}

static void
request_reject_body(Request *request, GatewayError error)
{
	request->error = error;
	request_forget_body(request);
}

static enum MHD_Result
request_collect(Request *request, const char *data, size_t size)
{
	Gateway *gateway = request->gateway;

	request->received += size;
	request->connection->bytes += size;
	if (request->error != ERROR_NONE)
		return request->received <= MAX_DRAIN ? MHD_YES : MHD_NO;
	if (request->received > (size_t)gateway->config->max_body)
		request_reject_body(request, ERROR_BODY_TOO_LARGE);
	else if (gateway->body_bytes + size > (size_t)gateway->config->body_memory)
		request_reject_body(request, ERROR_QUEUE_FULL);
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

	if (request->error != ERROR_NONE)
		respond_error(request, request->error);
	else if (request->preflight)
		respond_empty(request, MHD_HTTP_NO_CONTENT, cors_preflight());
	else if (asks_options)
		respond_empty(request, MHD_HTTP_NO_CONTENT, NULL);
	else
		request->route->serve(request);
}

enum MHD_Result
request_handle(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
			   const char *version, const char *data, size_t *size, void **context)
{
	Request *request = *context;
	enum MHD_Result result;

	(void)cls;
	(void)mhd;
	(void)url;
	(void)version;
	if (request == NULL || request->target == NULL || request->connection == NULL)
		return MHD_NO;
	if (request->stage == REQUEST_BEGUN)
		return request_take_head(request, method, version);
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
request_end(void *cls, struct MHD_Connection *mhd, void **context,
			enum MHD_RequestTerminationCode how)
{
	Gateway *gateway = cls;
	Request *request = *context;

	(void)mhd;
	*context = NULL;
	if (request == NULL)
		return;
	gateway->active--;
	access_end(request, how == MHD_REQUEST_TERMINATED_COMPLETED_OK ||
							request->access.reason != NULL);
	if (request->on_end)
		request->on_end(request);
	address_limit_leave(request->address_count);
	if (request->connection)
	{
		request->connection->request = NULL;
		connection_enter(request->connection, CONNECTION_IDLE, 0);
	}
	request_forget_body(request);
	buffer_free(&request->headers);
	buffer_free(&request->forwarded);
	if (request->response)
		MHD_destroy_response(request->response);
	free(request->target);
	free(request);
}
