/*
 * floor.c
 *		The time that a refusal takes, whatever it was refused for.
 *
 * The threat: hashes differ in what they cost (bcrypt of cost 12 takes many times as long
 * as argon2id, a password that bcrypt cannot take none), so the time of a refusal tells
 * whose hash was checked, and whether there is one. So a refusal is told no earlier than
 * realty.login_floor after it was asked for, and a later one at the next multiple.
 *Success need not wait: it is told apart anyway.
 *
 * Time spent in the queue for a hashing slot comes on top: it tells of the load and of no
 * account.
 *
 * Behind the gateway nothing waits here. The count of the failure is committed, the
 * connection is free again, and the gateway holds the answer back. On other ways in
 * (PostgREST, SQL) the backend itself waits, in its transaction but without a lock, a row
 * or a slot. Of those no more than realty.password_hashes_at_once are let in at a time,
 *or wrong passwords would take all connections: the next one is refused before anything
 *is looked at. A cancellation, and so a timeout, ends the wait and nothing else: were the
 * failure rolled back, whoever may set a timeout could guess uncounted.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "portability/instr_time.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "auth/floor.h"
#include "auth/hash_slots.h"

static int login_floor = 0;

static instr_time began;
static int64 excluded;   /* microseconds */
static bool has_place;   /* of those that may wait here */
static bool is_deferred; /* somebody else holds the answer back */
static bool is_owed;     /* and is to do so */

static void
give_place(XactEvent event, void *arg)
{
	if (has_place && (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
					  event == XACT_EVENT_PREPARE))
	{
		has_place = false;
		realty_hash_place_give();
	}
}

void
realty_floor_init(void)
{
	DefineCustomIntVariable(
		"realty.login_floor", "How long a refused login takes at least.",
		"More than the slowest hash takes, so that time tells nothing of the account. 0 "
		"answers as soon as it is known.",
		&login_floor, 2000, 0, 60000, PGC_SUSET, GUC_UNIT_MS, NULL, NULL, NULL);
	RegisterXactCallback(give_place, NULL);
}

void
realty_floor_begin(void)
{
	INSTR_TIME_SET_CURRENT(began);
	excluded = 0;
	is_owed = false;
}

void
realty_floor_take_place(void)
{
	if (is_deferred || has_place || login_floor == 0)
		return;
	realty_hash_place_take();
	has_place = true;
}

void
realty_floor_exclude(int64 microseconds)
{
	excluded += microseconds;
}

/* Milliseconds until the floor, or its next multiple. */
static int64
left(void)
{
	instr_time now;
	int64 floor = (int64)login_floor * 1000;

	if (floor == 0)
		return 0;
	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, began);
	return (floor - ((int64)INSTR_TIME_GET_MICROSEC(now) - excluded) % floor + 999) /
		   1000;
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

void
realty_floor_reach(void)
{
	if (is_deferred)
		is_owed = true;
	else if (login_floor > 0)
		sleep_for(left());
}

void
realty_floor_hold(void)
{
	is_owed = is_deferred;
}

void
realty_floor_defer(bool deferred)
{
	is_deferred = deferred;
	is_owed = false;
}

int64
realty_floor_left(void)
{
	return is_owed ? left() : 0;
}
