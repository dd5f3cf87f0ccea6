/*
 * listen_socket.c
 *		Opens listening sockets, on an address and port or on a path.
 */
#include "common/listen_socket.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTEN_BACKLOG 1024 /* the kernel's somaxconn bounds it again */

static int
socket_listen(const struct sockaddr *address, socklen_t size)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;
	int saved;

	if (fd < 0)
		return LISTEN_FAILED;
	/* closing connections of an earlier gateway must not keep this one out */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, address, size) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return LISTEN_FAILED;
}

int
realty_listen_tcp(const char *address, int port, const char **problem)
{
	struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found = NULL;
	const char *host = strcmp(address, "*") == 0 ? NULL : address;
	char service[16];
	int code;
	int fd;

	snprintf(service, sizeof service, "%d", port);
	code = getaddrinfo(host, service, &wanted, &found);
	if (code)
	{
		*problem = gai_strerror(code);
		return LISTEN_NO_ADDRESS;
	}
	fd = socket_listen(found->ai_addr, found->ai_addrlen);
	*problem = fd < 0 ? strerror(errno) : NULL;
	freeaddrinfo(found);
	return fd;
}

/* A file that an ended process left behind, without a listener. */
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

int
realty_listen_unix(const char *path, const char **problem)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	*problem = "the path is too long";
	if (strlen(path) >= sizeof address.sun_path)
		return LISTEN_FAILED;
	strcpy(address.sun_path, path);
	if (socket_is_stale(&address))
		(void)unlink(path);
	fd = socket_listen((struct sockaddr *)&address, sizeof address);
	*problem = fd < 0 || chmod(path, 0666) < 0 ? strerror(errno) : NULL;
	return fd;
}
