/*
 * wake.h
 *		Waking the backends that wait for something to be committed.
 */
#ifndef REALTY_PLATFORM_WAKE_H
#define REALTY_PLATFORM_WAKE_H

#include "postgres.h"

#define WAKE_ALL '*'   /* more than could be kept: anything may be new */
#define WAKE_RING 1024 /* topics that are remembered */

/* What has news: a kind of the caller's choice, and a number. */
typedef struct WakeTopic
{
	Oid database;
	char kind;
	int64 id;
} WakeTopic;

extern void realty_wake_init(void);

/* Wakes the waiters for this topic when the transaction has committed. */
extern void realty_wake_topic(char kind, int64 id);

/*
 * Sleeps until something is published behind position `seen`, at most so long.
 * Returns the position now.
 */
extern uint64 realty_wake_wait(uint64 seen, int milliseconds);

/*
 * The topics published from position `seen` to `until`; room for WAKE_RING. False:
 * they are not all there any more.
 */
extern bool realty_wake_read(uint64 seen, uint64 until, WakeTopic *topics);

#endif /* REALTY_PLATFORM_WAKE_H */
