/*
 * replicas.c
 *	  Standbys that take GETs, each with a pool of its own.
 *
 * Guarantees:
 * - no answer is older than --replica-lag before its request came. A standby's lag is
 *   not measured by its clock or by what it reports: the primary is asked for its LSN
 *   again and again, and a standby that has replayed the primary's LSN of some moment
 *   is as fresh as that moment. When the primary is down, so is this knowledge: what
 *   was fresh then may be read for --replica-lag, and no longer;
 * - a call that needs an LSN (its client wrote something) is sent to a standby that
 *   is known to have replayed it, waits for one for at most --replica-wait, or is
 *   given back, and then the primary takes it. A token is never a reason to fail.
 *
 * A standby is left out while it is down, too far behind, promoted, or of another
 * cluster than the primary. One that does not answer is given up with all calls that
 * wait for it.
 */
#include "gateway/db/replicas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/db/connection.h"
#include "gateway/db/lsn_probe.h"
#include "gateway/log.h"
#include "gateway/loop.h"

#define MAX_REPLICAS (MAX_SERVERS - 1)
#define SAMPLES 256
#define HURRY 5 /* ms between two probes while a call waits */

typedef struct Replica
{
	Config config; /* the gateway's, for this server */
	char name[128];
	LsnProbe probe;
	Pool *pool;
	int64_t fresh_at;    /* it has all that was committed by at this time */
	unsigned int losses; /* connections to it that had broken when that was seen */
	const char *trouble; /* NULL: it gets GETs */
} Replica;

/* The primary was there at the time, or later. */
typedef struct Sample
{
	int64_t at;
	uint64_t lsn;
} Sample;

static Replica replicas[MAX_REPLICAS];
static int count;
static bool started;
static int turn; /* the replica that is next */
static LsnProbe primary;
static Sample samples[SAMPLES]; /* the newest first */
static const char not_known[] = "it has not answered yet";
static const char too_far_behind[] = "it is too far behind";
static CallList waiting; /* in the order of their deadlines */
static bool probed; /* a replica has answered since the waiting calls were looked at */
static uint64_t fallbacks[FALLBACKS];

int
replicas_count(void)
{
	return started ? count : 0;
}

/* What they take beside the primary's. */
int
replicas_descriptors(void)
{
	return count ? count * (replicas[0].config.connections + 1) + 1 : 0;
}

/* ---- settings ---- */

static bool
replica_invalid(const char *conninfo, const char *why)
{
	fprintf(stderr, "realty-gateway: replica \"%s\": %s\n", conninfo, why);
	return false;
}

static const char *
option_value(const PQconninfoOption *options, const char *keyword)
{
	for (; options && options->keyword; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val && *options->val ? options->val : NULL;
	return NULL;
}

/*
 * What the position of one says must hold for all connections to it: one server, not
 * one of several. A password would be visible in the list of processes.
 */
static bool
replica_judge(Replica *replica, const char *conninfo, const PQconninfoOption *options)
{
	const char *host = option_value(options, "host");
	const char *port = option_value(options, "port");

	if (host == NULL)
		host = option_value(options, "hostaddr");
	if (host == NULL && option_value(options, "service") == NULL)
		return replica_invalid(conninfo, "it names no host");
	if (option_value(options, "password"))
		return replica_invalid("...", "no password here; name a passfile");
	snprintf(replica->name, sizeof replica->name, "%s%s%s",
			 host ? host : option_value(options, "service"), port ? ":" : "",
			 port ? port : "");
	return true;
}

static bool
replica_read(Replica *replica, const char *conninfo)
{
	char *problem = NULL;
	PQconninfoOption *options = PQconninfoParse(conninfo, &problem);
	bool good = options != NULL;

	if (good)
		good = replica_judge(replica, conninfo, options);
	else
		(void)replica_invalid(conninfo, problem ? problem : "out of memory");
	PQfreemem(problem);
	PQconninfoFree(options);
	replica->config.conninfo = conninfo;
	replica->config.server = replica->name;
	replica->config.server_number = count + 1;
	return good;
}

/* False: said on stderr what is wrong. */
bool
replicas_read(Config *config)
{
	char *rest = NULL;
	char *copy = strdup(config->replicas); /* stays allocated below the strings */

	if (copy == NULL)
		return false;
	for (char *item = strtok_r(copy, ",", &rest); item; item = strtok_r(NULL, ",", &rest))
	{
		item += strspn(item, " \t\r\n");
		if (*item == '\0')
			continue;
		if (count >= MAX_REPLICAS)
			return replica_invalid(item, "these are too many");
		replicas[count].config = *config;
		if (!replica_read(&replicas[count], item))
			return false;
		count++;
	}
	if (count == 0)
		free(copy);
	return true;
}

/* ---- how fresh ---- */

/*
 * Spread over --replica-lag: the newest moves on until the one behind it is old
 * enough to be kept.
 */
static void
sample_add(int64_t at, uint64_t lsn)
{
	if (at - samples[1].at >= primary.config.replica_lag / (SAMPLES / 2))
		memmove(samples + 1, samples, sizeof samples - sizeof *samples);
	samples[0] = (Sample){at, lsn};
}

static void
replica_freshen(Replica *replica)
{
	if (!lsn_probe_knows(&replica->probe))
		return;
	for (int i = 0; i < SAMPLES && samples[i].lsn > 0; i++)
		if (samples[i].lsn <= replica->probe.lsn)
		{
			if (samples[i].at > replica->fresh_at)
				replica->fresh_at = samples[i].at;
			return;
		}
}

/* Once it is too far behind, it must have come half of the way back. */
static bool
replica_is_behind(const Replica *replica)
{
	int64_t limit = replica->config.replica_lag;

	if (replica->trouble == too_far_behind)
		limit /= 2;
	return loop_now() - replica->fresh_at > limit;
}

/* NULL: none. */
static const char *
replica_trouble(const Replica *replica)
{
	const LsnProbe *probe = &replica->probe;

	if (pool_is_down(probe->pool) || pool_is_down(replica->pool))
		return "it does not answer";
	if (!lsn_probe_knows(probe) || *primary.cluster == '\0')
		return probe->asked && probe->outcome == CALL_FAILED
				   ? "it does not report its LSN"
				   : not_known;
	if (!probe->standby)
		return "it is not a standby";
	if (strcmp(primary.cluster, probe->cluster) != 0)
		return "it is of another cluster";
	if (replica->fresh_at == 0)
		return not_known;
	return replica_is_behind(replica) ? too_far_behind : NULL;
}

static bool
replica_is_used(Replica *replica)
{
	const char *trouble = replica_trouble(replica);

	if (trouble && trouble != not_known && trouble != replica->trouble)
		log_line("replica %s gets no GETs: %s", replica->name, trouble);
	else if (trouble == NULL && replica->trouble)
		log_line("replica %s gets GETs", replica->name);
	replica->trouble = trouble;
	return trouble == NULL;
}

static void
primary_probed(void *owner)
{
	(void)owner;
	if (primary.outcome != CALL_ROWS)
		return;
	sample_add(primary.asked_at, primary.lsn);
	for (int i = 0; i < count; i++)
		replica_freshen(&replicas[i]);
}

static void
replica_probed(void *owner)
{
	Replica *replica = owner;

	probed = true;
	if (replica->probe.outcome == CALL_TIMED_OUT)
		pool_break(replica->pool);
	/* after a crash it may show less than before */
	if (replica->losses != replica->probe.losses)
		replica->fresh_at = 0;
	replica->losses = replica->probe.losses;
	replica_freshen(replica);
	(void)replica_is_used(replica);
}

/* ---- requests ---- */

/* In turn, the first that fits. *later: one that may fit soon. */
static Replica *
replica_pick(uint64_t needs, bool *later)
{
	*later = false;
	turn = (turn + 1) % count;
	for (int i = 0; i < count; i++)
	{
		Replica *replica = &replicas[(turn + i) % count];

		if (!replica_is_used(replica))
			continue;
		if (replica->probe.lsn >= needs)
			return replica;
		*later = true;
	}
	return NULL;
}

static PoolVerdict
waiting_submit(Call *call)
{
	if (waiting.count >= primary.config.queue || primary.config.replica_wait == 0)
		return POOL_DOWN;
	call->deadline = loop_now() + primary.config.replica_wait;
	call_append(&waiting, call);
	return POOL_ACCEPTED;
}

/* Take a call on, now or when some replica is far enough, or say why not. */
PoolVerdict
replicas_submit(Call *call)
{
	PoolVerdict verdict = POOL_DOWN;
	bool later;
	Replica *replica = replica_pick(call->needs, &later);

	if (replica)
		verdict = pool_submit(replica->pool, call);
	else if (later)
		verdict = waiting_submit(call);
	if (verdict == POOL_DOWN)
		replicas_fell_back(later ? FALLBACK_BEHIND : FALLBACK_NONE_FIT);
	return verdict;
}

void
replicas_abandon(Call *call)
{
	if (call_has(&waiting, call))
	{
		call_remove(&waiting, call);
		call_finish(call, CALL_GONE);
		return;
	}
	for (int i = 0; i < replicas_count(); i++)
		pool_abandon(replicas[i].pool, call);
}

/* Send it, give it back, or let it wait on. */
static void
waiting_look(Call *call, int64_t now)
{
	bool later;
	Replica *replica = replica_pick(call->needs, &later);

	if (replica == NULL && later && now < call->deadline)
		return;
	call_remove(&waiting, call);
	if (replica == NULL || pool_submit(replica->pool, call) != POOL_ACCEPTED)
		call_finish(call, CALL_LATE);
}

static void
waiting_turn(void)
{
	int64_t now = loop_now();
	Call *next;

	if (!waiting.head)
		return;
	for (Call *call = waiting.head; call && (probed || call->deadline <= now);
		 call = next)
	{
		next = call->next;
		waiting_look(call, now);
	}
	probed = false;
	for (int i = 0; i < count && waiting.head; i++)
		lsn_probe_hurry(&replicas[i].probe, HURRY);
}

void
replicas_fell_back(Fallback why)
{
	fallbacks[why]++;
}

uint64_t
replicas_fallbacks(Fallback why)
{
	return fallbacks[why];
}

/* False: there are no more. */
bool
replica_look(int number, ReplicaState *state)
{
	Replica *replica;

	if (number >= replicas_count())
		return false;
	replica = &replicas[number];
	state->name = replica->name;
	state->used = replica_is_used(replica);
	state->behind = replica->fresh_at ? loop_now() - replica->fresh_at : -1;
	state->requests = pool_submitted(replica->pool);
	return true;
}

/* ---- life ---- */

/* --check. False: one of them would get no GETs, and it was said why. */
bool
replicas_check(void)
{
	bool good = true;

	for (int i = 0; i < count; i++)
		good &= db_check(&replicas[i].config) == 0;
	return good;
}

static bool
replica_start(Replica *replica)
{
	replica->trouble = not_known;
	replica->pool = pool_start(&replica->config);
	return replica->pool &&
		   lsn_probe_start(&replica->probe, &replica->config, replica_probed, replica);
}

bool
replicas_start(const Config *config)
{
	if (count == 0)
		return true;
	if (!lsn_probe_start(&primary, config, primary_probed, NULL))
		return false;
	for (int i = 0; i < count; i++)
		if (!replica_start(&replicas[i]))
			return false;
	started = true;
	return true;
}

/* To be called after every turn of the loop. */
void
replicas_turn(void)
{
	if (!started)
		return;
	lsn_probe_turn(&primary);
	for (int i = 0; i < count; i++)
		lsn_probe_turn(&replicas[i].probe);
	waiting_turn();
	for (int i = 0; i < count; i++)
		pool_turn(replicas[i].pool);
}

/* Milliseconds until something is due, -1 for nothing. */
int64_t
replicas_wait(void)
{
	int64_t wait = started ? lsn_probe_wait(&primary) : -1;

	for (int i = 0; i < replicas_count(); i++)
		wait = loop_sooner(loop_sooner(wait, lsn_probe_wait(&replicas[i].probe)),
						   pool_wait(replicas[i].pool));
	return waiting.head ? loop_sooner(wait, loop_until(waiting.head->deadline)) : wait;
}

/* Every call that is still open is given back: the primary may take it. */
void
replicas_stop(void)
{
	Call *call;

	if (!started)
		return;
	started = false;
	lsn_probe_stop(&primary);
	for (int i = 0; i < count; i++)
	{
		lsn_probe_stop(&replicas[i].probe);
		pool_stop(replicas[i].pool);
	}
	while ((call = call_shift(&waiting)) != NULL)
		call_finish(call, CALL_DOWN);
}
