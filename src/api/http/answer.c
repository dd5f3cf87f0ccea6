/*
 * answer.c
 *		The envelope and the headers around an answer.
 *
 * Two envelopes, chosen by the route: seed ({"success": …, "data": …}) and bare (the
 * data itself; errors as FastAPI writes them). Statuses are the same in both.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "api/http/answer.h"
#include "api/http/parse.h"
#include "platform/compat.h"
#include "platform/error_codes.h"

static bool
is_bare(const ApiRequest *request)
{
	return request->route != NULL && request->route->bare;
}

void
realty_answer_begin(ApiRequest *request, const char *key)
{
	StringInfo body = &request->answer.body;

	request->answer.status = request->route->status;
	resetStringInfo(body);
	if (!is_bare(request))
		appendStringInfoString(body, "{\"success\":true,\"data\":");
	if (key[0] == '\0')
		return;
	appendStringInfoChar(body, '{');
	escape_json(body, key);
	appendStringInfoChar(body, ':');
}

void
realty_answer_end(ApiRequest *request, const char *key)
{
	if (key[0] != '\0')
		appendStringInfoChar(&request->answer.body, '}');
	if (!is_bare(request))
		appendStringInfoChar(&request->answer.body, '}');
}

/* ---- errors ---- */

static void
append_text(StringInfo body, const char *before, const char *value)
{
	appendStringInfoString(body, before);
	escape_json(body, value);
}

static void
append_details(StringInfo body, List *violations)
{
	ListCell *cell;
	const char *between = "";

	appendStringInfoString(body, ",\"details\":[");
	foreach (cell, violations)
	{
		ApiViolation *violation = lfirst(cell);

		appendStringInfo(body, "%s{", between);
		if (violation->field != NULL)
			append_text(body, "\"field\":", violation->field);
		append_text(body, violation->field ? ",\"message\":" : "\"message\":",
					violation->message);
		appendStringInfoChar(body, '}');
		between = ",";
	}
	appendStringInfoChar(body, ']');
}

static void
append_seed_error(ApiRequest *request, const char *code, const char *message,
				  const char *hint)
{
	StringInfo body = &request->answer.body;

	append_text(body, "{\"success\":false,\"error\":{\"code\":", code);
	append_text(body, ",\"message\":", message);
	append_details(body, request->violations);
	if (hint != NULL)
		append_text(body, ",\"hint\":", hint);
	appendStringInfoString(body, "}}");
}

/* FastAPI's: a text, or at 422 a list of {loc, msg, type}. */
static void
append_bare_error(ApiRequest *request, int status, const char *code, const char *message)
{
	static const char *const locations[] = {"body", "query", "path"};
	StringInfo body = &request->answer.body;
	const char *between = "";
	ListCell *cell;

	appendStringInfoString(body, "{\"detail\":");
	if (status != 422 || request->violations == NIL)
	{
		append_text(body, "", message);
		appendStringInfoChar(body, '}');
		return;
	}
	foreach (cell, request->violations)
	{
		ApiViolation *violation = lfirst(cell);

		appendStringInfo(body, "%s{\"loc\":[\"%s\"", *between ? between : "[",
						 locations[violation->location]);
		if (violation->field != NULL)
			append_text(body, ",", violation->field);
		append_text(body, "],\"msg\":", violation->message);
		append_text(body, ",\"type\":", code);
		appendStringInfoChar(body, '}');
		between = ",";
	}
	appendStringInfoString(body, "]}");
}

void
realty_answer_error(ApiRequest *request, int status, const char *code,
					const char *message, const char *hint)
{
	request->answer.status = status;
	resetStringInfo(&request->answer.body);
	if (is_bare(request))
		append_bare_error(request, status, code, message);
	else
		append_seed_error(request, code, message, hint);
	if (status == 401)
		realty_answer_header(request, "WWW-Authenticate", "Bearer");
	if (status == 503 || strcmp(code, realty_error_code(REALTY_IN_PROGRESS)) == 0)
		realty_answer_header(request, "Retry-After", "1");
}

/* ---- headers ---- */

/* A later value of the same name replaces the earlier one. */
void
realty_answer_header(ApiRequest *request, const char *name, const char *value)
{
	ApiAnswer *answer = &request->answer;
	ApiPair *header = realty_pair_find(answer->headers, answer->nheaders, name);

	if (header == NULL && answer->nheaders < API_MAX_HEADERS)
		header = &answer->headers[answer->nheaders++];
	if (header == NULL)
		return;
	header->name = name;
	header->value = value;
}

/* Unless the route's function has said otherwise. */
static void
default_header(ApiRequest *request, const char *name, const char *value)
{
	if (realty_pair_find(request->answer.headers, request->answer.nheaders, name) == NULL)
		realty_answer_header(request, name, value);
}

/* Is the tag among those of If-None-Match? Weak comparison, as RFC 9110 asks for. */
static bool
tag_matches(const char *header, const char *tag)
{
	size_t length = strlen(tag);

	if (strcmp(header, "*") == 0)
		return true;
	for (const char *at = strstr(header, tag); at != NULL; at = strstr(at + 1, tag))
		if ((at == header || strchr(", /", at[-1]) != NULL) &&
			(at[length] == '\0' || at[length] == ',' || at[length] == ' '))
			return true;
	return false;
}

/*
 * Only public reads can be kept by a cache, and an answer to a token must not reach
 * another. The tag is a 64-bit hash of the body: it keeps a client from using an old
 * one. A client that forges a tag deceives only itself.
 */
static void
answer_tag(ApiRequest *request)
{
	ApiAnswer *answer = &request->answer;
	const char *none_match = realty_request_header(request, "if-none-match");
	char *tag = psprintf("\"" UINT64_FORMAT "\"",
						 hash_bytes_extended((const unsigned char *)answer->body.data,
											 answer->body.len, 0));

	realty_answer_header(request, "ETag", tag);
	default_header(request, "Cache-Control",
				   request->identity.present ? "private, no-cache" : "public, no-cache");
	default_header(request, "Vary", "Authorization");
	if (none_match == NULL || !tag_matches(none_match, tag))
		return;
	answer->status = 304;
	resetStringInfo(&answer->body);
}

/* Has the route's function said that no cache may keep it? */
static bool
is_not_stored(const ApiRequest *request)
{
	const ApiPair *header = realty_pair_find(request->answer.headers,
											 request->answer.nheaders, "Cache-Control");

	return header != NULL && strstr(header->value, "no-store") != NULL;
}

static bool
is_public_read(const ApiRequest *request)
{
	return request->route != NULL && request->answer.status == 200 &&
		   (request->route->roles & API_FOR_PUBLIC) != 0 &&
		   strcmp(request->method, "GET") == 0 && !is_not_stored(request);
}

void
realty_answer_finish(ApiRequest *request)
{
	default_header(request, "Content-Type", "application/json; charset=utf-8");
	realty_answer_header(request, "X-Request-Id", request->identity.request_id);
	if (is_public_read(request))
		answer_tag(request);
	else
		default_header(request, "Cache-Control", "no-store");
	if (request->head)
		resetStringInfo(&request->answer.body);
}

text *
realty_answer_headers_text(const ApiAnswer *answer)
{
	StringInfoData lines;

	initStringInfo(&lines);
	for (int i = 0; i < answer->nheaders; i++)
		appendStringInfo(&lines, "%s: %s\r\n", answer->headers[i].name,
						 answer->headers[i].value);
	return cstring_to_text_with_len(lines.data, lines.len);
}
