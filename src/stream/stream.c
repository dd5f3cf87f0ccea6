/*
 * stream.c
 *		SQL functions of the streams: the position of a reader, and the gateway's wait
 *		for news.
 *
 * A reader asks, with a cursor, for what has happened since; the answer is a batch of
 * events, each with the cursor behind it. A stream that stays open is the gateway asking
 * again, with the reader's own token, when there may be news. So a token that has expired
 * gets nothing more, and the gateway sees only events of readers whose token it holds.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "access/xlogrecovery.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "auth/request_headers.h"
#include "platform/wake.h"
#include "stream/cursor.h"

PG_FUNCTION_INFO_V1(realty_stream_since);
PG_FUNCTION_INFO_V1(realty_stream_until);
PG_FUNCTION_INFO_V1(realty_stream_floor);
PG_FUNCTION_INFO_V1(realty_stream_part);
PG_FUNCTION_INFO_V1(realty_stream_cursor);
PG_FUNCTION_INFO_V1(realty_stream_start);
PG_FUNCTION_INFO_V1(realty_stream_poll);

#define POLL_MAX_WAIT 60000 /* ms */

/* ---- the snapshot ---- */

/*
 * Whose numbers these are. Another cluster has its own, another database other rows, and
 * a standby that was promoted may give numbers again that clients know from before.
 */
static uint32
incarnation(void)
{
	struct
	{
		uint64 system;
		TimeLineID timeline;
		Oid database;
	} which = {GetSystemIdentifier(), 0, MyDatabaseId};

	if (RecoveryInProgress())
		(void)GetXLogReplayRecPtr(&which.timeline);
	else
		which.timeline = GetWALInsertionTimeLine();
	return hash_bytes((const unsigned char *)&which, sizeof(which));
}

/* The 64 bits of a recent transaction's number. */
static uint64
widen(TransactionId xid, FullTransactionId next)
{
	uint32 epoch = EpochFromFullTransactionId(next);

	if (!TransactionIdIsNormal(xid))
		return xid;
	if (xid > XidFromFullTransactionId(next))
		epoch--;
	return ((uint64)epoch << 32) | xid;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64 one = *(const uint64 *)a;
	uint64 other = *(const uint64 *)b;

	return one < other ? -1 : one > other;
}

/* Many writers make a cursor long: what began after the first few is left for later. */
static void
keep_running(StreamSnapshot *snapshot, uint64 *running, int count)
{
	qsort(running, count, sizeof(*running), compare_numbers);
	if (count > STREAM_MAX_RUNNING)
	{
		snapshot->xmax = running[STREAM_MAX_RUNNING];
		count = STREAM_MAX_RUNNING;
	}
	memcpy(snapshot->running, running, count * sizeof(*running));
	snapshot->count = count;
}

/*
 * What this statement sees. During recovery a snapshot does not list running transactions
 * apart from their subtransactions, so there only what is below all of them counts. Our
 * own transaction sees what it did, but that is no news before it commits.
 */
static void
take_snapshot(Snapshot active, StreamSnapshot *snapshot)
{
	FullTransactionId next = ReadNextFullTransactionId();
	TransactionId own = GetTopTransactionIdIfAny();
	uint64 *running = palloc((active->xcnt + 1) * sizeof(*running));
	int count = 0;

	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->xmin = widen(active->xmin, next);
	snapshot->xmax =
		active->takenDuringRecovery ? snapshot->xmin : widen(active->xmax, next);
	for (uint32 i = 0; i < active->xcnt && !active->takenDuringRecovery; i++)
		running[count++] = widen(active->xip[i], next);
	if (TransactionIdIsValid(own) && widen(own, next) < snapshot->xmax)
		running[count++] = widen(own, next);
	keep_running(snapshot, running, count);
	if (snapshot->count > 0 && snapshot->running[0] < snapshot->xmin)
		snapshot->xmin = snapshot->running[0];
	pfree(running);
}

static text *
cursor_text(const StreamCursor *cursor)
{
	char written[STREAM_CURSOR_SIZE];

	realty_stream_cursor_write(cursor, written);
	return cstring_to_text(written);
}

static text *
snapshot_text(const StreamSnapshot *snapshot)
{
	StreamCursor cursor = {.incarnation = incarnation(), .seen = *snapshot};

	return cursor_text(&cursor);
}

/* A cursor of this cluster's that shows nothing of the future; false for other texts. */
static bool
cursor_is_ours(const char *written, StreamCursor *cursor)
{
	StreamSnapshot now;

	if (written == NULL || !realty_stream_cursor_read(written, cursor) ||
		cursor->incarnation != incarnation())
		return false;
	take_snapshot(GetActiveSnapshot(), &now);
	return realty_stream_snapshot_covers(&now,
										 cursor->within ? &cursor->batch : &cursor->seen);
}

static const char *
request_header(const char *name)
{
	JsonMembers headers = {0};

	if (realty_headers_read((const char *const[]){name, NULL}, &headers) != HEADERS_READ)
		return NULL;
	return realty_json_string(&headers, name);
}

/* realty.stream_since() → text: the cursor that the request came with, if it is good */
Datum
realty_stream_since(PG_FUNCTION_ARGS)
{
	const char *written = request_header("last-event-id");
	StreamCursor cursor;

	if (!cursor_is_ours(written, &cursor))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(written));
}

/*
 * realty.stream_until() → text
 *
 * Where news end for this request: now, or where the gateway says. It asks for many
 * readers, and for those at the same position at once.
 */
Datum
realty_stream_until(PG_FUNCTION_ARGS)
{
	const char *written = request_header("x-realty-until");
	StreamCursor cursor;
	StreamSnapshot now;

	if (cursor_is_ours(written, &cursor) && !cursor.within)
		PG_RETURN_TEXT_P(cstring_to_text(written));
	take_snapshot(GetActiveSnapshot(), &now);
	PG_RETURN_TEXT_P(snapshot_text(&now));
}

/* ---- rows ---- */

static void
read_cursor(text *written, StreamCursor *cursor)
{
	if (!realty_stream_cursor_read(text_to_cstring(written), cursor))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("this is not a cursor of a stream")));
}

/* realty.stream_floor(since text) → bigint: all below it has been seen */
Datum
realty_stream_floor(PG_FUNCTION_ARGS)
{
	StreamCursor cursor;

	read_cursor(PG_GETARG_TEXT_PP(0), &cursor);
	PG_RETURN_INT64((int64)cursor.seen.xmin);
}

/* realty.stream_part(since text, until text, xact bigint, row_id bigint) → integer */
Datum
realty_stream_part(PG_FUNCTION_ARGS)
{
	StreamCursor since;
	StreamCursor until;

	read_cursor(PG_GETARG_TEXT_PP(0), &since);
	read_cursor(PG_GETARG_TEXT_PP(1), &until);
	PG_RETURN_INT32(realty_stream_part_of(&since, &until.seen, (uint64)PG_GETARG_INT64(2),
										  (uint64)PG_GETARG_INT64(3)));
}

/* realty.stream_cursor(since, until, part integer, newest bigint, row_id bigint) → text
 */
Datum
realty_stream_cursor(PG_FUNCTION_ARGS)
{
	StreamCursor since;
	StreamCursor until;

	read_cursor(PG_GETARG_TEXT_PP(0), &since);
	read_cursor(PG_GETARG_TEXT_PP(1), &until);
	realty_stream_advance(&since, &until.seen, (StreamPart)PG_GETARG_INT32(2),
						  (uint64)PG_GETARG_INT64(3), (uint64)PG_GETARG_INT64(4));
	PG_RETURN_TEXT_P(cursor_text(&since));
}

/* realty.stream_start(until text, newest bigint) → text: all up to now counts as seen */
Datum
realty_stream_start(PG_FUNCTION_ARGS)
{
	StreamCursor cursor;

	read_cursor(PG_GETARG_TEXT_PP(0), &cursor);
	realty_stream_snapshot_clip(&cursor.seen, (uint64)PG_GETARG_INT64(1) + 1);
	PG_RETURN_TEXT_P(cursor_text(&cursor));
}

/* ---- the gateway's wait ---- */

/* A standby gets no wake-ups; it compares how far it has replayed. */
static bool
standby_has_moved(void)
{
	static XLogRecPtr before = InvalidXLogRecPtr;
	XLogRecPtr now = GetXLogReplayRecPtr(NULL);
	bool moved = now != before;

	before = now;
	return moved;
}

static const char *
topic_text(const WakeTopic *topic)
{
	return psprintf("%s:" INT64_FORMAT, topic->kind == 'u' ? "user" : "project",
					topic->id);
}

/* An array of the topics of this database, or (Datum) 0: anything may be new. */
static Datum
topics_array(uint64 seen, uint64 until)
{
	WakeTopic *topics = palloc(WAKE_RING * sizeof(WakeTopic));
	ArrayBuildState *array = initArrayResult(TEXTOID, CurrentMemoryContext, false);

	if (!realty_wake_read(seen, until, topics))
		return (Datum)0;
	for (uint64 i = 0; i < until - seen; i++)
	{
		if (topics[i].database != MyDatabaseId)
			continue;
		if (topics[i].kind == WAKE_ALL)
			return (Datum)0;
		array = accumArrayResult(array, CStringGetTextDatum(topic_text(&topics[i])),
								 false, TEXTOID, CurrentMemoryContext);
	}
	return makeArrayResult(array, CurrentMemoryContext);
}

static Datum
poll_until(void)
{
	StreamSnapshot now;

	/* later than the wait, which the statement's own snapshot is not */
	PushActiveSnapshot(GetLatestSnapshot());
	take_snapshot(GetActiveSnapshot(), &now);
	PopActiveSnapshot();
	return PointerGetDatum(snapshot_text(&now));
}

/*
 * realty.stream_poll(seen bigint, wait integer, OUT position, OUT until, OUT topics)
 *
 * Waits for news behind `seen`, at most `wait` milliseconds. It says which topics have
 * some and not what they are: that takes the reader's token.
 */
Datum
realty_stream_poll(PG_FUNCTION_ARGS)
{
	uint64 seen = (uint64)PG_GETARG_INT64(0);
	int wait = Min(Max(PG_GETARG_INT32(1), 0), POLL_MAX_WAIT);
	uint64 position = realty_wake_wait(seen, wait);
	Datum values[3];
	bool nulls[3] = {false, false, false};
	TupleDesc tupdesc;

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Int64GetDatum((int64)position);
	values[1] = poll_until();
	values[2] = topics_array(seen, position);
	nulls[2] = values[2] == (Datum)0 || (RecoveryInProgress() && standby_has_moved());
	PG_RETURN_DATUM(
		HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}
