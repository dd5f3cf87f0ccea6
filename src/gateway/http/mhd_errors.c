/*
 * mhd_errors.c
 *	  Replaces the error pages of libmicrohttpd by the API's envelope.
 *
 * libmicrohttpd answers a head that does not fit into its memory, or a broken chunk,
 * with a small HTML page before the application is asked, and has no hook for that.
 * But it queues that page through its own public function, by the dynamic symbol; so
 * this program defines that function. A response that the gateway did not queue is
 * written to the socket as JSON with X-Request-Id like every other error, and the
 * library gets the result that queueing failed, upon which it closes the connection,
 * as it would have after its page. (Letting it queue our answer instead does not
 * work: after some of these errors it goes on and sends the headers twice.)
 *
 * Should a later version of the library call itself directly, the HTML is back and
 * nothing else is lost; t/gateway_limits.pl would fail.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "gateway/http/mhd_errors.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/http/connection.h"
#include "gateway/http/gateway_errors.h"
#include "gateway/http/raw_error.h"

typedef enum MHD_Result (*QueueFunction)(struct MHD_Connection *, unsigned int,
										 struct MHD_Response *);

static bool queued_by_us;

static QueueFunction
queue_function(void)
{
	static QueueFunction function;

	if (function == NULL)
	{
		void *symbol = dlsym(RTLD_NEXT, "MHD_queue_response");

		memcpy(&function, &symbol, sizeof function);
	}
	return function;
}

static void
mhd_reject(struct MHD_Connection *mhd, unsigned int status)
{
	Connection *connection = connection_of(mhd);

	if (connection)
		raw_error_send(connection, error_of_status(status), NULL);
}

enum MHD_Result
mhd_queue(struct MHD_Connection *mhd, unsigned int status, struct MHD_Response *response)
{
	enum MHD_Result result;

	queued_by_us = true;
	result = MHD_queue_response(mhd, status, response);
	queued_by_us = false;
	return result;
}

/* Overrides libmicrohttpd's function of this name. */
enum MHD_Result
MHD_queue_response(struct MHD_Connection *mhd, unsigned int status,
				   struct MHD_Response *response)
{
	QueueFunction function = queue_function();

	if (queued_by_us && function)
		return function(mhd, status, response);
	mhd_reject(mhd, status);
	return MHD_NO;
}
