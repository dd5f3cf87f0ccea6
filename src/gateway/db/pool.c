/*
 * pool.c
 *	  Several connections to the database and one bounded queue before them.
 *
 * Guarantees: an accepted call is finished exactly once; at most --queue calls wait;
 * no call waits for a database that is down.
 *
 * One slow request must not hold up the others: a call goes to an idle connection, or
 * waits for the first that becomes idle.
 *
 * Calls that are costly by their nature (passwords are hashed) get one connection in
 * eight and half of the queue, and the others pass them: a storm of logins must not
 * slow down everything else.
 */
#include "gateway/db/pool.h"

#include <stdlib.h>

#include "gateway/db/connection.h"
#include "gateway/loop.h"

#define COSTLY_SHARE 8

struct Pool
{
	const Config *config;
	CallList queue;
	uint64_t submitted;
	int count;
	DbConnection connections[];
};

Pool *
pool_start(const Config *config)
{
	Pool *pool =
		calloc(1, sizeof *pool + config->connections * sizeof *pool->connections);

	if (pool == NULL)
		return NULL;
	pool->config = config;
	pool->count = config->connections;
	for (int i = 0; i < pool->count; i++)
		db_start(&pool->connections[i], config);
	return pool;
}

/*
 * Down: no connection works and one has failed already. At the start, before the
 * first attempt has an outcome, calls may wait.
 */
bool
pool_is_down(const Pool *pool)
{
	bool failed = false;

	for (int i = 0; i < pool->count; i++)
	{
		if (pool->connections[i].state == DB_READY)
			return false;
		if (pool->connections[i].failures > 0)
			failed = true;
	}
	return failed;
}

/* Nor is a cancelling under way there that could hit what is sent next. */
static bool
db_is_free(const DbConnection *db)
{
	return db->state == DB_READY && db->call == NULL && db->cancel == NULL;
}

static int
pool_idle(const Pool *pool)
{
	int idle = 0;

	for (int i = 0; i < pool->count; i++)
		idle += db_is_free(&pool->connections[i]);
	return idle;
}

static int
pool_costly_waiting(const Pool *pool)
{
	int waiting = 0;

	for (const Call *call = pool->queue.head; call; call = call->next)
		waiting += call->costly;
	return waiting;
}

static bool
pool_has_room(const Pool *pool, const Call *call)
{
	int room = pool->config->queue + pool_idle(pool);

	if (pool->queue.count >= room)
		return false;
	return !call->costly || pool_costly_waiting(pool) < (room + 1) / 2;
}

void
pool_look(const Pool *pool, PoolState *state)
{
	*state = (PoolState){.queued = pool->queue.count};
	for (int i = 0; i < pool->count; i++)
	{
		const DbConnection *db = &pool->connections[i];

		if (db->state != DB_READY)
			state->down++;
		else if (db->call == NULL)
			state->idle++;
		else
			state->busy++;
	}
}

/*
 * Take a call on, or say why not. It is sent by the next pool_turn(), never from
 * here: the caller suspends its HTTP connection first, and must not be answered
 * before.
 */
PoolVerdict
pool_submit(Pool *pool, Call *call)
{
	if (pool_is_down(pool))
		return POOL_DOWN;
	if (!pool_has_room(pool, call))
		return POOL_FULL;
	call->deadline = loop_now() + (int64_t)pool->config->timeout * 1000;
	call_append(&pool->queue, call);
	pool->submitted++;
	return POOL_ACCEPTED;
}

/* The caller is gone: the call is not sent, or is cancelled where it runs. */
void
pool_abandon(Pool *pool, Call *call)
{
	if (call_has(&pool->queue, call))
	{
		call_remove(&pool->queue, call);
		call_finish(call, CALL_GONE);
		return;
	}
	for (int i = 0; i < pool->count; i++)
		if (db_abandon(&pool->connections[i], call))
			return;
}

static DbConnection *
pool_pick(Pool *pool)
{
	for (int i = 0; i < pool->count; i++)
		if (db_is_free(&pool->connections[i]))
			return &pool->connections[i];
	return NULL;
}

static bool
pool_takes_costly(const Pool *pool)
{
	int running = 0;

	for (int i = 0; i < pool->count; i++)
		running += pool->connections[i].call && pool->connections[i].call->costly;
	return running < (pool->count + COSTLY_SHARE - 1) / COSTLY_SHARE;
}

/* The longest waiting one that may be sent now. */
static Call *
pool_next(const Pool *pool)
{
	Call *call = pool->queue.head;

	if (call == NULL || !call->costly || pool_takes_costly(pool))
		return call;
	while (call && call->costly)
		call = call->next;
	return call;
}

static void
pool_dispatch(Pool *pool)
{
	DbConnection *db;
	Call *call;

	while ((call = pool_next(pool)) != NULL && (db = pool_pick(pool)) != NULL)
	{
		call_remove(&pool->queue, call);
		if (!db_send(db, call))
			call_finish(call, CALL_DOWN);
	}
}

/* All calls have the same time, so the queue is in the order of the deadlines. */
static void
pool_expire(Pool *pool, int64_t now)
{
	bool down = pool_is_down(pool);

	while (pool->queue.head && (down || pool->queue.head->deadline <= now))
		call_finish(call_shift(&pool->queue), down ? CALL_DOWN : CALL_TIMED_OUT);
}

/*
 * While the database is down one connection tries it, not all of them: every attempt
 * that it refuses is a line in its log. When that one is up the others follow at
 * once.
 */
static void
pool_connect(Pool *pool, int64_t now)
{
	bool down = pool_is_down(pool);

	for (int i = 0; i < pool->count; i++)
	{
		DbConnection *db = &pool->connections[i];

		if (db->state == DB_DOWN && down && i > 0)
			db->due = now;
		else
			db_turn(db, now);
	}
}

/* To be called after every turn of the loop. */
void
pool_turn(Pool *pool)
{
	int64_t now = loop_now();

	pool_connect(pool, now);
	pool_expire(pool, now);
	pool_dispatch(pool);
}

static void
wait_until(int64_t *until, int64_t due)
{
	if (*until < 0 || due < *until)
		*until = due;
}

/* Milliseconds until something is due, -1 for nothing. */
int64_t
pool_wait(const Pool *pool)
{
	int64_t now = loop_now();
	int64_t until = -1;

	for (int i = 0; i < pool->count; i++)
	{
		const DbConnection *db = &pool->connections[i];

		if (db->state == DB_DOWN && i > 0 && pool_is_down(pool))
			continue; /* the first one is ahead */
		if (db->state != DB_READY)
			wait_until(&until, db->due);
		else if (db->call || db->cancel)
			wait_until(&until, now + 1000);
	}
	if (pool->queue.head)
		wait_until(&until, pool->queue.head->deadline);
	if (until < 0)
		return -1;
	return until > now ? until - now : 0;
}

/* Calls that it ever took on. */
uint64_t
pool_submitted(const Pool *pool)
{
	return pool->submitted;
}

/* How many connections have broken since the start: a change shows that one did. */
unsigned int
pool_losses(const Pool *pool)
{
	unsigned int losses = 0;

	for (int i = 0; i < pool->count; i++)
		losses += pool->connections[i].losses;
	return losses;
}

/* The server does not answer: no call waits for it any more. */
void
pool_break(Pool *pool)
{
	for (int i = 0; i < pool->count; i++)
		db_break(&pool->connections[i]);
}

/* Every call that is still open is finished, as lost or never sent. */
void
pool_stop(Pool *pool)
{
	for (int i = 0; i < pool->count; i++)
		db_stop(&pool->connections[i]);
	while (pool->queue.head)
		call_finish(call_shift(&pool->queue), CALL_DOWN);
}
