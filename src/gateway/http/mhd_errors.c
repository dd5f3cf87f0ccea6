/*
 * mhd_errors.c
 *	  What libmicrohttpd refuses by itself, said in our words.
 *
 * It answers a head that does not fit into its memory, or a broken chunk, before anybody
 * can ask us, with a small HTML page, and has no hook for that. But it queues that page
 * through its own public function, by the dynamic symbol; so this program defines that
 * function. What was not queued by us is written to the socket as JSON with X-Request-Id
 * like everything else, and the library is told that queueing failed, upon which it
 * closes the connection, as it would have after its page. (To let it queue our answer
 * instead is no way: after some of these errors it goes on and sends the headers twice.)
 *
 * Should a later version of the library call itself directly, the HTML is back and
 * nothing else is lost; t/gateway_limits.pl would tell.
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

static bool library_ours;

static QueueFunction
library_function(void)
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
library_refuse(struct MHD_Connection *connection, unsigned int status)
{
	Peer *peer = peer_of(connection);

	if (peer)
		reject_peer(peer, refusal_of_status(status), NULL);
}

enum MHD_Result
library_queue(struct MHD_Connection *connection, unsigned int status,
			  struct MHD_Response *response)
{
	enum MHD_Result result;

	library_ours = true;
	result = MHD_queue_response(connection, status, response);
	library_ours = false;
	return result;
}

/* Stands before the library's function of this name. */
enum MHD_Result
MHD_queue_response(struct MHD_Connection *connection, unsigned int status,
				   struct MHD_Response *response)
{
	QueueFunction function = library_function();

	if (library_ours && function)
		return function(connection, status, response);
	library_refuse(connection, status);
	return MHD_NO;
}
