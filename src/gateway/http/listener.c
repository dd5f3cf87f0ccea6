/*
 * listener.c
 *	  Lets clients in: accepts, counts, and hands them to libmicrohttpd.
 *
 * We accept ourselves, because the library knows one listening socket, and would close
 * whom it does not want without a word. It runs without a thread, on an epoll descriptor
 * of its own, which our loop watches.
 *
 * At most --clients are let in. When that many are there, whoever is idle longest makes
 * room for the next; when nobody is idle, the next ones wait in the backlog.
 *
 * Memory for one connection is bounded: it holds the head (--max-head) and what
 * libmicrohttpd makes of it; bodies are counted apart, in request.c.
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

#define HEAD_OVERHEAD 4096   /* what the library makes of a head, and of an answer's */
#define OTHER_DESCRIPTORS 64 /* beside clients and connections */
#define ACCEPT_BATCH 64      /* so that those who are in get their turn */
#define SHORTAGE_PAUSE 500   /* ms that we wait when the kernel has nothing left for us */

typedef struct Listening
{
	int fd;
	Source source;
} Listening;

static struct MHD_Daemon *listener_daemon;
static Source listener_source;
static Listening listening[SOCKETS_MOST];
static int listening_count;
static int clients_most;
static bool paused;       /* no room: the backlog keeps whoever comes */
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

/* The library's remarks on broken requests would let any client fill the log. */
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
listener_expire(Peer *peer)
{
	reject_peer(peer, REFUSE_SLOW, NULL);
}

static bool
listener_rule(const Gateway *gateway)
{
	return peers_start(&(PeerRules){
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
		listener_ignore, NULL, MHD_OPTION_CONNECTION_LIMIT, (unsigned int)clients_most,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)config->idle_timeout,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, listener_pool_size(config),
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_URI_LOG_CALLBACK, request_begin,
		gateway, MHD_OPTION_NOTIFY_COMPLETED, request_end, gateway,
		MHD_OPTION_NOTIFY_CONNECTION, peer_notify, NULL, MHD_OPTION_END);
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

/* Who has too many connections is told so, as far as that fits into the socket. */
static void
listener_refuse(int fd, const struct sockaddr *address)
{
	char unread[4096];
	char name[INET6_ADDRSTRLEN] = "";

	peer_name(name, address);
	reject_stranger(fd, name, REFUSE_CROWD);
	shutdown(fd, SHUT_WR);
	(void)!recv(fd, unread, sizeof unread, MSG_DONTWAIT); /* or closing resets it */
	close(fd);
}

static void
listener_greet(int fd, const struct sockaddr *address, socklen_t size)
{
	Peer *peer = peer_create(fd, address);

	if (peer == NULL)
	{
		listener_refuse(fd, address);
		return;
	}
	/* when it is refused its socket is closed, and the peer free if we were told of it */
	if (MHD_add_connection(listener_daemon, fd, address, size) == MHD_NO &&
		peer_of_descriptor(fd))
		peer_free(peer);
}

/* False: nobody waits any more, or there is no room. */
static bool
listener_accept(int from)
{
	struct sockaddr_storage address = {0};
	socklen_t size = sizeof address;
	int fd;

	if (peers_count() >= clients_most)
	{
		if (!peers_make_room())
			listener_pause();
		return false;
	}
	fd = accept4(from, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		listener_greet(fd, (struct sockaddr *)&address, size);
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
	const Listening *one = owner;

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
	int sockets[SOCKETS_MOST];

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
	clients_most = listener_clients(gateway->config);
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

/* Read, write and resume whatever is due, and open the doors when there is room again. */
void
listener_turn(void)
{
	MHD_run(listener_daemon);
	peers_turn();
	if (paused && peers_count() < clients_most && loop_now() >= resume_at)
		(void)listener_watch();
}

/* Milliseconds until the library or a limit of time wants us without an event, or -1. */
int64_t
listener_wait(void)
{
	MHD_UNSIGNED_LONG_LONG wait;
	int64_t ours = peers_wait();

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
 * whoever else has the sockets.
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
	peers_drain();
}

/* No connection may be suspended any more: the library would abort. */
void
listener_stop(void)
{
	MHD_stop_daemon(listener_daemon);
}
