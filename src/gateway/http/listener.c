/*
 * listener.c
 *	  Accepts connections and hands them to libmicrohttpd.
 *
 * The gateway accepts connections itself, because libmicrohttpd knows one listening
 * socket and closes connections over its limit without an answer. The library runs
 * without a thread, on an epoll descriptor of its own, which the gateway's loop
 * watches.
 *
 * At most --clients connections are open. At the limit the connection that has been
 * idle longest is closed for the next one; when none is idle, new ones wait in the
 * backlog.
 *
 * Memory for one connection is bounded: it holds the head (--max-head) and what
 * libmicrohttpd makes of it; bodies are counted separately, in handler.c.
 */
#include "gateway/http/listener.h"

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/db/replicas.h"
#include "gateway/http/connection.h"
#include "gateway/http/handler.h"
#include "gateway/http/raw_error.h"
#include "gateway/http/sockets.h"
#include "gateway/log.h"
#include "gateway/loop.h"

#define HEAD_OVERHEAD 4096   /* what libmicrohttpd makes of a head, and of an answer's */
#define OTHER_DESCRIPTORS 64 /* beside clients and connections */
#define ACCEPT_BATCH 64      /* so that open connections get their turn */
#define SHORTAGE_PAUSE 500   /* ms that we wait when the kernel has nothing left for us */

typedef struct ListeningSocket
{
	int fd;
	Source source;
} ListeningSocket;

static struct MHD_Daemon *listener_daemon;
static Source listener_source;
static ListeningSocket listening[MAX_SOCKETS];
static int listening_count;
static int max_clients;
static bool paused;       /* at the limit: new connections stay in the backlog */
static int64_t resume_at; /* not before */

/* Never more clients than descriptors: accept() would fail for ever. */
static int
listener_clients(const Config *config)
{
	struct rlimit limit;
	long room;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return config->clients;
	if (limit.rlim_cur < limit.rlim_max)
	{
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		getrlimit(RLIMIT_NOFILE, &limit);
	}
	room = (long)limit.rlim_cur - config->connections - replicas_descriptors() -
		   OTHER_DESCRIPTORS;
	if (limit.rlim_cur == RLIM_INFINITY || room >= config->clients)
		return config->clients;
	log_line("%ld descriptors allow %ld clients only", (long)limit.rlim_cur, room);
	return room > 1 ? (int)room : 1;
}

/* libmicrohttpd's remarks on broken requests would let any client fill the log. */
static void
listener_ignore(void *cls, const char *format, va_list args)
{
	(void)cls;
	(void)format;
	(void)args;
}

/* What libmicrohttpd keeps for each connection. */
static size_t
listener_pool_size(const Config *config)
{
	return (size_t)config->max_head + HEAD_OVERHEAD;
}

static void
listener_expire(Connection *connection)
{
	raw_error_send(connection, ERROR_REQUEST_TIMEOUT, NULL);
}

static bool
listener_rule(const Gateway *gateway)
{
	return connections_start(&(ConnectionRules){
		.config = gateway->config,
		.proxies = &gateway->proxies,
		.pool_size = listener_pool_size(gateway->config),
		.abandon = request_abandon,
		.expire = listener_expire,
	});
}

static struct MHD_Daemon *
listener_daemon_start(Gateway *gateway)
{
	const Config *config = gateway->config;

	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
			MHD_USE_NO_LISTEN_SOCKET,
		0, NULL, NULL, request_handle, gateway, MHD_OPTION_EXTERNAL_LOGGER,
		listener_ignore, NULL, MHD_OPTION_CONNECTION_LIMIT, (unsigned int)max_clients,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)config->idle_timeout,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, listener_pool_size(config),
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_URI_LOG_CALLBACK, request_begin,
		gateway, MHD_OPTION_NOTIFY_COMPLETED, request_end, gateway,
		MHD_OPTION_NOTIFY_CONNECTION, connection_notify, NULL, MHD_OPTION_END);
}

static void
listener_pause(void)
{
	for (int i = 0; i < listening_count; i++)
		loop_forget(listening[i].fd);
	paused = true;
}

static bool
listener_watch(void)
{
	paused = false;
	for (int i = 0; i < listening_count; i++)
		if (!loop_watch(listening[i].fd, EPOLLIN, &listening[i].source))
			return false;
	return true;
}

/*
 * An address with too many connections gets an error, as far as it fits into the
 * socket.
 */
static void
listener_reject(int fd, const struct sockaddr *address)
{
	char unread[4096];
	char name[INET6_ADDRSTRLEN] = "";

	connection_name(name, address);
	raw_error_send_unknown(fd, name, ERROR_ADDRESS_LIMIT);
	shutdown(fd, SHUT_WR);
	(void)!recv(fd, unread, sizeof unread, MSG_DONTWAIT); /* or closing resets it */
	close(fd);
}

static void
listener_admit(int fd, const struct sockaddr *address, socklen_t size)
{
	Connection *connection = connection_create(fd, address);

	if (connection == NULL)
	{
		listener_reject(fd, address);
		return;
	}
	/* if it is refused its socket is closed, and ours freed if we were notified */
	if (MHD_add_connection(listener_daemon, fd, address, size) == MHD_NO &&
		connection_of_descriptor(fd))
		connection_free(connection);
}

/* False: no connection waits, or the limit is reached. */
static bool
listener_accept(int from)
{
	struct sockaddr_storage address = {0};
	socklen_t size = sizeof address;
	int fd;

	if (connections_count() >= max_clients)
	{
		if (!connections_make_room())
			listener_pause();
		return false;
	}
	fd = accept4(from, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		listener_admit(fd, (struct sockaddr *)&address, size);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
	{
		listener_pause();
		resume_at = loop_now() + SHORTAGE_PAUSE;
	}
	else
		return errno == ECONNABORTED || errno == EINTR;
	return fd >= 0;
}

static void
listening_ready(void *owner, uint32_t events)
{
	const ListeningSocket *one = owner;

	(void)events;
	for (int i = 0; i < ACCEPT_BATCH && !paused && one->fd >= 0; i++)
		if (!listener_accept(one->fd))
			return;
}

static void
listener_ready(void *owner, uint32_t events)
{
	(void)owner;
	(void)events; /* listener_turn() runs in every turn of the loop */
}

static void
listener_announce(int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t size = sizeof address;
	char host[NI_MAXHOST] = "a socket";
	char port[NI_MAXSERV] = "";

	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return;
	if (address.ss_family == AF_UNIX)
		log_line("listening on %.107s", ((struct sockaddr_un *)&address)->sun_path);
	else if (getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port,
						 sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		log_line("listening on %s port %s", host, port);
}

static bool
listener_open(const Config *config)
{
	int sockets[MAX_SOCKETS];

	listening_count = sockets_open(config, sockets);
	for (int i = 0; i < listening_count; i++)
	{
		listening[i].fd = sockets[i];
		listening[i].source.ready = listening_ready;
		listening[i].source.owner = &listening[i];
		listener_announce(sockets[i]);
	}
	return listening_count > 0 && listener_watch();
}

bool
listener_start(Gateway *gateway)
{
	const union MHD_DaemonInfo *info;

	if (!listener_rule(gateway) || !listener_open(gateway->config))
		return false;
	max_clients = listener_clients(gateway->config);
	listener_daemon = listener_daemon_start(gateway);
	if (listener_daemon == NULL)
	{
		log_line("libmicrohttpd does not start");
		return false;
	}
	listener_source.ready = listener_ready;
	info = MHD_get_daemon_info(listener_daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return info && loop_watch(info->epoll_fd, EPOLLIN, &listener_source);
}

/* Read, write and resume what is due, and accept again when there is room. */
void
listener_turn(void)
{
	MHD_run(listener_daemon);
	connections_turn();
	if (paused && connections_count() < max_clients && loop_now() >= resume_at)
		(void)listener_watch();
}

/*
 * Milliseconds until libmicrohttpd or a time limit needs a turn without an event, or
 * -1.
 */
int64_t
listener_wait(void)
{
	MHD_UNSIGNED_LONG_LONG wait;
	int64_t ours = connections_wait();

	if (paused && listening_count > 0 && (ours < 0 || ours > SHORTAGE_PAUSE))
		ours = SHORTAGE_PAUSE;
	if (MHD_get_timeout(listener_daemon, &wait) != MHD_YES)
		return ours;
	if (wait > 60000)
		wait = 60000;
	return ours >= 0 && ours < (int64_t)wait ? ours : (int64_t)wait;
}

/*
 * Accept no more. Our descriptors are closed; connections in the backlog stay with
 * the other processes that have the sockets.
 */
void
listener_quiesce(void)
{
	listener_pause();
	for (int i = 0; i < listening_count; i++)
	{
		close(listening[i].fd);
		listening[i].fd = -1;
	}
	listening_count = 0;
	connections_drain();
}

/* No connection may be suspended any more: the library would abort. */
void
listener_stop(void)
{
	MHD_stop_daemon(listener_daemon);
}
