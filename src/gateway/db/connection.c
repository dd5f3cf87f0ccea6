/*
 * connection.c
 *	  One connection to the database, in pipeline mode.
 *
 * Guarantees:
 * - one call at a time, with a Sync of its own, so that it is a transaction of its own.
 *   What was sent ahead would wait behind whatever proves slow, and a cancel request
 *   that comes late would hit it in the place of the one before;
 * - a call is done only when its own PGRES_PIPELINE_SYNC has arrived. Rows come before
 *   the commit: a deferred constraint fails after them, and a caller that had been
 *   told success would have been lied to;
 * - nothing here blocks: sending and reading go through the loop, connecting and
 *   cancelling are done in threads;
 * - what nobody waits for any more, because it took too long or its client left, is
 *   cancelled. The connection gets nothing new until the cancelling is over.
 *
 * A pooler (PgBouncer in transaction mode) hands each transaction to another session
 * of the server: nothing may be left in a session and then be relied on. It gives
 * itself away by the process that answers, which is not the one that the login named.
 * There the statements are sent whole each time, and no setting is made.
 *
 * A connection that breaks is made again at once, and then after waits that double up to
 * BACKOFF_MOST and are drawn at random, so that many gateways do not come back in step.
 */
#include "gateway/db/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "gateway/db/diagnostics.h"
#include "gateway/log.h"

#define BACKOFF_LEAST 100  /* ms */
#define BACKOFF_MOST 3000  /* ms */
#define OVERDUE_LIMIT 5000 /* ms that a call may stay past its deadline */
#define CONNECT_GRACE 1000 /* ms that the thread has to notice first */
#define CANCEL_AGAIN 1000  /* ms; one may come before the query that it is for */
#define STATEMENT_EXTRA 2  /* s past our deadline */

/*
 * What this server has: replayed, or on the disk. A commit that does not wait for the
 * disk may stand behind that.
 */
#define POSITION                                                                         \
	"SELECT CASE WHEN pg_catalog.pg_is_in_recovery() "                                   \
	"THEN pg_catalog.pg_last_wal_replay_lsn() "                                          \
	"WHEN pg_catalog.current_setting('synchronous_commit') = 'off' "                     \
	"THEN pg_catalog.pg_current_wal_insert_lsn() "                                       \
	"ELSE pg_catalog.pg_current_wal_flush_lsn() END"

typedef struct StatementText
{
	const char *name;
	const char *sql;
	int parameters;
	int binary; /* what the results come as */
} StatementText;

static const StatementText statements[] = {
	[STATEMENT_REQUEST] = {"request",
						   "SELECT status, headers, body, "
						   "route, user_id, microseconds, query_id "
						   "FROM realty.request_raw($1, $2, $3, $4, $5)",
						   5, 1},
	[STATEMENT_READY] = {"ready", "SELECT realty.ready()", 0, 0},
	[STATEMENT_METRICS] = {"metrics", "SELECT realty.metrics()", 0, 0},
	[STATEMENT_STREAM] = {"stream",
						  "SELECT position, until, topics "
						  "FROM realty.stream_poll($1, $2)",
						  2, 0},
	[STATEMENT_POSITION] = {"position", POSITION, 0, 0},
	[STATEMENT_WATCH] = {"watch",
						 POSITION ", pg_catalog.pg_is_in_recovery(), "
								  "system_identifier FROM pg_catalog.pg_control_system()",
						 0, 0},
};

#define STATEMENTS (sizeof statements / sizeof *statements)

/* Asked first on each connection: which realty is there, and which process answers. */
static const char identity_sql[] =
	"SELECT (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'realty'), "
	"pg_catalog.pg_backend_pid()";

/*
 * The server ends a query by itself when a gateway that died can no longer cancel it.
 * What an operator has set for the server, the database or the role stays.
 */
static const char timeout_sql[] =
	"SELECT pg_catalog.set_config(name, $1, false) FROM pg_catalog.pg_settings "
	"WHERE name = 'statement_timeout' AND source = 'default'";

/* $4, the body, is the only parameter that travels as bytes. */
static const int parameter_formats[CALL_PARAMETERS] = {0, 0, 0, 1, 0};

/* The first attempt comes at once: mostly a single session was ended, not the server. */
static int
link_backoff(int failures)
{
	int wait = BACKOFF_LEAST;

	if (failures <= 1)
		return (int)(random() % 10);

	while (failures-- > 1 && wait < BACKOFF_MOST)
		wait *= 2;
	if (wait > BACKOFF_MOST)
		wait = BACKOFF_MOST;
	return wait / 2 + (int)(random() % (wait / 2 + 1));
}

/*
 * Let go of the connection and of every call on it. Whether those calls were carried
 * out is unknown, so they are not sent again.
 */
static void
link_drop(Link *link)
{
	Call *call = link->call;

	if (link->fd >= 0)
		loop_forget(link->fd);
	link->fd = -1;
	if (link->connect)
		connect_forget(link->connect);
	link->connect = NULL;
	if (link->cancel)
		cancel_forget(link->cancel);
	link->cancel = NULL;
	PQfinish(link->conn);
	link->conn = NULL;
	link->state = LINK_DOWN;
	link->failures++;
	link->due = loop_now() + link_backoff(link->failures);
	link->losses++;
	link->call = NULL;
	if (call)
		call_finish(call, call->committed ? call_outcome(call) : CALL_LOST);
}

static void
link_fail(Link *link, const char *sqlstate)
{
	const char *message = link->conn ? PQerrorMessage(link->conn) : "";

	advice_give(link->config, sqlstate, *message ? message : "no answer in time");
	link_drop(link);
}

static bool
link_watch(Link *link, uint32_t events)
{
	if (link->fd >= 0 && link->events == events)
		return true;
	link->fd = PQsocket(link->conn);
	link->events = events;
	return link->fd >= 0 && loop_watch(link->fd, events, &link->source);
}

/* Send what libpq holds back; wait for room in the socket only while there is some. */
static bool
link_flush(Link *link)
{
	int left = PQflush(link->conn);

	return left >= 0 && link_watch(link, left ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static bool
link_sync(Link *link)
{
	return PQpipelineSync(link->conn) && link_flush(link);
}

static void
link_identify(Link *link)
{
	bool sent = PQsetnonblocking(link->conn, 1) == 0 && PQenterPipelineMode(link->conn) &&
				PQsendQueryParams(link->conn, identity_sql, 0, NULL, NULL, NULL, NULL, 0);

	link->state = LINK_IDENTIFYING;
	link->due = loop_now() + CONNECT_LIMIT;
	link->sqlstate[0] = '\0';
	if (!sent || !link_sync(link))
		link_fail(link, "");
}

static void
link_take_identity(Link *link, const PGresult *identity)
{
	if (!PQgetisnull(identity, 0, 0))
		advice_version(PQgetvalue(identity, 0, 0));
	link->pooled = atoi(PQgetvalue(identity, 0, 1)) != PQbackendPID(link->conn);
}

static bool
link_limit_statements(Link *link)
{
	char limit[32];
	const char *values[] = {limit};

	snprintf(limit, sizeof limit, "%ds", link->config->timeout + STATEMENT_EXTRA);
	return PQsendQueryParams(link->conn, timeout_sql, 1, NULL, values, NULL, NULL, 0);
}

/* Without a name a statement lasts until the next one, and has been checked all the same.
 */
static void
link_prepare(Link *link)
{
	size_t count = *link->config->replicas ? STATEMENTS : (size_t)STATEMENT_POSITION;
	bool sent = link->pooled || link_limit_statements(link);

	link->state = LINK_PREPARING;
	for (size_t i = 0; sent && i < count; i++)
		sent = PQsendPrepare(link->conn, link->pooled ? "" : statements[i].name,
							 statements[i].sql, 0, NULL);
	if (!sent || !link_sync(link))
		link_fail(link, "");
}

static void
link_connected(void *owner, PGconn *conn, bool logged_in)
{
	Link *link = owner;
	char sqlstate[6];

	link->connect = NULL;
	link->conn = conn;
	if (logged_in)
	{
		link_identify(link);
		return;
	}
	if (conn)
		connect_sqlstate(conn, sqlstate);
	link_fail(link, conn ? sqlstate : "");
}

static void
link_connect(Link *link, int64_t now)
{
	link->state = LINK_CONNECTING;
	link->due = now + CONNECT_LIMIT + CONNECT_GRACE;
	link->connect = connect_start(link->config, link_connected, link);
	if (link->connect == NULL)
		link_fail(link, "");
}

static void
link_note_error(char *sqlstate, const PGresult *result)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (sqlstate[0] == '\0')
		snprintf(sqlstate, 6, "%.5s", code ? code : "08006");
}

/* The Sync of one of the two steps before the first call. */
static void
link_stepped(Link *link)
{
	if (link->sqlstate[0])
	{
		link_fail(link, link->sqlstate);
		return;
	}
	if (link->state == LINK_IDENTIFYING)
	{
		link_prepare(link);
		return;
	}
	link->state = LINK_READY;
	link->failures = 0;
	advice_clear(link->config);
}

static void
link_cancelled(void *owner)
{
	Link *link = owner;

	link->cancel = NULL;
	link->cancel_at = loop_now() + CANCEL_AGAIN;
}

/* End the query that is running when nobody waits for it. */
static void
link_cancel(Link *link, int64_t now)
{
	if (link->cancel || link->call == NULL || link->call->owner || now < link->cancel_at)
		return;
	link->cancel_at = now + CANCEL_AGAIN;
	link->cancel_due = now + OVERDUE_LIMIT;
	link->cancel = cancel_send(link->conn, link_cancelled, link);
}

/*
 * The call's Sync: what it did is committed, or undone. Where the position is asked for
 * as well, a second one follows.
 */
static void
link_synced(Link *link)
{
	Call *call = link->call;

	if (call->asks_position && !call->committed)
	{
		call->committed = true;
		return;
	}
	link->call = NULL;
	link->cancel_at = 0;
	call_finish(call, call_outcome(call));
}

/* What comes between the two: the position, or an error that takes nothing back. */
static void
link_take_position(Call *call, const PGresult *result)
{
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		snprintf(call->position, sizeof call->position, "%s", PQgetvalue(result, 0, 0));
}

static void
link_take(Link *link, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	Call *call = link->call;

	if (call && call->committed)
		link_take_position(call, result);
	else if (status == PGRES_TUPLES_OK && call && call->rows == NULL)
	{
		call->rows = result;
		return;
	}
	if (status == PGRES_TUPLES_OK && link->state == LINK_IDENTIFYING)
		link_take_identity(link, result);
	if ((status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) &&
		!(call && call->committed))
		link_note_error(call ? call->sqlstate : link->sqlstate, result);
	PQclear(result);
	if (status != PGRES_PIPELINE_SYNC)
		return;
	if (link->state != LINK_READY)
		link_stepped(link);
	else if (call)
		link_synced(link);
}

static bool
link_expects(const Link *link)
{
	return link->state == LINK_IDENTIFYING || link->state == LINK_PREPARING || link->call;
}

/* Every query's results end in one NULL; two in a row mean that nothing more is there. */
static void
link_read(Link *link)
{
	int nulls = 0;

	while (nulls < 2 && link_expects(link) && !PQisBusy(link->conn))
	{
		PGresult *result = PQgetResult(link->conn);

		if (result == NULL)
			nulls++;
		else
		{
			nulls = 0;
			link_take(link, result);
		}
	}
}

static void
link_ready(void *owner, uint32_t events)
{
	Link *link = owner;

	if (link->state == LINK_DOWN)
		return;
	if (!PQconsumeInput(link->conn))
	{
		link_read(link); /* what came before the end counts */
		if (link->state != LINK_DOWN)
			link_fail(link, "");
		return;
	}
	link_read(link);
	if (link->state != LINK_DOWN && (events & EPOLLOUT) && !link_flush(link))
		link_fail(link, "");
}

static bool
link_put(Link *link, Statement statement, const Call *call)
{
	const StatementText *text = &statements[statement];

	if (link->pooled)
		return PQsendQueryParams(link->conn, text->sql, text->parameters, NULL,
								 call->values, call->lengths, parameter_formats,
								 text->binary);
	return PQsendQueryPrepared(link->conn, text->name, text->parameters, call->values,
							   call->lengths, parameter_formats, text->binary);
}

/* Put a call on an idle connection. False: it is gone, the call is unsent. */
bool
link_send(Link *link, Call *call)
{
	bool sent;

	if (!link_put(link, call->statement, call))
	{
		link_fail(link, "");
		return false;
	}
	link->sent_at = loop_now();
	link->call = call;
	sent = PQpipelineSync(link->conn);
	if (sent && call->asks_position)
		sent = link_put(link, STATEMENT_POSITION, call) && PQpipelineSync(link->conn);
	if (!sent || !link_flush(link))
		link_fail(link, "");
	return true;
}

/* Nobody waits for this call any more. False: it is not on this connection. */
bool
link_abandon(Link *link, Call *call)
{
	if (link->call != call)
		return false;
	call_give_up(call, CALL_GONE);
	link_cancel(link, loop_now());
	return true;
}

/*
 * Answer those who waited too long, and end their queries. A connection that stays
 * silent even then is given up.
 */
static void
link_expire(Link *link, int64_t now)
{
	if (link->call && link->call->owner && link->call->deadline <= now)
		call_give_up(link->call, CALL_TIMED_OUT);
	link_cancel(link, now);
	/* nor does a cancelling that hangs keep the connection from its next call for ever */
	if (link->cancel && !link->call && link->cancel_due <= now)
		link_fail(link, "57014");
	if (link->call &&
		link->sent_at + OVERDUE_LIMIT + (int64_t)link->config->timeout * 1000 <= now)
		link_fail(link, "57014");
}

void
link_turn(Link *link, int64_t now)
{
	/* the thread goes from host to host by itself, unless a resolver holds it */
	if (link->state == LINK_CONNECTING)
		link->due = connect_due(link->connect) + CONNECT_GRACE;
	if (link->state == LINK_READY)
		link_expire(link, now);
	else if (link->due <= now)
	{
		if (link->state == LINK_DOWN)
			link_connect(link, now);
		else
			link_fail(link, "08001");
	}
}

void
link_start(Link *link, const Config *config)
{
	memset(link, 0, sizeof *link);
	link->config = config;
	link->fd = -1;
	link->source.ready = link_ready;
	link->source.owner = link;
	link_connect(link, loop_now());
}

/* It does not answer: give it up. */
void
link_break(Link *link)
{
	if (link->conn)
		link_fail(link, "57014");
}

void
link_stop(Link *link)
{
	if (link->conn || link->connect)
		link_drop(link);
}

/* Of a replica. */
static bool
link_is_standby(const Config *config, PGconn *conn)
{
	const char *said = PQparameterStatus(conn, "in_hot_standby");
	bool standby = said && strcmp(said, "on") == 0;

	if (standby)
		printf("ready: replica %s, database %s as %s\n", config->server, PQdb(conn),
			   PQuser(conn));
	else
		log_line("replica %s is no standby; it would get no GETs", config->server);
	return standby;
}

static bool
link_ask_ready(const Config *config, PGconn *conn)
{
	PGresult *result = PQexec(conn, statements[STATEMENT_READY].sql);
	bool ready = PQresultStatus(result) == PGRES_TUPLES_OK;
	PGresult *identity = PQexec(conn, identity_sql);

	if (PQresultStatus(identity) == PGRES_TUPLES_OK && !PQgetisnull(identity, 0, 0))
		advice_version(PQgetvalue(identity, 0, 0));
	PQclear(identity);
	if (ready && config->conninfo)
		ready = link_is_standby(config, conn);
	else if (ready)
		printf("ready: database %s as %s\n", PQdb(conn), PQuser(conn));
	else
		advice_give(config, PQresultErrorField(result, PG_DIAG_SQLSTATE),
					PQresultErrorMessage(result));
	PQclear(result);
	return ready;
}

/* --check: log in and ask. Returns the exit status. */
int
link_check(const Config *config)
{
	bool logged_in;
	PGconn *conn = connect_now(config, &logged_in);
	bool ready = false;
	char sqlstate[6];

	if (logged_in)
		ready = link_ask_ready(config, conn);
	else if (conn)
	{
		connect_sqlstate(conn, sqlstate);
		advice_give(config, sqlstate, PQerrorMessage(conn));
	}
	PQfinish(conn);
	return ready ? 0 : 1;
}
