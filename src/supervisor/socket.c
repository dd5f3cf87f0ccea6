/*
 * socket.c
 *		Opens the socket that the gateways listen on.
 *
 * The supervisor opens it once and every gateway inherits it: while one is started anew,
 * connections wait in the socket's backlog instead of being refused. (With one socket
 * for each gateway, SO_REUSEPORT, closing one resets the connections that wait in it.)
 */
#include "postgres.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "supervisor/socket.h"

#define LISTEN_BACKLOG 1024 /* the kernel's somaxconn bounds it again */

static int
socket_bind(const struct addrinfo *where)
{
	int fd = socket(where->ai_family, where->ai_socktype | SOCK_CLOEXEC, 0);
	int on = 1;
	int saved;

	if (fd < 0)
		return -1;
	/* connections of an earlier gateway that still close must not keep us out */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, where->ai_addr, where->ai_addrlen) == 0 &&
		listen(fd, LISTEN_BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* The socket, or -1 and in *problem why. */
int
realty_socket_listen(const char *address, int port, const char **problem)
{
	struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found = NULL;
	char service[16];
	int code;
	int fd;

	snprintf(service, sizeof service, "%d", port);
	code =
		getaddrinfo(strcmp(address, "*") == 0 ? NULL : address, service, &wanted, &found);
	if (code)
	{
		*problem = gai_strerror(code);
		return -1;
	}
	fd = socket_bind(found);
	if (fd < 0)
		*problem = strerror(errno);
	freeaddrinfo(found);
	return fd;
}
