/*
 * feed.c
 *		Where the events of streams come from.
 *
 * One call waits in the database for all streams together (realty.stream_poll, on a
 * connection of its own, there only while streams are open). It says who may have news,
 * not what they are. Those streams are queued, and each is asked for as its reader would:
 * his path, his token, his cursor. Streams that agree in all three are one request, and
 * share what comes; the poll says up to where to ask, so that all readers of a project
 * agree from their first event on.
 *
 * Ordinary requests come first: few reads are under way at a time, and one that finds
 * the pool full or the database away is put off.
 */
#include "gateway/stream/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/http/response.h"

#define READS_MOST 2     /* of the pool's connections */
#define PUT_OFF 500      /* ms after a failure */
#define POLL_WAIT "1000" /* ms, how long the database may keep the call */
#define BUCKETS 4096     /* a power of two */

/* One request for one or more streams. */
struct Read
{
	Stream *members;
	Buffer headers;
	char *target;
};

static Stream *buckets[BUCKETS]; /* all streams by their key */
static Stream *queue_head;
static Stream *queue_tail;
static int reads;        /* under way */
static int64_t reads_at; /* not before */
static Pool *poll_pool;  /* NULL before the first stream */
static Config poll_config;
static bool polling;     /* a call is under way */
static int64_t poll_at;  /* the next one, not before */
static char *poll_until; /* NULL when unknown */
static char poll_seen[24] = "0";
static const char poll_owner; /* the call's owner must be somebody */

/* ---- the queue ---- */

static uint64_t
hash_text(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return hash * UINT64_C(31) + 7;
}

static Stream **
bucket_of(const Stream *stream)
{
	return &buckets[stream->key & (BUCKETS - 1)];
}

static void
bucket_leave(Stream *stream)
{
	if (!stream->keyed)
		return;
	if (stream->alike_before)
		stream->alike_before->alike = stream->alike;
	else
		*bucket_of(stream) = stream->alike;
	if (stream->alike)
		stream->alike->alike_before = stream->alike_before;
	stream->keyed = false;
}

static void
bucket_enter(Stream *stream)
{
	Stream **bucket = bucket_of(stream);

	stream->alike = *bucket;
	stream->alike_before = NULL;
	if (*bucket)
		(*bucket)->alike_before = stream;
	*bucket = stream;
	stream->keyed = true;
}

/* After each change of the cursor. */
void
feed_key(Stream *stream)
{
	uint64_t hash = hash_text(UINT64_C(14695981039346656037), stream->target);

	bucket_leave(stream);
	hash = hash_text(hash, stream->authorization);
	stream->key = hash_text(hash, stream->cursor);
	bucket_enter(stream);
}

static bool
same_text(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) == 0 : one == other;
}

static bool
same_place(const Stream *one, const Stream *other)
{
	return one->key == other->key && same_text(one->target, other->target) &&
		   same_text(one->authorization, other->authorization) &&
		   same_text(one->cursor, other->cursor);
}

/* Is it free for another batch? */
static bool
can_take(const Stream *stream)
{
	return !stream->batch && !stream->read && !stream->ends && !stream->gone;
}

/* Queue the stream if there may be news and it could take them. */
void
feed_consider(Stream *stream)
{
	if (!stream->news || stream->queued || !can_take(stream))
		return;
	stream->queued = true;
	stream->behind = NULL;
	stream->ahead = queue_tail;
	if (queue_tail)
		queue_tail->behind = stream;
	else
		queue_head = stream;
	queue_tail = stream;
}

static void
queue_remove(Stream *stream)
{
	if (!stream->queued)
		return;
	if (stream->ahead)
		stream->ahead->behind = stream->behind;
	else
		queue_head = stream->behind;
	if (stream->behind)
		stream->behind->ahead = stream->ahead;
	else
		queue_tail = stream->ahead;
	stream->queued = false;
}

static void
read_remove(Read *read, const Stream *stream)
{
	Stream **at = &read->members;

	while (*at && *at != stream)
		at = &(*at)->fellow;
	if (*at)
		*at = stream->fellow;
}

/* It has ended: nobody may find it here any more. */
void
feed_forget(Stream *stream)
{
	if (stream->read)
		read_remove(stream->read, stream);
	queue_remove(stream);
	bucket_leave(stream);
}

/* ---- reading ---- */

static void
read_free(Read *read)
{
	buffer_free(&read->headers);
	free(read->target);
	free(read);
}

static Stream *
read_pop(Read *read)
{
	Stream *stream = read->members;

	if (stream == NULL)
		return NULL;
	read->members = stream->fellow;
	stream->fellow = NULL;
	stream->read = NULL;
	return stream;
}

/* Once more, a little later. */
static void
read_put_off(Read *read)
{
	Stream *stream;

	reads_at = loop_now() + PUT_OFF;
	while ((stream = read_pop(read)) != NULL)
	{
		stream->news = true;
		feed_consider(stream);
	}
}

static void
read_share(Read *read, Batch *batch, bool last)
{
	Stream *stream;

	while ((stream = read_pop(read)) != NULL)
	{
		if (!stream->gone && !stream->ends && stream->batch == NULL)
			stream_give(stream, batch);
		if (last)
			stream_finish(stream);
		feed_consider(stream);
	}
	batch_release(batch);
}

/* Too many requests, or nobody at home: that says nothing about the stream. */
static bool
status_passes(unsigned int status)
{
	return status == 0 || status == MHD_HTTP_TOO_MANY_REQUESTS || status >= 500;
}

static void
read_answered(Read *read, PGresult *rows)
{
	unsigned int status = respond_row_status(rows);
	Batch *batch;

	if (status_passes(status))
	{
		PQclear(rows);
		read_put_off(read);
		return;
	}
	batch = status == MHD_HTTP_OK ? batch_of_rows(rows) : batch_of_end(rows);
	if (batch)
		read_share(read, batch, status != MHD_HTTP_OK);
	else
		read_put_off(read);
}

static void
read_done(void *owner, const CallResult *result)
{
	Read *read = owner;

	reads--;
	if (result->outcome == CALL_ROWS)
		read_answered(read, result->rows);
	else
		read_put_off(read);
	read_free(read);
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
static Read *
read_make(const Stream *stream)
{
	Read *read = calloc(1, sizeof *read);

	if (read == NULL)
		return NULL;
	read->target = strdup(stream->target);
	append_header(&read->headers, "Accept", "text/event-stream");
	append_header(&read->headers, "Authorization", stream->authorization);
	append_header(&read->headers, "Last-Event-ID", stream->cursor);
	append_header(&read->headers, "X-Realty-Until", poll_until);
	if (read->target && buffer_text(&read->headers))
		return read;
	read_free(read);
	return NULL;
}

static bool
read_submit(Read *read, Pool *pool)
{
	Call *call = call_create(STATEMENT_REQUEST, read_done, read);

	if (call == NULL)
		return false;
	call->values[0] = "GET";
	call->lengths[0] = 3;
	call->values[1] = read->target;
	call->lengths[1] = (int)strlen(read->target);
	call->values[2] = read->headers.data;
	call->lengths[2] = (int)read->headers.length;
	call->values[3] = "";
	if (pool_submit(pool, call) == POOL_ACCEPTED)
		return true;
	call_drop(call);
	return false;
}

/* Everybody who is there, also those who have not asked: they need not ask for a while.
 */
static void
read_gather(Read *read, const Stream *first)
{
	int64_t now = loop_now();

	for (Stream *stream = *bucket_of(first); stream; stream = stream->alike)
	{
		if (!can_take(stream) || !same_place(first, stream))
			continue;
		queue_remove(stream);
		stream->news = false;
		stream->asked_at = now;
		stream->read = read;
		stream->fellow = read->members;
		read->members = stream;
	}
}

static void
feed_reads(Gateway *gateway)
{
	while (queue_head && reads < READS_MOST && loop_now() >= reads_at)
	{
		Read *read = read_make(queue_head);

		if (read == NULL || !read_submit(read, gateway->pool))
		{
			if (read)
				read_free(read);
			reads_at = loop_now() + PUT_OFF;
			return;
		}
		read_gather(read, queue_head);
		reads++;
	}
}

/* ---- waiting ---- */

/* topics is an array as text: {user:7,project:3}; NULL means anybody. */
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
			feed_consider(stream);
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
	feed_stop();
	free(poll_pool);
	poll_pool = NULL;
}

void
feed_turn(Gateway *gateway)
{
	if (stream_count() > 0)
	{
		feed_reads(gateway);
		poll_ask(gateway);
	}
	else if (poll_pool && !polling)
		poll_disconnect();
	if (poll_pool)
		pool_turn(poll_pool);
}

static int64_t
earlier(int64_t one, int64_t other)
{
	return one < 0 || (other >= 0 && other < one) ? other : one;
}

static int64_t
until(int64_t when)
{
	int64_t left = when - loop_now();

	return left > 0 ? left : 0;
}

/* Milliseconds until something is due, -1 for nothing. */
int64_t
feed_wait(const Gateway *gateway)
{
	int64_t wait = poll_pool ? pool_wait(poll_pool) : -1;

	if (poll_is_wanted(gateway))
		wait = earlier(wait, until(poll_at));
	if (queue_head && reads < READS_MOST)
		wait = earlier(wait, until(reads_at));
	return wait;
}

void
feed_stop(void)
{
	if (poll_pool)
		pool_stop(poll_pool);
}
