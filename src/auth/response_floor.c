/*
 * response_floor.c
 *		The time that a refusal takes, whatever it was refused for.
 *
 * The threat: hashes differ in what they cost (bcrypt of cost 12 takes many times
 * as long as argon2id, a password that bcrypt cannot take none), so the time of a
 * refusal reveals whose hash was checked, and whether there is one. So a refusal is
 * answered no earlier than realty.login_floor after the request, and a later one at
 * the next multiple. Success need not wait: its answer differs anyway.
 *
 * Time spent in the queue for a hashing slot is added to that: it depends on the
 * load and on no account.
 *
 * Behind the gateway nothing waits here. The count of the failure is committed, the
 * connection is free again, and the gateway holds the answer back. On other ways in
 * (PostgREST, SQL) the backend itself waits, in its transaction but without a lock,
 * a row or a slot. Of those no more than realty.password_hashes_at_once wait at a
 * time, or wrong passwords would take all connections: the next one is refused
 * before anything is looked up. A cancellation, and so a timeout, ends the wait and
 * nothing else: were the failure rolled back, a client that can set a timeout could
 * guess uncounted.
 *
 * What is written is written after that wait, and the time that takes would reveal
 * whether there was an account. So a last part of the floor (WRITING) is kept for
 * it. The rows are locked meanwhile, so two refusals of one account take longer
 * than one: those of one address therefore take turns, whether it has an account or
 * not.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "portability/instr_time.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "auth/hash_slots.h"
#include "auth/response_floor.h"
#include "platform/compat.h"
#include "platform/unicode.h"

/* An advisory lock of a class that SQL cannot ask for. */
#define LOCK_CLASS_FLOOR 4
#define WRITING INT64CONST(100000) /* microseconds, a fifth of a short floor */
#define TURN_MS 5                  /* how often one looks whether it is one's turn */

static int login_floor = 0;

static instr_time began;
static instr_time writing;
static int64 excluded;   /* microseconds */
static bool is_waiter;   /* of those that may wait here */
static bool is_deferred; /* the gateway holds the answer back */
static bool is_owed;     /* and is to do so */

static void
give_waiter(XactEvent event, void *arg)
{
	if (is_waiter && (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
					  event == XACT_EVENT_PREPARE))
	{
		is_waiter = false;
		realty_hash_waiter_give();
	}
}

void
realty_response_floor_init(void)
{
	DefineCustomIntVariable("realty.login_floor", "The minimum time of a failed login.",
							"Set it above the time of the slowest hash, so that it "
							"reveals nothing about the account. 0 responds at once.",
							&login_floor, 2000, 0, 60000, PGC_SUSET, GUC_UNIT_MS, NULL,
							NULL, NULL);
	RegisterXactCallback(give_waiter, NULL);
}

void
realty_response_floor_begin(void)
{
	INSTR_TIME_SET_CURRENT(began);
	excluded = 0;
	is_owed = false;
}

void
realty_response_floor_take_slot(void)
{
	if (is_deferred || is_waiter || login_floor == 0)
		return;
	realty_hash_waiter_take();
	is_waiter = true;
}

void
realty_response_floor_exclude(int64 microseconds)
{
	excluded += microseconds;
}

static int64
since(instr_time start)
{
	instr_time now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	return (int64)INSTR_TIME_GET_MICROSEC(now);
}

static int64
floor_microseconds(void)
{
	return (int64)login_floor * 1000;
}

static int64
writing_microseconds(void)
{
	return Min(WRITING, floor_microseconds() / 5);
}

static int64
milliseconds(int64 microseconds)
{
	return (microseconds + 999) / 1000;
}

/* Microseconds until the floor, or its next multiple. */
static int64
left(void)
{
	int64 floor = floor_microseconds();

	return floor == 0 ? 0 : floor - (since(began) - excluded) % floor;
}

/* Cancellations are only noted while they are held off; the end of the session is not. */
static void
sleep_for(int64 milliseconds)
{
	TimestampTz until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), milliseconds);
	long rest;

	HOLD_CANCEL_INTERRUPTS();
	while (!QueryCancelPending &&
		   (rest = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), until)) > 0)
	{
		(void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, rest,
						PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	QueryCancelPending = false;
	RESUME_CANCEL_INTERRUPTS();
}

/* Until it is the turn of this one, or the floor's time has passed once more. */
static void
take_turn(text *address)
{
	const char *key =
		realty_text_identity(VARDATA_ANY(address), VARSIZE_ANY_EXHDR(address));
	uint64 hash = hash_bytes_extended((const unsigned char *)key, (int)strlen(key), 0);
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32)(hash >> 32), (uint32)hash,
						 LOCK_CLASS_FLOOR);
	for (int64 waited = 0; waited < login_floor; waited += TURN_MS)
	{
		if (LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL)
			return;
		sleep_for(TURN_MS);
	}
}

void
realty_response_floor_approach(text *address)
{
	int64 rest;

	is_owed = is_deferred;
	if (is_deferred || login_floor == 0)
		return;
	rest = left() - writing_microseconds();
	sleep_for(milliseconds(rest > 0 ? rest : rest + floor_microseconds()));
	if (address != NULL)
		take_turn(address);
	INSTR_TIME_SET_CURRENT(writing);
}

void
realty_response_floor_reach(void)
{
	int64 part = writing_microseconds();

	if (is_deferred || login_floor == 0)
		return;
	/* What was written reaches the disk now, so that the commit has but itself to flush.
	 */
	if (!XLogRecPtrIsInvalid(XactLastRecEnd))
		XLogFlush(XactLastRecEnd);
	sleep_for(milliseconds(part - since(writing) % part));
}

void
realty_response_floor_defer(bool deferred)
{
	is_deferred = deferred;
	is_owed = false;
}

int64
realty_response_floor_left(void)
{
	return is_owed ? milliseconds(left()) : 0;
}
