/*
 * socket.c
 *		Opens the socket that the gateways listen on.
 *
 * The supervisor opens it once and every gateway inherits it: while one is started
 * anew, connections wait in the socket's backlog instead of being refused. (With one
 * socket for each gateway, SO_REUSEPORT, closing one resets the connections that wait
 * in it.)
 */
#include "postgres.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "supervisor/socket.h"

#define LISTEN_BACKLOG 1024 /* the kernel's somaxconn bounds it again */

static int
socket_bind(const struct sockaddr *address, socklen_t size)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;
	int saved;

	if (fd < 0)
		return -1;
	/* connections of an earlier gateway that still close must not keep us out */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, address, size) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
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
	fd = socket_bind(found->ai_addr, found->ai_addrlen);
	if (fd < 0)
		*problem = strerror(errno);
	freeaddrinfo(found);
	return fd;
}

/*
 * A file that a server which was killed left behind: nobody listens on it any more.
 */
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

/*
 * The same on a path. Whoever may enter its directory may connect, as anybody on this
 * host may to a port of the loopback address.
 */
int
realty_socket_listen_local(const char *path, const char **problem)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	strlcpy(address.sun_path, path, sizeof address.sun_path);
	if (socket_is_stale(&address))
		(void)unlink(path);
	fd = socket_bind((struct sockaddr *)&address, sizeof address);
	if (fd < 0 || chmod(path, 0666) < 0)
		*problem = strerror(errno);
	return fd;
}
