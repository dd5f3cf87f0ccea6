/*
 * listener.c
 *	  The listening socket and libmicrohttpd behind it.
 *
 * The socket is best inherited (LISTEN_FDS, as systemd and the supervisor pass it):
 * whoever opened it keeps it over restarts, so connections wait in its backlog and none
 * is refused. libmicrohttpd runs without a thread, on its own epoll descriptor, which
 * our loop watches.
 *
 * Memory for one connection is bounded: it holds the head (--max-head) and what
 * libmicrohttpd makes of it; bodies are counted apart, in request.c.
 */
#include "gateway/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/loop.h"

#define INHERITED_FD 3       /* the first one that LISTEN_FDS counts */
#define LISTEN_BACKLOG 1024  /* the kernel's somaxconn bounds it again */
#define HEAD_OVERHEAD 4096   /* what the library makes of a head, and of an answer's */
#define OTHER_DESCRIPTORS 64 /* beside clients and connections */

static struct MHD_Daemon *listener_daemon;
static Source listener_source;

/* The passed-on socket, or -1. The variables are not for our children. */
static int
socket_inherited(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");
	bool ours = pid && count && atol(pid) == (long)getpid() && atoi(count) >= 1;
	int listening = 0;
	socklen_t size = sizeof listening;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (!ours)
		return -1;
	if (getsockopt(INHERITED_FD, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0 ||
		!listening)
	{
		log_line("descriptor 3 was announced as a listening socket and is none");
		return -1;
	}
	fcntl(INHERITED_FD, F_SETFD, FD_CLOEXEC);
	return INHERITED_FD;
}

static int
socket_listen(const struct addrinfo *where)
{
	int fd = socket(where->ai_family, where->ai_socktype | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, where->ai_addr, where->ai_addrlen) == 0 &&
		listen(fd, LISTEN_BACKLOG) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
socket_open(const Config *config)
{
	struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found = NULL;
	const char *host = strcmp(config->address, "*") == 0 ? NULL : config->address;
	char port[16];
	int problem;
	int fd;

	snprintf(port, sizeof port, "%d", config->port);
	problem = getaddrinfo(host, port, &wanted, &found);
	if (problem)
	{
		log_line("address \"%s\": %s", config->address, gai_strerror(problem));
		return -1;
	}
	fd = socket_listen(found);
	if (fd < 0)
		log_line("cannot listen on %s port %d: %s; choose another --port or stop the "
				 "program that has it",
				 config->address, config->port, strerror(errno));
	freeaddrinfo(found);
	return fd;
}

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
	room = (long)limit.rlim_cur - config->connections - OTHER_DESCRIPTORS;
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

static struct MHD_Daemon *
listener_daemon_start(Gateway *gateway, int fd)
{
	const Config *config = gateway->config;

	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
		request_handle, gateway, MHD_OPTION_EXTERNAL_LOGGER, listener_ignore, NULL,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned int)listener_clients(config), MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)config->idle_timeout, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)config->max_head + HEAD_OVERHEAD, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_URI_LOG_CALLBACK, request_begin, gateway, MHD_OPTION_NOTIFY_COMPLETED,
		request_end, gateway, MHD_OPTION_END);
}

static void
listener_ready(void *owner, uint32_t events)
{
	(void)owner;
	(void)events; /* listener_turn() runs in every turn of the loop */
}

static void
listener_announce(int fd, bool inherited)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof address;
	char host[NI_MAXHOST] = "a socket";
	char port[NI_MAXSERV] = "";

	if (getsockname(fd, (struct sockaddr *)&address, &size) == 0 &&
		address.ss_family != AF_UNIX)
		getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port,
					sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
	log_line("listening on %s%s%s%s", host, *port ? " port " : "", port,
			 inherited ? ", socket inherited" : "");
}

bool
listener_start(Gateway *gateway)
{
	int inherited = socket_inherited();
	int fd = inherited >= 0 ? inherited : socket_open(gateway->config);
	const union MHD_DaemonInfo *info;

	if (fd < 0)
		return false;
	listener_daemon = listener_daemon_start(gateway, fd);
	if (listener_daemon == NULL)
	{
		log_line("libmicrohttpd does not start");
		return false;
	}
	listener_source.ready = listener_ready;
	info = MHD_get_daemon_info(listener_daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL || !loop_watch(info->epoll_fd, EPOLLIN, &listener_source))
		return false;
	listener_announce(fd, inherited >= 0);
	return true;
}

/* Accept, read, write and resume whatever is due. */
void
listener_turn(void)
{
	MHD_run(listener_daemon);
}

/* Milliseconds until the library wants to run without an event, -1 for never. */
int64_t
listener_wait(void)
{
	MHD_UNSIGNED_LONG_LONG wait;

	if (MHD_get_timeout(listener_daemon, &wait) != MHD_YES)
		return -1;
	return wait > 60000 ? 60000 : (int64_t)wait;
}

/*
 * Accept no more. Our descriptor is closed; connections in the backlog stay with
 * whoever else has the socket.
 */
void
listener_quiesce(void)
{
	MHD_socket fd = MHD_quiesce_daemon(listener_daemon);

	if (fd != MHD_INVALID_SOCKET)
		close(fd);
}

/* No connection may be suspended any more: the library would abort. */
void
listener_stop(void)
{
	MHD_stop_daemon(listener_daemon);
}
