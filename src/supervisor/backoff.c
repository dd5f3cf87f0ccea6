/*
 * backoff.c
 *		The supervisor's clock, and how long it waits after failures in a row: twice
 *		as long each time.
 *
 * Its times are differences only, so they are taken from a clock that cannot be set:
 * an ordinary clock that is set back by an hour would leave a gateway that has just
 * ended down for an hour.
 */
#include "postgres.h"

#include <time.h>

#include "supervisor/backoff.h"

#define MIN_BACKOFF 100   /* ms */
#define MAX_BACKOFF 30000 /* ms */

/* Microseconds since some moment; no time of day. */
TimestampTz
realty_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * USECS_PER_SEC + now.tv_nsec / 1000;
}

int
realty_backoff_ms(int failures)
{
	int wait = MIN_BACKOFF;

	while (--failures > 0 && wait < MAX_BACKOFF)
		wait *= 2;
	return Min(wait, MAX_BACKOFF);
}

TimestampTz
realty_after_ms(int wait)
{
	return TimestampTzPlusMilliseconds(realty_now(), wait);
}
