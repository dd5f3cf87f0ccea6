/*
 * connection.c
 *	  One connection to the database, in pipeline mode.
 *
 * Guarantees:
 * - one call at a time, with a Sync of its own, so that it is a transaction of its
 *   own. A call sent ahead would wait behind one that proves slow, and a cancel
 *   request that comes late would hit it in the place of the one before;
 * - a call is done only when its own PGRES_PIPELINE_SYNC has arrived. Rows come
 *   before the commit: a deferred constraint fails after them, and success reported
 *   with the rows would be false;
 * - while the gateway serves, nothing here blocks: sending and reading go through the
 *   loop, connecting and cancelling run in threads. (--check blocks; it has no loop.)
 * - a call that has no waiting client any more, because it took too long or its
 *   client closed the connection, is cancelled. The connection gets nothing new until
 *   the cancel is over.
 *
 * A pooler (PgBouncer in transaction mode) hands each transaction to another session
 * of the server: nothing may be left in a session and then be relied on. It is
 * recognised by the process that answers, which is not the one that the login named.
 * There the statements are sent whole each time, and no setting is made.
 *
 * A connection that breaks is made again at once, and then after waits that double up
 * to MAX_BACKOFF and are drawn at random, so that many gateways do not come back in
 * step.
 */
#include "gateway/db/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "gateway/db/diagnostics.h"
#include "gateway/log.h"

#define MIN_BACKOFF 100    /* ms */
#define MAX_BACKOFF 3000   /* ms */
#define OVERDUE_LIMIT 5000 /* ms that a call may stay past its deadline */
#define CONNECT_GRACE 1000 /* ms that the thread has to notice first */
#define CANCEL_AGAIN 1000  /* ms; one may come before the query that it is for */
#define STATEMENT_EXTRA 2  /* s past our deadline */

/*
 * What this server has: replayed, or on the disk. A commit that does not wait for the
 * disk may stand behind that.
 */
#define LSN_SQL                                                                          \
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
	[STATEMENT_LSN] = {"position", LSN_SQL, 0, 0},
	[STATEMENT_LSN_PROBE] = {"watch",
							 LSN_SQL
							 ", pg_catalog.pg_is_in_recovery(), "
							 "system_identifier FROM pg_catalog.pg_control_system()",
							 0, 0},
};

#define STATEMENTS (sizeof statements / sizeof *statements)

/*
 * Asked first on each connection: which realty is there, and which process answers.
 */
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

/*
 * The first attempt comes at once: mostly a single session was ended, not the server.
 */
static int
db_backoff(int failures)
{
	int wait = MIN_BACKOFF;

	if (failures <= 1)
		return (int)(random() % 10);

	while (failures-- > 1 && wait < MAX_BACKOFF)
		wait *= 2;
	if (wait > MAX_BACKOFF)
		wait = MAX_BACKOFF;
	return wait / 2 + (int)(random() % (wait / 2 + 1));
}

/*
 * Let go of the connection and of every call on it. Whether those calls were carried
 * out is unknown, so they are not sent again.
 */
static void
db_drop(DbConnection *db)
{
	Call *call = db->call;

	if (db->fd >= 0)
		loop_forget(db->fd);
	db->fd = -1;
	if (db->connect)
		connect_forget(db->connect);
	db->connect = NULL;
	if (db->cancel)
		cancel_forget(db->cancel);
	db->cancel = NULL;
	PQfinish(db->conn);
	db->conn = NULL;
	db->state = DB_DOWN;
	db->failures++;
	db->due = loop_now() + db_backoff(db->failures);
	db->losses++;
	db->call = NULL;
	if (call)
		call_finish(call, call->committed ? call_outcome(call) : CALL_LOST);
}

static void
db_fail(DbConnection *db, const char *sqlstate)
{
	const char *message = db->conn ? PQerrorMessage(db->conn) : "";

	diagnostics_report(db->config, sqlstate, *message ? message : "no answer in time");
	db_drop(db);
}

static bool
db_watch(DbConnection *db, uint32_t events)
{
	if (db->fd >= 0 && db->events == events)
		return true;
	db->fd = PQsocket(db->conn);
	db->events = events;
	return db->fd >= 0 && loop_watch(db->fd, events, &db->source);
}

/*
 * Send what libpq holds back; wait for room in the socket only while there is some.
 */
static bool
db_flush(DbConnection *db)
{
	int left = PQflush(db->conn);

	return left >= 0 && db_watch(db, left ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static bool
db_sync(DbConnection *db)
{
	return PQpipelineSync(db->conn) && db_flush(db);
}

static void
db_identify(DbConnection *db)
{
	bool sent = PQsetnonblocking(db->conn, 1) == 0 && PQenterPipelineMode(db->conn) &&
				PQsendQueryParams(db->conn, identity_sql, 0, NULL, NULL, NULL, NULL, 0);

	db->state = DB_IDENTIFYING;
	db->due = loop_now() + CONNECT_LIMIT;
	db->sqlstate[0] = '\0';
	if (!sent || !db_sync(db))
		db_fail(db, "");
}

static void
db_take_identity(DbConnection *db, const PGresult *identity)
{
	if (!PQgetisnull(identity, 0, 0))
		diagnostics_version(PQgetvalue(identity, 0, 0));
	db->pooled = atoi(PQgetvalue(identity, 0, 1)) != PQbackendPID(db->conn);
}

static bool
db_limit_statements(DbConnection *db)
{
	char limit[32];
	const char *values[] = {limit};

	snprintf(limit, sizeof limit, "%ds", db->config->timeout + STATEMENT_EXTRA);
	return PQsendQueryParams(db->conn, timeout_sql, 1, NULL, values, NULL, NULL, 0);
}

/*
 * Without a name a statement lasts until the next one, and has been checked all the
 * same.
 */
static void
db_prepare(DbConnection *db)
{
	size_t count = *db->config->replicas ? STATEMENTS : (size_t)STATEMENT_LSN;
	bool sent = db->pooled || db_limit_statements(db);

	db->state = DB_PREPARING;
	for (size_t i = 0; sent && i < count; i++)
		sent = PQsendPrepare(db->conn, db->pooled ? "" : statements[i].name,
							 statements[i].sql, 0, NULL);
	if (!sent || !db_sync(db))
		db_fail(db, "");
}

static void
db_connected(void *owner, PGconn *conn, bool logged_in)
{
	DbConnection *db = owner;
	char sqlstate[6];

	db->connect = NULL;
	db->conn = conn;
	if (logged_in)
	{
		db_identify(db);
		return;
	}
	if (conn)
		connect_sqlstate(conn, sqlstate);
	db_fail(db, conn ? sqlstate : "");
}

static void
db_connect(DbConnection *db, int64_t now)
{
	db->state = DB_CONNECTING;
	db->due = now + CONNECT_LIMIT + CONNECT_GRACE;
	db->connect = connect_start(db->config, db_connected, db);
	if (db->connect == NULL)
		db_fail(db, "");
}

static void
db_note_error(char *sqlstate, const PGresult *result)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (sqlstate[0] == '\0')
		snprintf(sqlstate, 6, "%.5s", code ? code : "08006");
}

/* The Sync of one of the two steps before the first call. */
static void
db_stepped(DbConnection *db)
{
	if (db->sqlstate[0])
	{
		db_fail(db, db->sqlstate);
		return;
	}
	if (db->state == DB_IDENTIFYING)
	{
		db_prepare(db);
		return;
	}
	db->state = DB_READY;
	db->failures = 0;
	diagnostics_clear(db->config);
}

static void
db_cancelled(void *owner)
{
	DbConnection *db = owner;

	db->cancel = NULL;
	db->cancel_at = loop_now() + CANCEL_AGAIN;
}

/* Cancel the running query when its caller has given up. */
static void
db_cancel(DbConnection *db, int64_t now)
{
	if (db->cancel || db->call == NULL || db->call->owner || now < db->cancel_at)
		return;
	db->cancel_at = now + CANCEL_AGAIN;
	db->cancel_due = now + OVERDUE_LIMIT;
	db->cancel = cancel_send(db->conn, db_cancelled, db);
}

/*
 * The call's Sync: what it did is committed, or undone. Where the position is asked
 * for as well, a second one follows.
 */
static void
db_synced(DbConnection *db)
{
	Call *call = db->call;

	if (call->asks_lsn && !call->committed)
	{
		call->committed = true;
		return;
	}
	db->call = NULL;
	db->cancel_at = 0;
	call_finish(call, call_outcome(call));
}

/* What comes between the two: the position, or an error that takes nothing back. */
static void
db_take_lsn(Call *call, const PGresult *result)
{
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		snprintf(call->lsn, sizeof call->lsn, "%s", PQgetvalue(result, 0, 0));
}

static void
db_take(DbConnection *db, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	Call *call = db->call;

	if (call && call->committed)
		db_take_lsn(call, result);
	else if (status == PGRES_TUPLES_OK && call && call->rows == NULL)
	{
		call->rows = result;
		return;
	}
	if (status == PGRES_TUPLES_OK && db->state == DB_IDENTIFYING)
		db_take_identity(db, result);
	if ((status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) &&
		!(call && call->committed))
		db_note_error(call ? call->sqlstate : db->sqlstate, result);
	PQclear(result);
	if (status != PGRES_PIPELINE_SYNC)
		return;
	if (db->state != DB_READY)
		db_stepped(db);
	else if (call)
		db_synced(db);
}

static bool
db_expects(const DbConnection *db)
{
	return db->state == DB_IDENTIFYING || db->state == DB_PREPARING || db->call;
}

/*
 * Every query's results end in one NULL; two in a row mean that nothing more is
 * there.
 */
static void
db_read(DbConnection *db)
{
	int nulls = 0;

	while (nulls < 2 && db_expects(db) && !PQisBusy(db->conn))
	{
		PGresult *result = PQgetResult(db->conn);

		if (result == NULL)
			nulls++;
		else
		{
			nulls = 0;
			db_take(db, result);
		}
	}
}

static void
db_ready(void *owner, uint32_t events)
{
	DbConnection *db = owner;

	if (db->state == DB_DOWN)
		return;
	if (!PQconsumeInput(db->conn))
	{
		db_read(db); /* what came before the end counts */
		if (db->state != DB_DOWN)
			db_fail(db, "");
		return;
	}
	db_read(db);
	if (db->state != DB_DOWN && (events & EPOLLOUT) && !db_flush(db))
		db_fail(db, "");
}

static bool
db_put(DbConnection *db, Statement statement, const Call *call)
{
	const StatementText *text = &statements[statement];

	if (db->pooled)
		return PQsendQueryParams(db->conn, text->sql, text->parameters, NULL,
								 call->values, call->lengths, parameter_formats,
								 text->binary);
	return PQsendQueryPrepared(db->conn, text->name, text->parameters, call->values,
							   call->lengths, parameter_formats, text->binary);
}

/* Put a call on an idle connection. False: it is gone, the call is unsent. */
bool
db_send(DbConnection *db, Call *call)
{
	bool sent;

	if (!db_put(db, call->statement, call))
	{
		db_fail(db, "");
		return false;
	}
	db->sent_at = loop_now();
	db->call = call;
	sent = PQpipelineSync(db->conn);
	if (sent && call->asks_lsn)
		sent = db_put(db, STATEMENT_LSN, call) && PQpipelineSync(db->conn);
	if (!sent || !db_flush(db))
		db_fail(db, "");
	return true;
}

/* The caller gives up this call. False: it is not on this connection. */
bool
db_abandon(DbConnection *db, Call *call)
{
	if (db->call != call)
		return false;
	call_give_up(call, CALL_GONE);
	db_cancel(db, loop_now());
	return true;
}

/*
 * Answer a call past its deadline, and cancel its query. A connection that stays
 * silent even then is given up.
 */
static void
db_expire(DbConnection *db, int64_t now)
{
	if (db->call && db->call->owner && db->call->deadline <= now)
		call_give_up(db->call, CALL_TIMED_OUT);
	db_cancel(db, now);
	/*
	 * nor does a cancelling that hangs keep the connection from its next call for
	 * ever
	 */
	if (db->cancel && !db->call && db->cancel_due <= now)
		db_fail(db, "57014");
	if (db->call &&
		db->sent_at + OVERDUE_LIMIT + (int64_t)db->config->timeout * 1000 <= now)
		db_fail(db, "57014");
}

void
db_turn(DbConnection *db, int64_t now)
{
	/* the thread goes from host to host by itself, unless a resolver holds it */
	if (db->state == DB_CONNECTING)
		db->due = connect_due(db->connect) + CONNECT_GRACE;
	if (db->state == DB_READY)
		db_expire(db, now);
	else if (db->due <= now)
	{
		if (db->state == DB_DOWN)
			db_connect(db, now);
		else
			db_fail(db, "08001");
	}
}

void
db_start(DbConnection *db, const Config *config)
{
	memset(db, 0, sizeof *db);
	db->config = config;
	db->fd = -1;
	db->source.ready = db_ready;
	db->source.owner = db;
	db_connect(db, loop_now());
}

/* It does not answer: give it up. */
void
db_break(DbConnection *db)
{
	if (db->conn)
		db_fail(db, "57014");
}

void
db_stop(DbConnection *db)
{
	if (db->conn || db->connect)
		db_drop(db);
}

/* Of a replica. */
static bool
db_is_standby(const Config *config, PGconn *conn)
{
	const char *said = PQparameterStatus(conn, "in_hot_standby");
	bool standby = said && strcmp(said, "on") == 0;

	if (standby)
		printf("ready: replica %s, database %s as %s\n", config->server, PQdb(conn),
			   PQuser(conn));
	else
		log_line("replica %s is not a standby; it would get no GETs", config->server);
	return standby;
}

static bool
db_ask_ready(const Config *config, PGconn *conn)
{
	PGresult *result = PQexec(conn, statements[STATEMENT_READY].sql);
	bool ready = PQresultStatus(result) == PGRES_TUPLES_OK;
	PGresult *identity = PQexec(conn, identity_sql);

	if (PQresultStatus(identity) == PGRES_TUPLES_OK && !PQgetisnull(identity, 0, 0))
		diagnostics_version(PQgetvalue(identity, 0, 0));
	PQclear(identity);
	if (ready && config->conninfo)
		ready = db_is_standby(config, conn);
	else if (ready)
		printf("ready: database %s as %s\n", PQdb(conn), PQuser(conn));
	else
		diagnostics_report(config, PQresultErrorField(result, PG_DIAG_SQLSTATE),
						   PQresultErrorMessage(result));
	PQclear(result);
	return ready;
}

/* --check: log in and ask. Returns the exit status. */
int
db_check(const Config *config)
{
	bool logged_in;
	PGconn *conn = connect_now(config, &logged_in);
	bool ready = false;
	char sqlstate[6];

	if (logged_in)
		ready = db_ask_ready(config, conn);
	else if (conn)
	{
		connect_sqlstate(conn, sqlstate);
		diagnostics_report(config, sqlstate, PQerrorMessage(conn));
	}
	PQfinish(conn);
	return ready ? 0 : 1;
}
