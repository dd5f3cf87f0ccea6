/*
 * lsn_probe.c
 *	  Asks one server for its LSN in the write-ahead log, and whether it is a standby.
 *
 * On a connection of its own, so that the answer does not wait behind requests. What
 * was replayed stays replayed, so an answer counts for as long as that connection
 * lasts: a standby that starts again after a crash may for a moment show less than
 * before, but then the connection has broken.
 */
#include "gateway/db/lsn_probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/loop.h"

#define PATIENCE 2       /* s that an answer may take */
#define MAX_INTERVAL 500 /* ms between two answers */
#define MIN_INTERVAL 25

/* "16/B374D848": two numbers of up to eight hexadecimal digits. False: it is none. */
bool
lsn_parse(const char *text, uint64_t *lsn)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t high = strspn(text, digits);
	size_t low = text[high] == '/' ? strspn(text + high + 1, digits) : 0;

	if (high < 1 || high > 8 || low < 1 || low > 8 || text[high + 1 + low] != '\0')
		return false;
	*lsn = (uint64_t)strtoull(text, NULL, 16) << 32 |
		   (uint64_t)strtoull(text + high + 1, NULL, 16);
	return true;
}

/* Often enough to see a server that falls behind well before it is too far behind. */
static int
lsn_probe_interval(const LsnProbe *probe)
{
	int interval = probe->config.replica_lag / 10;

	if (interval > MAX_INTERVAL)
		return MAX_INTERVAL;
	return interval < MIN_INTERVAL ? MIN_INTERVAL : interval;
}

static void
lsn_probe_take(LsnProbe *probe, const PGresult *rows)
{
	if (PQntuples(rows) != 1 || !lsn_parse(PQgetvalue(rows, 0, 0), &probe->lsn))
	{
		probe->outcome = CALL_FAILED;
		return;
	}
	probe->standby = strcmp(PQgetvalue(rows, 0, 1), "t") == 0;
	snprintf(probe->cluster, sizeof probe->cluster, "%s", PQgetvalue(rows, 0, 2));
	probe->losses = pool_losses(probe->pool);
}

static void
lsn_probe_done(void *owner, const CallResult *result)
{
	LsnProbe *probe = owner;

	probe->asking = false;
	probe->asked = true;
	probe->outcome = result->outcome;
	probe->ask_at = loop_now() + lsn_probe_interval(probe);
	if (result->outcome == CALL_ROWS)
	{
		lsn_probe_take(probe, result->rows);
		PQclear(result->rows);
	}
	probe->probed(probe->owner);
}

bool
lsn_probe_start(LsnProbe *probe, const Config *server, void (*probed)(void *owner),
				void *owner)
{
	probe->config = *server;
	probe->config.connections = 1;
	probe->config.timeout = PATIENCE;
	probe->probed = probed;
	probe->owner = owner;
	probe->pool = pool_start(&probe->config);
	return probe->pool != NULL;
}

/* Does its last answer still count? */
bool
lsn_probe_knows(const LsnProbe *probe)
{
	return probe->asked && probe->outcome == CALL_ROWS &&
		   probe->losses == pool_losses(probe->pool);
}

static void
lsn_probe_ask(LsnProbe *probe)
{
	Call *call = call_create(STATEMENT_LSN_PROBE, lsn_probe_done, probe);

	probe->asked_at = loop_now();
	probe->ask_at = probe->asked_at + lsn_probe_interval(probe);
	probe->asking = call && pool_submit(probe->pool, call) == POOL_ACCEPTED;
	if (call && !probe->asking)
		call_drop(call);
}

void
lsn_probe_turn(LsnProbe *probe)
{
	if (!probe->asking && loop_now() >= probe->ask_at)
		lsn_probe_ask(probe);
	pool_turn(probe->pool);
}

/* A call waits: ask this soon after the last question. */
void
lsn_probe_hurry(LsnProbe *probe, int64_t pause)
{
	if (probe->ask_at > probe->asked_at + pause)
		probe->ask_at = probe->asked_at + pause;
}

/* Milliseconds until something is due, -1 for nothing. */
int64_t
lsn_probe_wait(const LsnProbe *probe)
{
	int64_t wait = pool_wait(probe->pool);

	return probe->asking ? wait : loop_sooner(wait, loop_until(probe->ask_at));
}

void
lsn_probe_stop(LsnProbe *probe)
{
	pool_stop(probe->pool);
}
