/*
 * backoff.c
 *		What time it is for the supervisor, and how long it waits after failures in a row:
 * twice as long each time.
 *
 * Its times are differences only, so they are taken from a clock that nobody sets: one
 * that is set back by an hour would else leave a gateway that has just died dead for
 * an hour.
 */
#include "postgres.h"

#include <time.h>

#include "supervisor/backoff.h"

#define BACKOFF_LEAST 100  /* ms */
#define BACKOFF_MOST 30000 /* ms */

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
	int wait = BACKOFF_LEAST;

	while (--failures > 0 && wait < BACKOFF_MOST)
		wait *= 2;
	return Min(wait, BACKOFF_MOST);
}

TimestampTz
realty_after_ms(int wait)
{
	return TimestampTzPlusMilliseconds(realty_now(), wait);
}
