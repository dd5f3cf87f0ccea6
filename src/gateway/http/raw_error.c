/*
 * raw_error.c
 *	  Errors that are written to the socket past libmicrohttpd, because no request has
 *	  begun or the request is not valid; they are logged and counted all the same.
 *
 * Threat: hundreds of rejections a second before there is a request, while the
 * operator's numbers show a quiet night. So each is a line of the log and is counted:
 * with the line of its request where one had begun, else with a line of its own,
 * which names the other end of the connection, since nothing else identifies it.
 */
#include "gateway/http/raw_error.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/access_log.h"
#include "gateway/http/request_head.h"
#include "gateway/http/response.h"

/*
 * Where a request has begun its line is written at its end, by libmicrohttpd's
 * callback. reason NULL: the error's own message. Once for each connection: it ends
 * with it.
 */
void
raw_error_send(Connection *connection, GatewayError error, const char *reason)
{
	Request unbegun = {0};
	Request *request = connection->request ? connection->request : &unbegun;

	if (connection->raw_error_sent)
		return;
	connection->raw_error_sent = true;
	if (request->id[0] == '\0')
		request_head_identify(request, NULL);
	request->status = error_text(error)->status;
	request->access.reason = reason ? reason : error_text(error)->message;
	request->access.client = connection->address;
	request->length = (int64_t)respond_raw(connection->fd, error, request->id);
	if (request == &unbegun)
		access_raw_error(request);
}

/* A connection that is not accepted. */
void
raw_error_send_unknown(int fd, const char *address, GatewayError error)
{
	Connection unknown = {.fd = fd};

	snprintf(unknown.address, sizeof unknown.address, "%s", address);
	raw_error_send(&unknown, error, NULL);
}
