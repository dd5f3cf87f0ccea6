/*
 * cursor.h
 *		The position of a reader in a stream.
 *
 * Transactions do not commit in the order of their numbers, so no single number can say
 * what has been seen. A cursor holds a snapshot instead: the reader has seen what is
 * visible in it. Where a reader stopped within a batch there is a second one, with the
 * last row seen of it.
 *
 * As text: incarnation-snapshot[-snapshot-row], each snapshot written as pg_snapshot is:
 * xmin:xmax:xip_list. Opaque to clients but no secret: row security decides what a reader
 * with a made-up one gets.
 */
#ifndef REALTY_STREAM_CURSOR_H
#define REALTY_STREAM_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAM_MAX_RUNNING 32
/* Two snapshots of numbers with at most 20 digits and a separator each, and the rest. */
#define STREAM_CURSOR_SIZE ((2 * (STREAM_MAX_RUNNING + 2) + 3) * 21)

/* As pg_snapshot: below xmin all are over, from xmax on none is visible. */
typedef struct StreamSnapshot
{
	uint64_t xmin;
	uint64_t xmax;
	int count;
	uint64_t running[STREAM_MAX_RUNNING]; /* ascending, from xmin to below xmax */
} StreamSnapshot;

typedef struct StreamCursor
{
	uint32_t incarnation; /* of the cluster's numbers: in another they mean nothing */
	StreamSnapshot seen;
	bool within;          /* a batch was seen up to `row` */
	StreamSnapshot batch; /* shows at least what `seen` does */
	uint64_t row;
} StreamCursor;

/* Where a row stands for a reader. */
typedef enum StreamPart
{
	STREAM_SEEN,
	STREAM_REST, /* of the batch that the reader stopped within */
	STREAM_NEWS
} StreamPart;

extern bool realty_stream_cursor_read(const char *text, StreamCursor *cursor);

/* `text` has room for STREAM_CURSOR_SIZE bytes. */
extern void realty_stream_cursor_write(const StreamCursor *cursor, char *text);

extern bool realty_stream_snapshot_shows(const StreamSnapshot *snapshot,
										 uint64_t transaction);

/* Does it show whatever `other` shows? */
extern bool realty_stream_snapshot_covers(const StreamSnapshot *snapshot,
										  const StreamSnapshot *other);

/* Lowers its xmax. */
extern void realty_stream_snapshot_clip(StreamSnapshot *snapshot, uint64_t next);

extern StreamPart realty_stream_part_of(const StreamCursor *cursor,
										const StreamSnapshot *until, uint64_t transaction,
										uint64_t row);

/*
 * The cursor behind a row of that part. `newest` is the greatest transaction of all
 * news that `until` shows, in this batch or not.
 */
extern void realty_stream_advance(StreamCursor *cursor, const StreamSnapshot *until,
								  StreamPart part, uint64_t newest, uint64_t row);

#endif /* REALTY_STREAM_CURSOR_H */
