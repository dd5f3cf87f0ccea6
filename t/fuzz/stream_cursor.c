/*
 * A cursor that is taken says the same when it is written and read again, fits into its
 * room, and is never set back by what follows: what was seen is not sent again.
 */
#include "fuzz.h"

#include "stream/cursor.h"

static void
expect_same(const StreamCursor *cursor)
{
	char text[STREAM_CURSOR_SIZE];
	char again[STREAM_CURSOR_SIZE];
	StreamCursor read;

	realty_stream_cursor_write(cursor, text);
	EXPECT(strlen(text) < STREAM_CURSOR_SIZE);
	EXPECT(realty_stream_cursor_read(text, &read));
	realty_stream_cursor_write(&read, again);
	EXPECT(strcmp(text, again) == 0);
}

/* Transactions around every border of it. */
static void
expect_kept(const StreamCursor *before, const StreamCursor *after,
			const StreamSnapshot *until, const StreamSnapshot *around)
{
	for (int i = -1; i < around->count; i++)
		for (int step = -1; step <= 1; step++)
		{
			uint64_t border = i < 0 ? around->xmax : around->running[i];
			uint64_t transaction = border + (uint64_t)step;

			if (realty_stream_part_of(before, until, transaction, 7) == STREAM_SEEN &&
				!realty_stream_snapshot_shows(until, transaction))
				EXPECT(realty_stream_part_of(after, until, transaction, 7) !=
					   STREAM_NEWS);
			if (realty_stream_snapshot_shows(&before->seen, transaction))
				EXPECT(realty_stream_part_of(after, until, transaction, 7) ==
					   STREAM_SEEN);
		}
}

/* The input is a cursor, and behind a line break how far is asked. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = terminated(data, size);
	char *line = strchr(text, '\n');
	StreamCursor cursor;
	StreamCursor until;
	StreamCursor after;

	if (line)
		*line++ = '\0';
	if (realty_stream_cursor_read(text, &cursor))
	{
		expect_same(&cursor);
		if (line && realty_stream_cursor_read(line, &until) &&
			realty_stream_snapshot_covers(&until.seen,
										  cursor.within ? &cursor.batch : &cursor.seen))
		{
			after = cursor;
			realty_stream_advance(&after, &until.seen, STREAM_NEWS,
								  until.seen.xmax ? until.seen.xmax - 1 : 0, 7);
			expect_same(&after);
			EXPECT(realty_stream_snapshot_covers(&after.batch, &after.seen));
			expect_kept(&cursor, &after, &until.seen, &cursor.seen);
			expect_kept(&cursor, &after, &until.seen, &until.seen);
		}
	}
	free(text);
	return 0;
}
