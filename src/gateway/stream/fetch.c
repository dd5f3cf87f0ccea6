/*
 * fetch.c
 *	  Fetches the events of streams from the database.
 *
 * One call waits in the database for all streams together (realty.stream_poll, on a
 * connection of its own, there only while streams are open). It says which topics may
 * have news, not what they are. Their streams are queued, and each is asked for as
 * its reader would: the same path, token and cursor. Streams that agree in all three
 * are one request, and share its answer; the poll says up to where to ask, so that
 * all readers of a project agree from their first event on.
 *
 * Ordinary requests come first: few fetches are under way at a time, and one that
 * finds the pool full or the database down is put off.
 */
#include "gateway/stream/fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/http/response.h"
#include "gateway/stream/stream.h"

#define MAX_FETCHES 2    /* of the pool's connections */
#define PUT_OFF 500      /* ms after a failure */
#define POLL_WAIT "1000" /* ms, how long the database may keep the call */

/* One request for one or more streams. */
typedef struct Fetch
{
	Stream *members;
	Buffer headers;
	char *target;
} Fetch;

static int fetches;      /* under way */
static int64_t fetch_at; /* not before */
static Pool *poll_pool;  /* NULL before the first stream */
static Config poll_config;
static bool polling;     /* a call is under way */
static int64_t poll_at;  /* the next one, not before */
static char *poll_until; /* NULL when unknown */
static char poll_seen[24] = "0";
static const char poll_owner; /* a call needs an owner */

/* ---- reading ---- */

static void
fetch_free(Fetch *fetch)
{
	buffer_free(&fetch->headers);
	free(fetch->target);
	free(fetch);
}

/* Once more, a little later. */
static void
fetch_put_off(Fetch *fetch)
{
	Stream *stream;

	fetch_at = loop_now() + PUT_OFF;
	while ((stream = queue_pop(&fetch->members)) != NULL)
	{
		stream->news = true;
		queue_add(stream);
	}
}

static void
fetch_share(Fetch *fetch, Batch *batch, bool last)
{
	Stream *stream;

	while ((stream = queue_pop(&fetch->members)) != NULL)
	{
		if (!stream->gone && !stream->ends && stream->batch == NULL)
			stream_give(stream, batch);
		if (last)
			stream_finish(stream);
		queue_add(stream);
	}
	batch_release(batch);
}

/* Too many requests, or no database: that says nothing about the stream. */
static bool
status_passes(unsigned int status)
{
	return status == 0 || status == MHD_HTTP_TOO_MANY_REQUESTS || status >= 500;
}

static void
fetch_answered(Fetch *fetch, PGresult *rows)
{
	unsigned int status = respond_row_status(rows);
	Batch *batch;

	if (status_passes(status))
	{
		PQclear(rows);
		fetch_put_off(fetch);
		return;
	}
	batch = status == MHD_HTTP_OK ? batch_of_rows(rows) : batch_of_end(rows);
	if (batch)
		fetch_share(fetch, batch, status != MHD_HTTP_OK);
	else
		fetch_put_off(fetch);
}

static void
fetch_done(void *owner, const CallResult *result)
{
	Fetch *fetch = owner;

	fetches--;
	if (result->outcome == CALL_ROWS)
		fetch_answered(fetch, result->rows);
	else
		fetch_put_off(fetch);
	fetch_free(fetch);
}

static void
append_header(Buffer *headers, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	buffer_append_text(headers, name);
	buffer_append_text(headers, ": ");
	buffer_append_text(headers, value);
	buffer_append_text(headers, "\r\n");
}

/* The request that its reader would make. */
static Fetch *
fetch_make(const Stream *stream)
{
	Fetch *fetch = calloc(1, sizeof *fetch);

	if (fetch == NULL)
		return NULL;
	fetch->target = strdup(stream->target);
	append_header(&fetch->headers, "Accept", "text/event-stream");
	append_header(&fetch->headers, "Authorization", stream->authorization);
	append_header(&fetch->headers, "Last-Event-ID", stream->cursor);
	append_header(&fetch->headers, "X-Realty-Until", poll_until);
	if (fetch->target && buffer_text(&fetch->headers))
		return fetch;
	fetch_free(fetch);
	return NULL;
}

static bool
fetch_submit(Fetch *fetch, Pool *pool)
{
	Call *call = call_create(STATEMENT_REQUEST, fetch_done, fetch);

	if (call == NULL)
		return false;
	call->values[0] = "GET";
	call->lengths[0] = 3;
	call->values[1] = fetch->target;
	call->lengths[1] = (int)strlen(fetch->target);
	call->values[2] = fetch->headers.data;
	call->lengths[2] = (int)fetch->headers.length;
	call->values[3] = "";
	if (pool_submit(pool, call) == POOL_ACCEPTED)
		return true;
	call_drop(call);
	return false;
}

static void
fetch_start(Gateway *gateway)
{
	Stream *first;

	while ((first = queue_first()) != NULL && fetches < MAX_FETCHES &&
		   loop_now() >= fetch_at)
	{
		Fetch *fetch = fetch_make(first);

		if (fetch == NULL || !fetch_submit(fetch, gateway->pool))
		{
			if (fetch)
				fetch_free(fetch);
			fetch_at = loop_now() + PUT_OFF;
			return;
		}
		queue_take(first, &fetch->members);
		fetches++;
	}
}

/* ---- waiting ---- */

/* topics is an array as text: {user:7,project:3}; NULL means all. */
static bool
topics_have(const char *topics, const char *topic)
{
	size_t length = strlen(topic);

	if (topics == NULL)
		return true;
	for (const char *at = strstr(topics, topic); at; at = strstr(at + 1, topic))
		if ((at[-1] == '{' || at[-1] == ',') && (at[length] == ',' || at[length] == '}'))
			return true;
	return false;
}

static void
poll_answered(const PGresult *rows)
{
	const char *topics = PQgetisnull(rows, 0, 2) ? NULL : PQgetvalue(rows, 0, 2);

	snprintf(poll_seen, sizeof poll_seen, "%s", PQgetvalue(rows, 0, 0));
	free(poll_until);
	poll_until = strdup(PQgetvalue(rows, 0, 1));
	if (topics && strcmp(topics, "{}") == 0)
		return;
	for (Stream *stream = stream_first(); stream; stream = stream->next)
		if (topics_have(topics, stream->topic))
		{
			stream->news = true;
			queue_add(stream);
		}
}

static void
poll_done(void *owner, const CallResult *result)
{
	(void)owner;
	polling = false;
	if (result->outcome == CALL_ROWS && PQntuples(result->rows) == 1)
		poll_answered(result->rows);
	else
	{
		/* readers may come to know more than we did when the database went */
		free(poll_until);
		poll_until = NULL;
		poll_at = loop_now() + PUT_OFF;
	}
	if (result->outcome == CALL_ROWS)
		PQclear(result->rows);
}

static bool
poll_is_wanted(const Gateway *gateway)
{
	return stream_count() > 0 && !gateway->draining && !polling;
}

/* On a connection of its own: it waits, and others would wait behind it. */
static bool
poll_connect(const Config *config)
{
	if (poll_pool)
		return true;
	poll_config = *config;
	poll_config.connections = 1;
	poll_config.timeout += 5; /* the wait is part of it */
	poll_pool = pool_start(&poll_config);
	return poll_pool != NULL;
}

static void
poll_ask(const Gateway *gateway)
{
	int64_t now = loop_now();
	Call *call;

	if (!poll_is_wanted(gateway) || now < poll_at || !poll_connect(gateway->config))
		return;
	poll_at = now + PUT_OFF;
	call = call_create(STATEMENT_STREAM, poll_done, (void *)&poll_owner);
	if (call == NULL)
		return;
	call->values[0] = poll_seen;
	call->values[1] = POLL_WAIT;
	polling = pool_submit(poll_pool, call) == POOL_ACCEPTED;
	if (polling)
		poll_at = now + gateway->config->stream_interval;
	else
		call_drop(call);
}

/* The last stream has gone: the connection is not kept for a maybe. */
static void
poll_disconnect(void)
{
	fetch_stop();
	free(poll_pool);
	poll_pool = NULL;
}

void
fetch_turn(Gateway *gateway)
{
	if (stream_count() > 0)
	{
		fetch_start(gateway);
		poll_ask(gateway);
	}
	else if (poll_pool && !polling)
		poll_disconnect();
	if (poll_pool)
		pool_turn(poll_pool);
}

/* Milliseconds until something is due, -1 for nothing. */
int64_t
fetch_wait(const Gateway *gateway)
{
	int64_t wait = poll_pool ? pool_wait(poll_pool) : -1;

	if (poll_is_wanted(gateway))
		wait = loop_sooner(wait, loop_until(poll_at));
	if (queue_first() && fetches < MAX_FETCHES)
		wait = loop_sooner(wait, loop_until(fetch_at));
	return wait;
}

void
fetch_stop(void)
{
	if (poll_pool)
		pool_stop(poll_pool);
}
