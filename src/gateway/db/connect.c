/*
 * connect.c
 *	  Logs in to the database, in a thread.
 *
 * libpq resolves a host's name while it connects, in a call that blocks for as long
 * as the resolver likes; and after the first of several hosts it does so again. So
 * the whole login runs in a thread, and the loop gets a connection that is ready.
 *
 * Of several hosts each has connect_timeout, or CONNECT_LIMIT. libpq counts that only
 * in its calls that block for the whole login, whose errors come without SQLSTATE; so
 * it is counted here. A host that accepts no connection is left by ending its socket:
 * libpq then tries the next address. One that accepts and stays silent is left by
 * beginning anew with the hosts behind it, since libpq takes an end after that as a
 * rejection.
 */
#include "gateway/db/connect.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/loop.h"
#include "gateway/worker_thread.h"

#define MAX_KEYS 96      /* of a connection; libpq knows some forty */
#define MIN_TIMEOUT 2    /* s; libpq's */
#define MAX_TIMEOUT 3600 /* s */

/* What is tried one after the other: lists with commas, as libpq reads them. */
typedef struct Hosts
{
	PQconninfoOption *options; /* which own the strings below */
	const char *names;
	const char *addresses;
	const char *ports;
	bool prefers_standby; /* but takes another when there is none */
	int count;
	int left; /* that many were tried in vain */
} Hosts;

struct Connect
{
	ThreadTask task;
	const char *keys[MAX_KEYS];
	const char *values[MAX_KEYS];
	int count;
	int described; /* of these, what does not depend on which host is tried */
	Hosts hosts;
	char *cut[3];              /* of the lists, what is left to try */
	bool any;                  /* no more only a standby */
	int64_t limit;             /* ms for each host */
	atomic_llong due;          /* when the present one has had it */
	PQconninfoOption *replica; /* which owns some values */
	PGconn *conn;
	bool logged_in;
	ConnectDone done;
	void *owner; /* NULL: the owner has given it up */
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
	if (connect->count >= MAX_KEYS - 1)
		return;
	connect->keys[connect->count] = key;
	connect->values[connect->count++] = value;
	connect->keys[connect->count] = NULL;
}

/* The host that is tried now has its whole time. */
static void
connect_allow(Connect *connect)
{
	atomic_store(&connect->due, loop_now() + connect->limit);
}

/*
 * Of two values the later one counts: what a replica's string says goes before all
 * else.
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
	connect->described = connect->count;
	connect->limit = CONNECT_LIMIT;
	connect_allow(connect);
}

/* ---- several hosts ---- */

static int
list_count(const char *list)
{
	int count = 1;

	for (; *list; list++)
		count += *list == ',';
	return count;
}

/* From its nth element on; a list of one counts for all. */
static const char *
list_from(const char *list, int n)
{
	if (strchr(list, ',') == NULL)
		return list;
	for (; n > 0 && *list; list++)
		n -= *list == ',';
	return list;
}

static bool
list_has(const char *list, int n, const char *value)
{
	const char *element = list_from(list, n);
	size_t length = strcspn(element, ",");

	return length == strlen(value) && strncmp(element, value, length) == 0;
}

static const char *
option_value(const PQconninfoOption *options, const char *keyword)
{
	for (; options && options->keyword; options++)
		if (strcmp(options->keyword, keyword) == 0 && options->val)
			return options->val;
	return "";
}

/* As libpq has read them, from wherever they came. */
static void
hosts_read(Connect *connect, PGconn *conn)
{
	Hosts *hosts = &connect->hosts;
	int timeout;

	hosts->options = PQconninfo(conn);
	hosts->names = option_value(hosts->options, "host");
	hosts->addresses = option_value(hosts->options, "hostaddr");
	hosts->ports = option_value(hosts->options, "port");
	hosts->prefers_standby = strcmp(option_value(hosts->options, "target_session_attrs"),
									"prefer-standby") == 0;
	hosts->count = list_count(*hosts->addresses ? hosts->addresses : hosts->names);
	timeout = atoi(option_value(hosts->options, "connect_timeout"));
	if (timeout <= 0)
		return;
	if (timeout > MAX_TIMEOUT)
		timeout = MAX_TIMEOUT;
	connect->limit = (int64_t)(timeout < MIN_TIMEOUT ? MIN_TIMEOUT : timeout) * 1000;
}

/* Which of them the connection is at; the first that is left when it is not clear. */
static int
hosts_at(const Hosts *hosts, const PGconn *conn)
{
	const char *name = PQhost(conn);
	const char *port = PQport(conn);

	for (int i = hosts->left; name && i < hosts->count; i++)
		if ((list_has(hosts->names, i, name) || list_has(hosts->addresses, i, name) ||
			 (list_has(hosts->names, i, "") && list_has(hosts->addresses, i, ""))) &&
			(!port || list_has(hosts->ports, i, port) || list_has(hosts->ports, i, "")))
			return i;
	return hosts->left;
}

static void
connect_replace(Connect *connect, int which, const char *key, const char *list)
{
	if (*list == '\0')
		return;
	free(connect->cut[which]);
	connect->cut[which] = strdup(list);
	if (connect->cut[which])
		connect_add(connect, key, connect->cut[which]);
}

/* Those behind the first n. */
static void
connect_skip(Connect *connect, int n)
{
	Hosts *hosts = &connect->hosts;

	hosts->left = n;
	connect->count = connect->described;
	connect_replace(connect, 0, "host", list_from(hosts->names, n));
	connect_replace(connect, 1, "hostaddr", list_from(hosts->addresses, n));
	connect_replace(connect, 2, "port", list_from(hosts->ports, n));
	if (connect->any)
		connect_add(connect, "target_session_attrs", "any");
}

/* After one that said nothing, or after all: is there anything left to try? */
static bool
connect_goes_on(Connect *connect, const PGconn *conn, bool silent)
{
	Hosts *hosts = &connect->hosts;
	int next = silent ? hosts_at(hosts, conn) + 1 : hosts->count;

	if (next < hosts->count)
	{
		connect_skip(connect, next);
		return true;
	}
	/*
	 * libpq looks a second time for any at all, but only among those that it was
	 * given
	 */
	if (!hosts->prefers_standby || (!silent && hosts->left == 0))
		return false;
	hosts->prefers_standby = false;
	connect->any = true;
	connect_skip(connect, 0);
	return true;
}

/* ---- logging in ---- */

typedef enum Outcome
{
	OUTCOME_IN,
	OUTCOME_REFUSED,
	OUTCOME_SILENT
} Outcome;

/* False: it has had its time. */
static bool
connect_poll(const Connect *connect, int fd, PostgresPollingStatusType want)
{
	struct pollfd wait = {.fd = fd};
	int64_t left;
	int got;

	wait.events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT;
	do
	{
		left = atomic_load(&connect->due) - loop_now();
		got = poll(&wait, 1, left > 0 ? (int)left : 0);
	} while (got < 0 && errno == EINTR);
	return got > 0;
}

/* Not PQconnectdb(): its errors come without SQLSTATE. */
static Outcome
connect_wait(Connect *connect, PGconn *conn)
{
	PostgresPollingStatusType want = PGRES_POLLING_WRITING;
	const char *host = PQhost(conn);

	connect_allow(connect);
	while (want == PGRES_POLLING_WRITING || want == PGRES_POLLING_READING)
	{
		int fd = PQsocket(conn);

		if (fd < 0)
			return OUTCOME_REFUSED;
		if (!connect_poll(connect, fd, want))
		{
			if (PQstatus(conn) != CONNECTION_STARTED)
				return OUTCOME_SILENT;
			(void)shutdown(fd, SHUT_RDWR);
		}
		want = PQconnectPoll(conn);
		if (PQstatus(conn) == CONNECTION_STARTED || PQhost(conn) != host)
			connect_allow(connect);
		host = PQhost(conn);
	}
	return want == PGRES_POLLING_OK ? OUTCOME_IN : OUTCOME_REFUSED;
}

static PGconn *
connect_try(Connect *connect, Outcome *outcome)
{
	PGconn *conn = PQconnectStartParams(connect->keys, connect->values, 1);

	*outcome = OUTCOME_REFUSED;
	if (conn == NULL)
		return NULL;
	PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
	PQsetNoticeReceiver(conn, connect_ignore_notice, NULL);
	if (connect->hosts.options == NULL)
		hosts_read(connect, conn);
	if (PQstatus(conn) != CONNECTION_BAD)
		*outcome = connect_wait(connect, conn);
	return conn;
}

static void
connect_run(ThreadTask *task)
{
	Connect *connect = (Connect *)task;
	Outcome outcome;

	connect->conn = connect_try(connect, &outcome);
	while (connect->conn && outcome != OUTCOME_IN &&
		   connect_goes_on(connect, connect->conn, outcome == OUTCOME_SILENT))
	{
		PQfinish(connect->conn);
		connect->conn = connect_try(connect, &outcome);
	}
	connect->logged_in = connect->conn && outcome == OUTCOME_IN;
}

/* What it was given to read; the connection is its owner's. */
static void
connect_free_options(Connect *connect)
{
	PQconninfoFree(connect->replica);
	PQconninfoFree(connect->hosts.options);
	for (size_t i = 0; i < sizeof connect->cut / sizeof *connect->cut; i++)
		free(connect->cut[i]);
}

static void
connect_done(ThreadTask *task)
{
	Connect *connect = (Connect *)task;

	if (connect->owner)
		connect->done(connect->owner, connect->conn, connect->logged_in);
	else
		PQfinish(connect->conn);
	connect_free_options(connect);
	free(connect);
}

/* NULL: it could not be tried. */
Connect *
connect_start(const Config *config, ConnectDone done, void *owner)
{
	Connect *connect = calloc(1, sizeof *connect);

	if (connect == NULL)
		return NULL;
	connect->task = (ThreadTask){connect_run, connect_done};
	connect->done = done;
	connect->owner = owner;
	connect_describe(connect, config);
	if (thread_run(&connect->task))
		return connect;
	connect_free_options(connect);
	free(connect);
	return NULL;
}

/* When the host that is being tried has had its time: it may be another later. */
int64_t
connect_due(const Connect *connect)
{
	return atomic_load(&connect->due);
}

/* done is not called, and the connection is closed. */
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
	connect_run(&connect.task);
	connect_free_options(&connect);
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
