/*
 * queue.c
 *	  Streams that may have news, in the order in which they are asked for.
 *
 * Also all streams by what they read: those that read the same are asked for by one
 * request.
 */
#include "gateway/stream/queue.h"

#include <string.h>

#include "gateway/loop.h"

#define BUCKETS 4096 /* a power of two */

static Stream *buckets[BUCKETS]; /* all streams by their key */
static Stream *queue_head;
static Stream *queue_tail;

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
queue_rekey(Stream *stream)
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
same_request(const Stream *one, const Stream *other)
{
	return one->key == other->key && same_text(one->target, other->target) &&
		   same_text(one->authorization, other->authorization) &&
		   same_text(one->cursor, other->cursor);
}

/* Is it free for another batch? */
static bool
can_take(const Stream *stream)
{
	return !stream->batch && !stream->fetch && !stream->ends && !stream->gone;
}

/* Queue the stream if there may be news and it could take them. */
void
queue_add(Stream *stream)
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
queue_unlink(Stream *stream)
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

/* The first in the queue, NULL for none. */
Stream *
queue_first(void)
{
	return queue_head;
}

/*
 * All streams that are read by the same request as this one, also those with no news
 * that is known of: they need not ask for a while.
 */
void
queue_take(const Stream *first, Stream **members)
{
	int64_t now = loop_now();

	for (Stream *stream = *bucket_of(first); stream; stream = stream->alike)
	{
		if (!can_take(stream) || !same_request(first, stream))
			continue;
		queue_unlink(stream);
		stream->news = false;
		stream->asked_at = now;
		stream->fetch = members;
		stream->fellow = *members;
		*members = stream;
	}
}

/* One of those that were taken; NULL when there are no more. */
Stream *
queue_pop(Stream **members)
{
	Stream *stream = *members;

	if (stream == NULL)
		return NULL;
	*members = stream->fellow;
	stream->fellow = NULL;
	stream->fetch = NULL;
	return stream;
}

/* It has ended: nothing may find it here any more. */
void
queue_remove(Stream *stream)
{
	Stream **at = stream->fetch;

	while (at && *at && *at != stream)
		at = &(*at)->fellow;
	if (at && *at)
		*at = stream->fellow;
	queue_unlink(stream);
	bucket_leave(stream);
}
