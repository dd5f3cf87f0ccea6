/*
 * cursor.c
 *		The position of a reader in a stream.
 *
 * Pure, so that a fuzzer can drive it alone: clients send the text as Last-Event-ID.
 *
 * The server's own type pg_snapshot reads and writes the same text, but it raises on bad
 * input and lacks two operations: does one snapshot cover another, and lower its xmax.
 */
#include "stream/cursor.h"

#include <stdlib.h>
#include <string.h>

#define LARGEST (UINT64_MAX >> 1) /* SQL keeps the numbers as bigint */

/* ---- reading ---- */

static bool
read_number(const char **text, uint64_t *number)
{
	const char *at = *text;

	*number = 0;
	if (*at < '0' || *at > '9')
		return false;
	for (; *at >= '0' && *at <= '9'; at++)
	{
		if (*number > (LARGEST - (uint64_t)(*at - '0')) / 10)
			return false;
		*number = *number * 10 + (uint64_t)(*at - '0');
	}
	*text = at;
	return true;
}

static bool
skip(const char **text, char expected)
{
	if (**text != expected)
		return false;
	(*text)++;
	return true;
}

static bool
read_running(const char **text, StreamSnapshot *snapshot)
{
	uint64_t before = 0;

	do
	{
		uint64_t *running = &snapshot->running[snapshot->count];

		if (snapshot->count == STREAM_MAX_RUNNING || !read_number(text, running) ||
			*running < snapshot->xmin || *running >= snapshot->xmax ||
			(snapshot->count > 0 && *running <= before))
			return false;
		before = *running;
		snapshot->count++;
	} while (skip(text, ','));
	return true;
}

static bool
read_snapshot(const char **text, StreamSnapshot *snapshot)
{
	snapshot->count = 0;
	if (!read_number(text, &snapshot->xmin) || !skip(text, ':') ||
		!read_number(text, &snapshot->xmax) || !skip(text, ':') ||
		snapshot->xmax < snapshot->xmin)
		return false;
	return **text == '-' || **text == '\0' || read_running(text, snapshot);
}

bool
realty_stream_cursor_read(const char *text, StreamCursor *cursor)
{
	uint64_t incarnation;

	memset(cursor, 0, sizeof(*cursor));
	if (!read_number(&text, &incarnation) || incarnation > UINT32_MAX ||
		!skip(&text, '-') || !read_snapshot(&text, &cursor->seen))
		return false;
	cursor->incarnation = (uint32_t)incarnation;
	if (*text == '\0')
		return true;
	cursor->within = true;
	return skip(&text, '-') && read_snapshot(&text, &cursor->batch) && skip(&text, '-') &&
		   read_number(&text, &cursor->row) && *text == '\0' &&
		   realty_stream_snapshot_covers(&cursor->batch, &cursor->seen);
}

/* ---- writing ---- */

static char *
write_number(char *text, uint64_t number, char after)
{
	char digits[20];
	int count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	while (count > 0)
		*text++ = digits[--count];
	if (after != '\0')
		*text++ = after;
	return text;
}

static char *
write_snapshot(char *text, const StreamSnapshot *snapshot)
{
	text = write_number(text, snapshot->xmin, ':');
	text = write_number(text, snapshot->xmax, ':');
	for (int i = 0; i < snapshot->count; i++)
		text = write_number(text, snapshot->running[i],
							i + 1 < snapshot->count ? ',' : '\0');
	return text;
}

void
realty_stream_cursor_write(const StreamCursor *cursor, char *text)
{
	text = write_number(text, cursor->incarnation, '-');
	text = write_snapshot(text, &cursor->seen);
	if (cursor->within)
	{
		*text++ = '-';
		text = write_snapshot(text, &cursor->batch);
		*text++ = '-';
		text = write_number(text, cursor->row, '\0');
	}
	*text = '\0';
}

/* ---- snapshots ---- */

static bool
is_running(const StreamSnapshot *snapshot, uint64_t transaction)
{
	for (int i = 0; i < snapshot->count; i++)
		if (snapshot->running[i] == transaction)
			return true;
	return false;
}

bool
realty_stream_snapshot_shows(const StreamSnapshot *snapshot, uint64_t transaction)
{
	if (transaction < snapshot->xmin)
		return true;
	return transaction < snapshot->xmax && !is_running(snapshot, transaction);
}

bool
realty_stream_snapshot_covers(const StreamSnapshot *snapshot, const StreamSnapshot *other)
{
	if (snapshot->xmax < other->xmax)
		return false;
	for (int i = 0; i < snapshot->count; i++)
		if (realty_stream_snapshot_shows(other, snapshot->running[i]))
			return false;
	return true;
}

void
realty_stream_snapshot_clip(StreamSnapshot *snapshot, uint64_t next)
{
	if (next >= snapshot->xmax)
		return;
	snapshot->xmax = next;
	while (snapshot->count > 0 && snapshot->running[snapshot->count - 1] >= next)
		snapshot->count--;
	if (snapshot->count == 0)
		snapshot->xmin = next;
}

/* ---- cursors ---- */

static const StreamSnapshot *
cursor_end(const StreamCursor *cursor)
{
	return cursor->within ? &cursor->batch : &cursor->seen;
}

StreamPart
realty_stream_part_of(const StreamCursor *cursor, const StreamSnapshot *until,
					  uint64_t transaction, uint64_t row)
{
	if (realty_stream_snapshot_shows(&cursor->seen, transaction))
		return STREAM_SEEN;
	if (cursor->within && realty_stream_snapshot_shows(&cursor->batch, transaction))
		return row > cursor->row ? STREAM_REST : STREAM_SEEN;
	/* An older `until` would forget what the cursor knows of later commits. */
	if (!realty_stream_snapshot_shows(until, transaction) ||
		!realty_stream_snapshot_covers(until, cursor_end(cursor)))
		return STREAM_SEEN;
	return STREAM_NEWS;
}

/*
 * The new snapshot ends behind the newest row seen, not where `until` does. After a crash
 * the numbers of transactions that left no trace in the WAL are given again; below a
 * commit that is on disk they are not.
 */
void
realty_stream_advance(StreamCursor *cursor, const StreamSnapshot *until, StreamPart part,
					  uint64_t newest, uint64_t row)
{
	uint64_t next = newest + 1;

	if (part == STREAM_NEWS)
	{
		cursor->seen = *cursor_end(cursor);
		if (next < cursor->seen.xmax)
			next = cursor->seen.xmax;
		cursor->batch = *until;
		realty_stream_snapshot_clip(&cursor->batch, next);
		cursor->within = true;
	}
	cursor->row = row;
}
