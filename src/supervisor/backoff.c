/*
 * backoff.c
 *		How long to wait after failures in a row: twice as long each time.
 */
#include "postgres.h"

#include "supervisor/backoff.h"

#define BACKOFF_LEAST 100  /* ms */
#define BACKOFF_MOST 30000 /* ms */

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
	return TimestampTzPlusMilliseconds(GetCurrentTimestamp(), wait);
}
