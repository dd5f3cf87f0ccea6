/*
 * wake.c
 *		Waking the backends that wait for something to be committed.
 *
 * NOTIFY takes a lock of the whole cluster until the commit is over, and would
 * serialize all bookings. Here a transaction keeps the topics that it changed in
 * its own memory, and once it has committed, when its changes are visible, writes
 * them into a ring in shared memory and wakes the waiters. That costs a spinlock
 * for as long as it takes to copy some topics, after the commit, and nothing
 * without topics.
 *
 * It is a hint and no more: what a topic means is read from the tables. A prepared
 * transaction wakes nothing, nor does replay on a standby, and a late reader finds
 * the ring overwritten. So waiters also look again from time to time.
 *
 * Shared memory: the ring and its head, guarded by the spinlock. Positions count
 * topics, from the time of the server's start in microseconds: those of another
 * start never fit.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/condition_variable.h"
#include "storage/spin.h"
#include "utils/timestamp.h"

#include "platform/compat.h"
#include "platform/shmem.h"
#include "platform/wake.h"

#define PENDING_MOST 32

typedef struct Wake
{
	slock_t mutex;
	uint64 head;  /* position of the next topic */
	uint64 start; /* of the first one ever */
	ConditionVariable changed;
	WakeTopic ring[WAKE_RING];
} Wake;

static Wake *wake = NULL;

/* Of the transaction under way. Topics of a savepoint that was rolled back stay. */
static WakeTopic pending[PENDING_MOST];
static int pending_count = 0;

/* ---- publishing ---- */

static bool
is_pending(char kind, int64 id)
{
	for (int i = 0; i < pending_count; i++)
		if (pending[i].kind == WAKE_ALL ||
			(pending[i].kind == kind && pending[i].id == id))
			return true;
	return false;
}

void
realty_wake_topic(char kind, int64 id)
{
	WakeTopic topic = {MyDatabaseId, kind, id};

	if (is_pending(kind, id))
		return;
	if (pending_count == PENDING_MOST)
	{
		topic.kind = WAKE_ALL;
		topic.id = 0;
		pending_count = 0;
	}
	pending[pending_count++] = topic;
}

static void
publish(void)
{
	SpinLockAcquire(&wake->mutex);
	for (int i = 0; i < pending_count; i++)
		wake->ring[wake->head++ % WAKE_RING] = pending[i];
	SpinLockRelease(&wake->mutex);
	ConditionVariableBroadcast(&wake->changed);
}

static void
transaction_ended(XactEvent event, void *arg)
{
	if (pending_count == 0)
		return;
	if (event == XACT_EVENT_COMMIT)
		publish();
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		pending_count = 0;
}

/* ---- waiting ---- */

static uint64
position(void)
{
	uint64 head;

	SpinLockAcquire(&wake->mutex);
	head = wake->head;
	SpinLockRelease(&wake->mutex);
	return head;
}

uint64
realty_wake_wait(uint64 seen, int milliseconds)
{
	TimestampTz until =
		TimestampTzPlusMilliseconds(GetCurrentTimestamp(), (int64)milliseconds);
	uint64 head;

	ConditionVariablePrepareToSleep(&wake->changed);
	while ((head = position()) == seen)
	{
		long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), until);

		if (left <= 0 ||
			ConditionVariableTimedSleep(&wake->changed, left, PG_WAIT_EXTENSION))
			break;
	}
	ConditionVariableCancelSleep();
	return head;
}

/* Some topics from `from` on; false when they are there no more, or not yet. */
static bool
read_some(uint64 from, uint64 until, WakeTopic *topics)
{
	bool whole;

	SpinLockAcquire(&wake->mutex);
	whole = from >= wake->start && from <= until && until <= wake->head &&
			wake->head - from <= WAKE_RING;
	for (uint64 at = from; whole && at < until; at++)
		topics[at - from] = wake->ring[at % WAKE_RING];
	SpinLockRelease(&wake->mutex);
	return whole;
}

/* In pieces: all of it is too much to be copied under a spinlock. */
bool
realty_wake_read(uint64 seen, uint64 until, WakeTopic *topics)
{
	uint64 from = seen;

	do
	{
		uint64 to = until - from > PENDING_MOST ? from + PENDING_MOST : until;

		if (until < from || !read_some(from, to, topics + (from - seen)))
			return false;
		from = to;
	} while (from < until);
	return true;
}

/* ---- shared memory ---- */

static void
init_wake(void *part)
{
	Wake *made = part;

	SpinLockInit(&made->mutex);
	ConditionVariableInit(&made->changed);
	made->start = (uint64)GetCurrentTimestamp();
	made->head = made->start;
}

void
realty_wake_init(void)
{
	realty_shmem_add("realty wake", sizeof(Wake), init_wake, (void **)&wake);
	RegisterXactCallback(transaction_ended, NULL);
}
