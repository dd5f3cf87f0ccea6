/*
 * lsn_probe.c
 *	  Asks one server how far it is in the write-ahead log, and whether it is a standby.
 *
 * On a connection of its own, so that the answer does not wait behind requests. What was
 * replayed stays replayed, so an answer counts for as long as that connection lasts: a
 * standby that starts again after a crash may for a moment show less than before, but
 * then the connection has broken.
 */
#include "gateway/db/lsn_probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/loop.h"

#define PATIENCE 2     /* s that an answer may take */
#define EVERY_MOST 500 /* ms between two answers */
#define EVERY_LEAST 25

/* "16/B374D848": two numbers of up to eight hexadecimal digits. False: it is none. */
bool
position_read(const char *text, uint64_t *position)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t high = strspn(text, digits);
	size_t low = text[high] == '/' ? strspn(text + high + 1, digits) : 0;

	if (high < 1 || high > 8 || low < 1 || low > 8 || text[high + 1 + low] != '\0')
		return false;
	*position = (uint64_t)strtoull(text, NULL, 16) << 32 |
				(uint64_t)strtoull(text + high + 1, NULL, 16);
	return true;
}

/* Often enough to see a server that falls behind well before it is too far behind. */
static int
watch_every(const Watch *watch)
{
	int every = watch->config.replica_lag / 10;

	if (every > EVERY_MOST)
		return EVERY_MOST;
	return every < EVERY_LEAST ? EVERY_LEAST : every;
}

static void
watch_take(Watch *watch, const PGresult *rows)
{
	if (PQntuples(rows) != 1 || !position_read(PQgetvalue(rows, 0, 0), &watch->position))
	{
		watch->outcome = CALL_FAILED;
		return;
	}
	watch->standby = strcmp(PQgetvalue(rows, 0, 1), "t") == 0;
	snprintf(watch->cluster, sizeof watch->cluster, "%s", PQgetvalue(rows, 0, 2));
	watch->losses = pool_losses(watch->pool);
}

static void
watch_done(void *owner, const CallResult *result)
{
	Watch *watch = owner;

	watch->asking = false;
	watch->asked = true;
	watch->outcome = result->outcome;
	watch->ask_at = loop_now() + watch_every(watch);
	if (result->outcome == CALL_ROWS)
	{
		watch_take(watch, result->rows);
		PQclear(result->rows);
	}
	watch->told(watch->owner);
}

bool
watch_start(Watch *watch, const Config *server, void (*told)(void *owner), void *owner)
{
	watch->config = *server;
	watch->config.connections = 1;
	watch->config.timeout = PATIENCE;
	watch->told = told;
	watch->owner = owner;
	watch->pool = pool_start(&watch->config);
	return watch->pool != NULL;
}

/* Does its last answer still count? */
bool
watch_knows(const Watch *watch)
{
	return watch->asked && watch->outcome == CALL_ROWS &&
		   watch->losses == pool_losses(watch->pool);
}

static void
watch_ask(Watch *watch)
{
	Call *call = call_create(STATEMENT_WATCH, watch_done, watch);

	watch->asked_at = loop_now();
	watch->ask_at = watch->asked_at + watch_every(watch);
	watch->asking = call && pool_submit(watch->pool, call) == POOL_ACCEPTED;
	if (call && !watch->asking)
		call_drop(call);
}

void
watch_turn(Watch *watch)
{
	if (!watch->asking && loop_now() >= watch->ask_at)
		watch_ask(watch);
	pool_turn(watch->pool);
}

/* Somebody waits: ask this soon after the last question. */
void
watch_hurry(Watch *watch, int64_t pause)
{
	if (watch->ask_at > watch->asked_at + pause)
		watch->ask_at = watch->asked_at + pause;
}

/* Milliseconds until something is due, -1 for nothing. */
int64_t
watch_wait(const Watch *watch)
{
	int64_t wait = pool_wait(watch->pool);
	int64_t left = watch->ask_at - loop_now();

	if (watch->asking)
		return wait;
	if (left < 0)
		left = 0;
	return wait < 0 || left < wait ? left : wait;
}

void
watch_stop(Watch *watch)
{
	pool_stop(watch->pool);
}
