/*
 * sockets.c
 *	  The listening sockets: inherited, or opened here.
 *
 * They are best inherited (LISTEN_FDS, as systemd and the supervisor pass them): the
 * process that opened them keeps them over restarts, so connections wait in their backlog
 * and none is refused.
 */
#include "gateway/http/sockets.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/listen_socket.h"
#include "gateway/log.h"

#define INHERITED_FD 3 /* the first one that LISTEN_FDS counts */

static bool
is_listening(int fd)
{
	int listening = 0;
	socklen_t size = sizeof listening;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening;
}

static bool
socket_adopt(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (!is_listening(fd))
	{
		log_line("descriptor %d was passed as a listening socket, but is not one", fd);
		return false;
	}
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* The passed-on sockets; 0: none, -1: not what was announced. */
static int
sockets_inherit(int *sockets)
{
	const char *pid = getenv("LISTEN_PID");
	const char *fds = getenv("LISTEN_FDS");
	int count = pid && fds && atol(pid) == (long)getpid() ? atoi(fds) : 0;

	/* they are not for our children */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (count > MAX_SOCKETS)
		count = MAX_SOCKETS;
	for (int i = 0; i < count; i++)
	{
		sockets[i] = INHERITED_FD + i;
		if (!socket_adopt(sockets[i]))
			return -1;
	}
	return count > 0 ? count : 0;
}

static int
socket_open_tcp(const Config *config)
{
	const char *problem;
	int fd = realty_listen_tcp(config->address, config->port, &problem);

	if (fd == LISTEN_NO_ADDRESS)
		log_line("address \"%s\": %s", config->address, problem);
	else if (fd < 0)
		log_line("cannot listen on %s port %d: %s; choose another --port or stop the "
				 "program that has it",
				 config->address, config->port, problem);
	return fd;
}

static int
socket_open_unix(const Config *config)
{
	const char *problem;
	int fd = realty_listen_unix(config->socket, &problem);

	if (fd < 0)
		log_line("cannot listen on %s: %s; choose another --socket, or stop the program "
				 "that has it",
				 config->socket, problem);
	else if (problem)
		log_line("cannot open %s to all: %s", config->socket, problem);
	return fd;
}

/* Returns how many; 0: said in the log why there is none. */
int
sockets_open(const Config *config, int *sockets)
{
	int count = sockets_inherit(sockets);

	if (count != 0)
		return count > 0 ? count : 0;
	if (config->port > 0 && (sockets[count++] = socket_open_tcp(config)) < 0)
		return 0;
	if (*config->socket && (sockets[count++] = socket_open_unix(config)) < 0)
		return 0;
	if (count == 0)
		log_line("nothing to listen on: give a --port or a --socket");
	return count;
}
