/*
 * sockets.c
 *	  The listening sockets: passed on, or opened here.
 *
 * They are best inherited (LISTEN_FDS, as systemd and the supervisor pass them):
 * whoever opened them keeps them over restarts, so connections wait in their backlog
 * and none is refused.
 */
#include "gateway/http/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/log.h"

#define INHERITED_FD 3      /* the first one that LISTEN_FDS counts */
#define LISTEN_BACKLOG 1024 /* the kernel's somaxconn bounds it again */

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
		log_line("descriptor %d was announced as a listening socket and is none", fd);
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
socket_listen(const struct sockaddr *address, socklen_t size)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;
	int saved;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, address, size) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int
socket_open_tcp(const Config *config)
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
	fd = socket_listen(found->ai_addr, found->ai_addrlen);
	if (fd < 0)
		log_line("cannot listen on %s port %d: %s; choose another --port or stop the "
				 "program that has it",
				 config->address, config->port, strerror(errno));
	freeaddrinfo(found);
	return fd;
}

/* A file that a gateway left behind, without a listener. */
static bool
socket_is_stale(const struct sockaddr_un *address)
{
	struct stat status;
	int fd;
	bool refused;

	if (lstat(address->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)address, sizeof *address) < 0 &&
			  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

/* A process that may enter its directory may connect, as to a loopback port. */
static int
socket_open_local(const Config *config)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(config->socket) >= sizeof address.sun_path)
	{
		log_line("cannot listen on %s: the path is too long", config->socket);
		return -1;
	}
	strcpy(address.sun_path, config->socket);
	if (socket_is_stale(&address))
		unlink(config->socket);
	fd = socket_listen((struct sockaddr *)&address, sizeof address);
	if (fd < 0)
		log_line("cannot listen on %s: %s; choose another --socket, or stop the program "
				 "that has it",
				 config->socket, strerror(errno));
	else if (chmod(config->socket, 0666) < 0)
		log_line("cannot open %s to all: %s", config->socket, strerror(errno));
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
	if (*config->socket && (sockets[count++] = socket_open_local(config)) < 0)
		return 0;
	if (count == 0)
		log_line("nothing to listen on: give a --port or a --socket");
	return count;
}
