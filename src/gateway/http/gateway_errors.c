/*
 * gateway_errors.c
 *	  Everything that the gateway refuses by itself: status, code word and sentence of
 *	  each, as rows, and the envelope they are written in.
 *
 * The same envelope as the database's own errors, so that a client needs one way to
 * read them. Nothing of the database's message is passed on: what it wants to tell, it
 * tells in an answer; an error that escapes from there is nobody's business outside.
 */
#include "gateway/http/gateway_errors.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const RefusalText refusals[] = {
	[REFUSE_NOTHING] = {500, "internal_error", "something went wrong", NULL, NULL},
	[REFUSE_BAD_REQUEST] = {400, "bad_request", "the request is not valid HTTP", NULL,
							NULL},
	[REFUSE_ORIGIN] = {403, "forbidden", "this origin is not allowed",
					   "The operator lists allowed origins in realty.cors_origins.",
					   NULL},
	[REFUSE_NOT_FOUND] = {404, "not_found", "there is nothing at this path",
						  "The API is below /api.", NULL},
	[REFUSE_METHOD] = {405, "method_not_allowed", "this method is not possible here",
					   "The Allow header lists what is.", NULL},
	[REFUSE_SLOW] = {408, "request_timeout", "the request did not arrive in time", NULL,
					 NULL},
	[REFUSE_CONFLICT] = {409, "conflict", "the request conflicts with the present state",
						 "Read the present state and try again.", NULL},
	[REFUSE_BODY] = {413, "payload_too_large", "the body is too large", NULL, NULL},
	[REFUSE_URL] = {414, "uri_too_long", "the URL is too long", NULL, NULL},
	[REFUSE_CROWD] = {429, "too_many_requests", "this address has too much under way",
					  "Close connections, or try again in a moment.", "1"},
	[REFUSE_HEAD] = {431, "headers_too_large", "the headers are too large", NULL, NULL},
	/* nobody reads it: a status for logs, as nginx has it */
	[REFUSE_GONE] = {499, "client_closed_request", "the client left", NULL, NULL},
	[REFUSE_INTERNAL] = {500, "internal_error", "something went wrong",
						 "The operator finds it in the log by the request id.", NULL},
	[REFUSE_FULL] = {503, "unavailable", "too many requests are waiting",
					 "Try again in a moment.", "1"},
	[REFUSE_AWAY] = {503, "unavailable", "the database is not available",
					 "Try again in a moment.", "2"},
	[REFUSE_BUSY] = {503, "unavailable", "the database could not serve the request now",
					 "Try again in a moment.", "1"},
	[REFUSE_VERSION] = {505, "http_version_not_supported",
						"this HTTP version is not supported", "Use HTTP/1.1.", NULL},
	[REFUSE_TIMEOUT] = {504, "timeout", "the request took too long", "Try again later.",
						NULL},
	[REFUSE_STREAMS] = {503, "unavailable", "too many streams are open",
						"Try again in a while, or ask from time to time.", "10"},
};

const RefusalText *
refusal_text(Refusal refusal)
{
	return &refusals[refusal];
}

typedef struct SqlstateRow
{
	const char *prefix;
	Refusal refusal;
} SqlstateRow;

/* The first row that fits counts. */
static const SqlstateRow sqlstates[] = {
	{"PT409", REFUSE_CONFLICT}, {"PT503", REFUSE_BUSY},  {"57014", REFUSE_TIMEOUT},
	{"23", REFUSE_CONFLICT},    {"40", REFUSE_CONFLICT}, {"P0001", REFUSE_CONFLICT},
	{"44", REFUSE_CONFLICT},    {"08", REFUSE_AWAY},     {"57", REFUSE_AWAY},
	{"53", REFUSE_BUSY},        {"55", REFUSE_BUSY},     {"25006", REFUSE_BUSY},
	{"25P0", REFUSE_BUSY},      {"58", REFUSE_BUSY},     {"3F000", REFUSE_AWAY},
	{"42883", REFUSE_AWAY},     {"42P01", REFUSE_AWAY},
};

Refusal
refusal_of_sqlstate(const char *sqlstate)
{
	for (size_t i = 0; i < sizeof sqlstates / sizeof *sqlstates; i++)
		if (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) == 0)
			return sqlstates[i].refusal;
	return REFUSE_INTERNAL;
}

Refusal
refusal_of_status(unsigned int status)
{
	for (size_t i = REFUSE_BAD_REQUEST; i < sizeof refusals / sizeof *refusals; i++)
		if (refusals[i].status == status)
			return (Refusal)i;
	return status < 500 ? REFUSE_BAD_REQUEST : REFUSE_INTERNAL;
}

void
refusal_write(Refusal refusal, Buffer *body)
{
	const RefusalText *text = refusal_text(refusal);

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
