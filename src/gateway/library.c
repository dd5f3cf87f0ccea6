/*
 * library.c
 *	  What libmicrohttpd refuses by itself, said in our words.
 *
 * It answers a head that does not fit into its memory, a broken chunk or a missing Host
 * before anybody can ask us, with a small HTML page, and has no hook for that. But it
 * queues that page through its own public function, by the dynamic symbol; so this
 * program defines that function, and what was not queued by us leaves as JSON with
 * X-Request-Id like everything else. Should a later version of the library call itself
 * directly, the HTML is back and nothing else is lost; t/gateway_limits.pl would tell.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "gateway/library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/head.h"
#include "gateway/refusal.h"
#include "gateway/respond.h"

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

static struct MHD_Response *
library_refusal(unsigned int status)
{
	struct MHD_Response *response;
	Request nobody = {0};
	Buffer body = {0};

	refusal_write(refusal_of_status(status), &body);
	if (body.failed)
		return NULL;
	response =
		MHD_create_response_from_buffer_with_free_callback(body.length, body.data, free);
	if (response == NULL)
		return NULL;
	head_identify(&nobody, NULL);
	MHD_add_response_header(response, "Content-Type", "application/json; charset=utf-8");
	MHD_add_response_header(response, "X-Request-Id", nobody.id);
	respond_add_safety(response);
	return response;
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
	struct MHD_Response *instead = library_ours ? NULL : library_refusal(status);
	enum MHD_Result result;

	if (function == NULL)
		return MHD_NO;
	if (instead == NULL)
		return function(connection, status, response);
	result = function(connection, status, instead);
	MHD_destroy_response(instead);
	return result;
}
