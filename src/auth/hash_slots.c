/*
 * hash_slots.c
 *		How many passwords are hashed at once, in the whole cluster.
 *
 * One argon2id hash takes 19 MB and all of a core by default, and any client may
 * ask for one: a storm of logins over a hundred connections would take gigabytes.
 * So a hash needs a slot, of which there are few; the rest queue, and one that
 * waits for too long is refused and may try again.
 *
 * Shared memory: in_use and waiters are guarded by the spinlock, freed by its own.
 * A slot is held over library calls only, which neither end the process nor process
 * interrupts; when a process crashes all the same, the postmaster sets the memory
 * up again.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "pgstat.h"
#include "storage/condition_variable.h"
#include "storage/spin.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "auth/hash_slots.h"
#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/shmem.h"

#define PATIENCE_MS 10000

typedef struct HashSlots
{
	slock_t mutex;
	int in_use;
	int waiters; /* backends that may wait for longer than a hash takes */
	ConditionVariable freed;
} HashSlots;

static HashSlots *slots = NULL;
static int hashes_at_once = 0;

static void
init_slots(void *part)
{
	HashSlots *made = part;

	SpinLockInit(&made->mutex);
	ConditionVariableInit(&made->freed);
}

void
realty_hash_slots_init(void)
{
	DefineCustomIntVariable("realty.password_hashes_at_once",
							"How many passwords are hashed at the same time.",
							"Each takes realty.argon2_memory and one core; logins beyond "
							"that wait for a while.",
							&hashes_at_once, 8, 1, 1000, PGC_SIGHUP, 0, NULL, NULL, NULL);
	realty_shmem_add("realty hash slots", sizeof(HashSlots), init_slots, (void **)&slots);
}

static bool
try_take(void)
{
	bool taken;

	SpinLockAcquire(&slots->mutex);
	taken = slots->in_use < hashes_at_once;
	if (taken)
		slots->in_use++;
	SpinLockRelease(&slots->mutex);
	return taken;
}

static void
raise_saturated(void)
{
	ereport(ERROR, (realty_errcode(REALTY_UNAVAILABLE),
					errmsg("too many logins at the same time"),
					errhint("Try again in a moment.")));
}

int64
realty_hash_slot_take(void)
{
	TimestampTz start = GetCurrentTimestamp();
	TimestampTz deadline = TimestampTzPlusMilliseconds(start, PATIENCE_MS);

	if (try_take())
		return 0;
	ConditionVariablePrepareToSleep(&slots->freed);
	while (!try_take())
	{
		long rest = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), deadline);

		if (rest <= 0)
		{
			ConditionVariableCancelSleep();
			raise_saturated();
		}
		(void)ConditionVariableTimedSleep(&slots->freed, rest, PG_WAIT_EXTENSION);
	}
	ConditionVariableCancelSleep();
	return GetCurrentTimestamp() - start;
}

void
realty_hash_slot_give(void)
{
	SpinLockAcquire(&slots->mutex);
	slots->in_use--;
	SpinLockRelease(&slots->mutex);
	ConditionVariableSignal(&slots->freed);
}

/* As many as slots; one more is refused at once and does not queue. */
void
realty_hash_waiter_take(void)
{
	bool taken;

	SpinLockAcquire(&slots->mutex);
	taken = slots->waiters < hashes_at_once;
	if (taken)
		slots->waiters++;
	SpinLockRelease(&slots->mutex);
	if (!taken)
		raise_saturated();
}

void
realty_hash_waiter_give(void)
{
	SpinLockAcquire(&slots->mutex);
	slots->waiters--;
	SpinLockRelease(&slots->mutex);
}
