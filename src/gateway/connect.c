/*
 * connect.c
 *	  Logs in to the database, in a thread.
 *
 * libpq resolves a host's name while it connects, in a call that blocks for as long as
 *the resolver likes; and after the first of several hosts it does so again. So the whole
 *of the log-in is done aside, and the loop gets a connection that is ready.
 */
#include "gateway/connect.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/offload.h"

#define KEYS_MOST 96 /* of a connection; libpq knows some forty */

struct Connect
{
	Offload offload;
	const char *keys[KEYS_MOST];
	const char *values[KEYS_MOST];
	int count;
	PQconninfoOption *replica; /* whose words some values are */
	PGconn *conn;
	bool logged_in;
	ConnectDone done;
	void *owner; /* NULL: nobody waits for it any more */
};

/* Notices may carry anything; the server's log has them where they are wanted. */
static void
connect_ignore_notice(void *arg, const PGresult *notice)
{
	(void)arg;
	(void)notice;
}

static void
connect_add(Connect *connect, const char *key, const char *value)
{
	if (connect->count >= KEYS_MOST - 1)
		return;
	connect->keys[connect->count] = key;
	connect->values[connect->count++] = value;
}

/* Of two values the later one counts: what a replica's string says goes before all else.
 */
static void
connect_describe(Connect *connect, const Config *config)
{
	if (config->conninfo)
		connect->replica = PQconninfoParse(config->conninfo, NULL);
	connect_add(connect, "user", config->user);
	connect_add(connect, "fallback_application_name", "realty-gateway");
	connect_add(connect, "client_encoding", "UTF8");
	connect_add(connect, "dbname", config->database);
	if (connect->replica)
		connect_add(connect, "target_session_attrs", "any");
	for (PQconninfoOption *option = connect->replica; option && option->keyword; option++)
		if (option->val)
			connect_add(connect, option->keyword, option->val);
}

/* Not PQconnectdb(): its errors come without SQLSTATE. */
static bool
connect_wait(PGconn *conn)
{
	PostgresPollingStatusType want = PGRES_POLLING_WRITING;

	while (want == PGRES_POLLING_WRITING || want == PGRES_POLLING_READING)
	{
		struct pollfd wait = {.fd = PQsocket(conn)};

		wait.events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT;
		if (wait.fd < 0 || poll(&wait, 1, CONNECT_LIMIT) <= 0)
			return false;
		want = PQconnectPoll(conn);
	}
	return want == PGRES_POLLING_OK;
}

static void
connect_run(Offload *offload)
{
	Connect *connect = (Connect *)offload;
	PGconn *conn = PQconnectStartParams(connect->keys, connect->values, 1);

	connect->conn = conn;
	if (conn == NULL)
		return;
	PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
	PQsetNoticeReceiver(conn, connect_ignore_notice, NULL);
	connect->logged_in = PQstatus(conn) != CONNECTION_BAD && connect_wait(conn);
}

static void
connect_done(Offload *offload)
{
	Connect *connect = (Connect *)offload;

	if (connect->owner)
		connect->done(connect->owner, connect->conn, connect->logged_in);
	else
		PQfinish(connect->conn);
	PQconninfoFree(connect->replica);
	free(connect);
}

/* NULL: it could not be tried. */
Connect *
connect_start(const Config *config, ConnectDone done, void *owner)
{
	Connect *connect = calloc(1, sizeof *connect);

	if (connect == NULL)
		return NULL;
	connect->offload = (Offload){connect_run, connect_done};
	connect->done = done;
	connect->owner = owner;
	connect_describe(connect, config);
	if (offload_run(&connect->offload))
		return connect;
	PQconninfoFree(connect->replica);
	free(connect);
	return NULL;
}

/* The owner is not told, and gets no connection. */
void
connect_forget(Connect *connect)
{
	connect->owner = NULL;
}

/* Connect and wait for it. */
PGconn *
connect_now(const Config *config, bool *logged_in)
{
	Connect connect = {0};

	connect_describe(&connect, config);
	connect_run(&connect.offload);
	PQconninfoFree(connect.replica);
	*logged_in = connect.logged_in;
	return connect.conn;
}

/* The five characters that stand before the text of a verbose error message. */
void
connect_sqlstate(PGconn *conn, char *sqlstate)
{
	const char *code = strstr(PQerrorMessage(conn), ":  ");

	sqlstate[0] = '\0';
	if (code && strlen(code) > 8 && code[8] == ':')
		snprintf(sqlstate, 6, "%.5s", code + 3);
}
