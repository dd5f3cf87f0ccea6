/*
 * gateway_errors.c
 *	  The errors that the gateway answers by itself: status, code and message of each,
 *	  as rows, and the envelope they are written in.
 *
 * The envelope is that of the database's errors, so that a client needs one way to
 * read them. Nothing of the database's message is passed on: the database reports its
 * errors in answers, and the text of one that escapes from there is not for clients.
 */
#include "gateway/http/gateway_errors.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const ErrorText errors[] = {
	[ERROR_NONE] = {500, "internal_error", "something went wrong", NULL, NULL},
	[ERROR_BAD_REQUEST] = {400, "bad_request", "the request is not valid HTTP", NULL,
						   NULL},
	[ERROR_ORIGIN] = {403, "forbidden", "this origin is not allowed",
					  "The operator lists allowed origins in realty.cors_origins.", NULL},
	[ERROR_NOT_FOUND] = {404, "not_found", "there is nothing at this path",
						 "The API is below /api.", NULL},
	[ERROR_METHOD_NOT_ALLOWED] = {405, "method_not_allowed",
								  "this method is not possible here",
								  "The Allow header lists what is.", NULL},
	[ERROR_REQUEST_TIMEOUT] = {408, "request_timeout",
							   "the request did not arrive in time", NULL, NULL},
	[ERROR_CONFLICT] = {409, "conflict", "the request conflicts with the present state",
						"Read the present state and try again.", NULL},
	[ERROR_BODY_TOO_LARGE] = {413, "payload_too_large", "the body is too large", NULL,
							  NULL},
	[ERROR_URL_TOO_LONG] = {414, "uri_too_long", "the URL is too long", NULL, NULL},
	[ERROR_ADDRESS_LIMIT] = {429, "too_many_requests",
							 "too many requests from this address",
							 "Close connections, or try again in a moment.", "1"},
	[ERROR_HEAD_TOO_LARGE] = {431, "headers_too_large", "the headers are too large", NULL,
							  NULL},
	/* never sent: a status for logs, as nginx has it */
	[ERROR_CLIENT_GONE] = {499, "client_closed_request", "the client disconnected", NULL,
						   NULL},
	[ERROR_INTERNAL] = {500, "internal_error", "something went wrong",
						"The operator finds it in the log by the request id.", NULL},
	[ERROR_QUEUE_FULL] = {503, "unavailable", "too many requests are waiting",
						  "Try again in a moment.", "1"},
	[ERROR_DATABASE_DOWN] = {503, "unavailable", "the database is not available",
							 "Try again in a moment.", "2"},
	[ERROR_DATABASE_BUSY] = {503, "unavailable",
							 "the database could not serve the request now",
							 "Try again in a moment.", "1"},
	[ERROR_VERSION] = {505, "http_version_not_supported",
					   "this HTTP version is not supported", "Use HTTP/1.1.", NULL},
	[ERROR_TIMEOUT] = {504, "timeout", "the request took too long", "Try again later.",
					   NULL},
	[ERROR_TOO_MANY_STREAMS] = {503, "unavailable", "too many streams are open",
								"Try again later, or poll.", "10"},
};

const ErrorText *
error_text(GatewayError error)
{
	return &errors[error];
}

typedef struct SqlstateRow
{
	const char *prefix;
	GatewayError error;
} SqlstateRow;

/* The first row that fits counts. */
static const SqlstateRow sqlstates[] = {
	{"PT409", ERROR_CONFLICT},      {"PT503", ERROR_DATABASE_BUSY},
	{"57014", ERROR_TIMEOUT},       {"23", ERROR_CONFLICT},
	{"40", ERROR_CONFLICT},         {"P0001", ERROR_CONFLICT},
	{"44", ERROR_CONFLICT},         {"08", ERROR_DATABASE_DOWN},
	{"57", ERROR_DATABASE_DOWN},    {"53", ERROR_DATABASE_BUSY},
	{"55", ERROR_DATABASE_BUSY},    {"25006", ERROR_DATABASE_BUSY},
	{"25P0", ERROR_DATABASE_BUSY},  {"58", ERROR_DATABASE_BUSY},
	{"3F000", ERROR_DATABASE_DOWN}, {"42883", ERROR_DATABASE_DOWN},
	{"42P01", ERROR_DATABASE_DOWN},
};

GatewayError
error_of_sqlstate(const char *sqlstate)
{
	for (size_t i = 0; i < sizeof sqlstates / sizeof *sqlstates; i++)
		if (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) == 0)
			return sqlstates[i].error;
	return ERROR_INTERNAL;
}

GatewayError
error_of_status(unsigned int status)
{
	for (size_t i = ERROR_BAD_REQUEST; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].status == status)
			return (GatewayError)i;
	return status < 500 ? ERROR_BAD_REQUEST : ERROR_INTERNAL;
}

void
error_write(GatewayError error, Buffer *body)
{
	const ErrorText *text = error_text(error);

	buffer_append_text(body, "{\"success\": false, \"error\": {\"code\": ");
	buffer_append_json(body, text->code);
	buffer_append_text(body, ", \"message\": ");
	buffer_append_json(body, text->message);
	if (text->hint)
	{
		buffer_append_text(body, ", \"hint\": ");
		buffer_append_json(body, text->hint);
	}
	buffer_append_text(body, "}}");
}
