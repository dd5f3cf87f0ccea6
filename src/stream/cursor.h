/*
 * cursor.h
 *		How far a reader of a stream has come.
 *
 * Transactions do not commit in the order of their numbers, so no single number can say
 * what has been seen. A cursor holds a snapshot instead: what it shows has been told. A
 * second one, with the last row told of it, where a reader stopped within a batch.
 *
 * As text: incarnation-least:next:running,running[-least:next:running-row].
 * No secret: who makes one up is told, or not told, what is his own.
 */
#ifndef REALTY_STREAM_CURSOR_H
#define REALTY_STREAM_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAM_RUNNING_MOST 32
/* Two snapshots of numbers with at most 20 digits and a separator each, and the rest. */
#define STREAM_CURSOR_SIZE ((2 * (STREAM_RUNNING_MOST + 2) + 3) * 21)

/* Transactions below `least` are over, those from `next` on are not yet to be seen. */
typedef struct StreamSnapshot
{
	uint64_t least;
	uint64_t next;
	int count;
	uint64_t running[STREAM_RUNNING_MOST]; /* ascending, from least to below next */
} StreamSnapshot;

typedef struct StreamCursor
{
	uint32_t incarnation; /* of the cluster's numbers: in another they mean nothing */
	StreamSnapshot told;
	bool within;          /* a batch was told up to `row` */
	StreamSnapshot batch; /* shows at least what `told` does */
	uint64_t row;
} StreamCursor;

/* Where a row stands for a reader. */
typedef enum StreamPart
{
	STREAM_TOLD,
	STREAM_REST, /* of the batch that he stopped within */
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

/* Shows nothing from `next` on any more. */
extern void realty_stream_snapshot_clip(StreamSnapshot *snapshot, uint64_t next);

extern StreamPart realty_stream_part_of(const StreamCursor *cursor,
										const StreamSnapshot *until, uint64_t transaction,
										uint64_t row);

/*
 * The cursor behind a row of that part. `newest` is the greatest transaction of all
 * news that `until` shows, told in this batch or not.
 */
extern void realty_stream_advance(StreamCursor *cursor, const StreamSnapshot *until,
								  StreamPart part, uint64_t newest, uint64_t row);

#endif /* REALTY_STREAM_CURSOR_H */
