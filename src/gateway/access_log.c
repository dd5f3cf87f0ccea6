/*
 * access_log.c
 *	  One line of JSON for each request.
 *
 * It names the route's pattern, never the URL, whose query string may hold anything;
 * it has no header and no body, so no token and no password either. Route, user and
 * time in the database came in the row of the answer and cost nothing to log.
 *
 * Lines are collected during a turn of the loop and written together.
 */
#include "gateway/access_log.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/log.h"
#include "gateway/metrics.h"

enum
{
	COLUMN_ROUTE = 3,
	COLUMN_USER,
	COLUMN_TIME,
	COLUMN_QUERY
};

static const Config *access_config;

void
access_start(const Config *config)
{
	access_config = config;
}

void
access_begin(Request *request)
{
	request->access.began = loop_now_us();
	request->access.database_us = -1;
}

static int64_t
column_number(const PGresult *rows, int column, int64_t otherwise)
{
	uint64_t value;

	if (PQgetisnull(rows, 0, column) || PQgetlength(rows, 0, column) != sizeof value)
		return otherwise;
	memcpy(&value, PQgetvalue(rows, 0, column), sizeof value);
	return (int64_t)be64toh(value);
}

/* Called with a row that has ACCESS_COLUMNS columns, in binary. */
void
access_note(Request *request, const PGresult *rows)
{
	Access *access = &request->access;

	snprintf(access->route, sizeof access->route, "%.*s",
			 PQgetlength(rows, 0, COLUMN_ROUTE), PQgetvalue(rows, 0, COLUMN_ROUTE));
	access->user_id = column_number(rows, COLUMN_USER, 0);
	access->database_us = column_number(rows, COLUMN_TIME, -1);
	access->query_id = column_number(rows, COLUMN_QUERY, 0);
}

static void
line_add_time(Buffer *line)
{
	struct timespec now;
	struct tm parts;
	char text[64];
	size_t length;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	length = strftime(text, sizeof text, "{\"time\":\"%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(text + length, sizeof text - length, ".%03ldZ\"", now.tv_nsec / 1000000);
	buffer_append_text(line, text);
}

static void
line_add_text(Buffer *line, const char *name, const char *value)
{
	buffer_append_text(line, name);
	if (value && *value)
		buffer_append_json(line, value);
	else
		buffer_append_text(line, "null");
}

/*
 * The database's pattern; the gateway's own path where it was not asked; NULL for
 * what neither knows.
 */
static const char *
access_route(const Request *request)
{
	if (*request->access.route)
		return request->access.route;
	if (request->access.database_us >= 0 || request->route == NULL)
		return NULL;
	return request->route->path;
}

static void
line_add_numbers(Buffer *line, const Request *request, int64_t took, bool whole)
{
	const Access *access = &request->access;
	char text[256];

	snprintf(text, sizeof text, ",\"status\":%u", request->status);
	buffer_append_text(line, text);
	if (access->user_id)
		snprintf(text, sizeof text, ",\"user_id\":%" PRId64, access->user_id);
	else
		snprintf(text, sizeof text, ",\"user_id\":null");
	buffer_append_text(line, text);
	snprintf(text, sizeof text, ",\"ms\":%.3f", (double)took / 1000);
	buffer_append_text(line, text);
	if (access->database_us >= 0)
		snprintf(text, sizeof text, ",\"db_ms\":%.3f",
				 (double)access->database_us / 1000);
	else
		snprintf(text, sizeof text, ",\"db_ms\":null");
	buffer_append_text(line, text);
	snprintf(text, sizeof text, ",\"bytes_in\":%zu,\"bytes_out\":%" PRId64,
			 request->received, request->length > 0 ? request->length : 0);
	buffer_append_text(line, text);
	if (access->opened)
	{
		snprintf(text, sizeof text, ",\"open_s\":%.1f",
				 (double)(loop_now_us() - access->opened) / 1e6);
		buffer_append_text(line, text);
	}
	if (!whole)
		buffer_append_text(line, ",\"broken\":true");
}

/*
 * What finds the statement: pg_stat_statements.queryid, auto_explain's query
 * identifier.
 */
static void
line_add_slow(Buffer *line, const Access *access)
{
	char text[64];

	buffer_append_text(line, ",\"slow\":true");
	if (access->query_id == 0)
		return;
	snprintf(text, sizeof text, ",\"query_id\":\"%" PRId64 "\"", access->query_id);
	buffer_append_text(line, text);
}

static void
access_write(const Request *request, int64_t took, bool whole, bool slow)
{
	Buffer line = {0};

	line_add_time(&line);
	line_add_text(&line, ",\"id\":", request->id);
	line_add_text(&line, ",\"method\":", request->access.method);
	line_add_text(&line, ",\"route\":", access_route(request));
	line_add_numbers(&line, request, took, whole);
	if (slow)
		line_add_slow(&line, &request->access);
	if (request->access.reason)
	{
		line_add_text(&line, ",\"client\":", request->access.client);
		line_add_text(&line, ",\"reason\":", request->access.reason);
	}
	buffer_append_text(&line, "}\n");
	if (!line.failed)
		log_raw(line.data, line.length);
	buffer_free(&line);
}

/* whole: the client got all of the answer. A stream took until it was open. */
void
access_end(Request *request, bool whole)
{
	const Config *config = access_config;
	int64_t end = request->access.opened ? request->access.opened : loop_now_us();
	int64_t took = end - request->access.began;
	bool slow = config->slow_request > 0 && took / 1000 >= config->slow_request;

	metrics_observe(&(Observation){
		.method = request->access.method,
		.route = access_route(request),
		.status = request->status,
		.took_us = request->length < 0 && request->status == 200 ? -1 : took,
		.database_us = request->access.database_us,
	});
	if (config->access_log || slow)
		access_write(request, took, whole, slow);
}

/*
 * What was rejected before it was a request: it has no method, no route and no time.
 */
void
access_raw_error(Request *request)
{
	access_begin(request);
	access_end(request, true);
}
