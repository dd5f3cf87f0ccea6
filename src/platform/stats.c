/*
 * stats.c
 *		What happened in each database, counted in shared memory; and waking the
 * supervisor.
 *
 * Counters are atomic, and only ever grow until the server starts again: a reader
 * takes them without a lock, one by one. The spinlock guards nothing but the taking
 * of a slot.
 *
 * What a transaction did counts when it commits: until then it is kept in the
 * transaction's own memory, by nesting level, so that a request that is undone
 * leaves nothing. What was refused counts at once, since to refuse is to roll back.
 *
 * No transaction sends NOTIFY: that takes a lock of the whole database to the end
 * of the commit. A commit that left an e-mail marks its slot and sets the
 * supervisor's latch, and a worker sends one NOTIFY for all of them.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "utils/memutils.h"

#include "platform/shmem.h"
#include "platform/stats.h"

typedef struct SharedStats
{
	slock_t mutex;             /* guards the taking of slots */
	Latch *supervisor;         /* NULL for none; a PGPROC's, so never dangling */
	RealtyStats shared_by_all; /* by the databases that found no free slot */
	RealtyStats slots[REALTY_STATS_DATABASES];
} SharedStats;

/* What the open transaction has done so far, at one level of nesting. */
typedef struct Pending
{
	struct Pending *outer;
	int level;
	uint64 counts[REALTY_COUNTERS];
} Pending;

static SharedStats *shared = NULL;
static RealtyStats *here = NULL;
static Pending *pending = NULL;

/* ---- slots ---- */

static void
slot_init(RealtyStats *slot)
{
	slot->database = InvalidOid;
	pg_atomic_init_u32(&slot->in_use, 0);
	pg_atomic_init_u32(&slot->wake, 0);
	for (int i = 0; i < REALTY_COUNTERS; i++)
		pg_atomic_init_u64(&slot->counters[i], 0);
	for (int i = 0; i < REALTY_ERROR_KINDS; i++)
		pg_atomic_init_u64(&slot->refusals[i], 0);
	pg_atomic_init_u64(&slot->swept_at, 0);
	pg_atomic_init_u64(&slot->checked_at, 0);
	pg_atomic_init_u64(&slot->deviations, (uint64)REALTY_UNCHECKED);
	pg_atomic_init_u64(&slot->schema_deviations, (uint64)REALTY_UNCHECKED);
}

static RealtyStats *
slot_take(Oid database)
{
	RealtyStats *slot = &shared->shared_by_all;

	SpinLockAcquire(&shared->mutex);
	for (int i = 0; i < REALTY_STATS_DATABASES; i++)
	{
		if (OidIsValid(shared->slots[i].database) &&
			shared->slots[i].database != database)
			continue;
		slot = &shared->slots[i];
		slot->database = database;
		break;
	}
	SpinLockRelease(&shared->mutex);
	return slot;
}

RealtyStats *
realty_stats_here(void)
{
	if (here == NULL)
		here = slot_take(MyDatabaseId);
	if (pg_atomic_read_u32(&here->in_use) == 0)
		pg_atomic_write_u32(&here->in_use, 1);
	return here;
}

RealtyStats *
realty_stats_slot(int number)
{
	RealtyStats *slot = &shared->slots[number];

	return OidIsValid(slot->database) ? slot : NULL;
}

/* ---- counting ---- */

void
realty_stats_count(RealtyCounter counter)
{
	pg_atomic_fetch_add_u64(&realty_stats_here()->counters[counter], 1);
}

static void
count_refusal(RealtyErrorKind kind)
{
	if (OidIsValid(MyDatabaseId))
		pg_atomic_fetch_add_u64(&realty_stats_here()->refusals[kind], 1);
}

void
realty_stats_count_at_commit(RealtyCounter counter)
{
	int level = GetCurrentTransactionNestLevel();

	if (pending == NULL || pending->level < level)
	{
		Pending *inner = MemoryContextAllocZero(TopTransactionContext, sizeof(Pending));

		inner->outer = pending;
		inner->level = level;
		pending = inner;
	}
	pending->counts[counter]++;
}

static void
wake_supervisor(RealtyStats *stats)
{
	Latch *latch = shared->supervisor;

	pg_atomic_write_u32(&stats->wake, 1);
	if (latch != NULL)
		SetLatch(latch);
}

static void
pending_flush(void)
{
	RealtyStats *stats = realty_stats_here();

	for (int i = 0; i < REALTY_COUNTERS; i++)
		if (pending->counts[i] > 0)
			pg_atomic_fetch_add_u64(&stats->counters[i], (int64)pending->counts[i]);
	if (pending->counts[REALTY_EMAILS] > 0)
		wake_supervisor(stats);
}

static void
transaction_ends(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT && pending != NULL)
		pending_flush();
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		pending = NULL; /* its memory goes with the transaction */
}

/* The inner level's counts become the outer one's. */
static void
pending_merge(int level)
{
	Pending *outer = pending->outer;

	if (outer == NULL || outer->level < level - 1)
	{
		pending->level = level - 1;
		return;
	}
	for (int i = 0; i < REALTY_COUNTERS; i++)
		outer->counts[i] += pending->counts[i];
	pending = outer;
}

static void
subtransaction_ends(SubXactEvent event, SubTransactionId mine, SubTransactionId parent,
					void *arg)
{
	int level = GetCurrentTransactionNestLevel();

	if (event == SUBXACT_EVENT_COMMIT_SUB && pending != NULL && pending->level == level)
		pending_merge(level);
	else if (event == SUBXACT_EVENT_ABORT_SUB)
		while (pending != NULL && pending->level >= level)
			pending = pending->outer;
}

/* ---- the supervisor ---- */

static void
supervise_no_more(int code, Datum arg)
{
	shared->supervisor = NULL;
}

void
realty_stats_supervise(void)
{
	shared->supervisor = &MyProc->procLatch;
	on_shmem_exit(supervise_no_more, (Datum)0);
}

bool
realty_stats_is_supervised(void)
{
	return shared->supervisor != NULL;
}

/* ---- shared memory ---- */

static void
init_stats(void *part)
{
	SharedStats *made = part;

	SpinLockInit(&made->mutex);
	slot_init(&made->shared_by_all);
	for (int i = 0; i < REALTY_STATS_DATABASES; i++)
		slot_init(&made->slots[i]);
}

void
realty_stats_init(void)
{
	realty_shmem_add("realty statistics", sizeof(SharedStats), init_stats,
					 (void **)&shared);
	realty_errcode_count_with(count_refusal);
	RegisterXactCallback(transaction_ends, NULL);
	RegisterSubXactCallback(subtransaction_ends, NULL);
}
