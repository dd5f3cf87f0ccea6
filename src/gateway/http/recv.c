/*
 * recv.c
 *	  Reads a client's bytes before libmicrohttpd does.
 *
 * libmicrohttpd reads sockets itself and has no hook there. But it calls recv() by
 * its dynamic symbol, so this program defines that function, as mhd_errors.c does
 * with another: for sockets of clients framing.c checks the bytes, for all others
 * (libpq's) it is the ordinary call. recv() is recvfrom() without an address.
 *
 * A request that is wrong is cut off before libmicrohttpd has seen its first byte, or
 * where it has seen some, before the wrong one; the connection reads as ended behind
 * that. The requests before it are answered first: until then there is nothing more
 * to read, and connection.c wakes the library afterwards. Then the error is written
 * to the socket, past the library, and the connection closes.
 */
#undef _FORTIFY_SOURCE /* its recv() is an inline function */

#include <errno.h>
#include <sys/socket.h>

#include "gateway/http/connection.h"
#include "gateway/http/raw_error.h"

#define DRAIN_PIECES 16

/* libmicrohttpd reads an end, and closes. */
static ssize_t
recv_reject(Connection *connection)
{
	char unread[4096];

	if (connection->stage == CONNECTION_CLOSING)
		return 0;
	if (connection->framing.overflows)
		raw_error_send(connection, ERROR_BODY_TOO_LARGE, NULL);
	else
		raw_error_send(connection, ERROR_BAD_REQUEST,
					   framing_error(&connection->framing));
	shutdown(connection->fd, SHUT_WR);
	/* or closing resets the connection, and the error is lost */
	for (int i = 0; i < DRAIN_PIECES; i++)
		if (recvfrom(connection->fd, unread, sizeof unread, MSG_DONTWAIT, NULL, NULL) <=
			0)
			break;
	return 0;
}

/*
 * libmicrohttpd also reads while it has a request to answer, when it was suspended.
 */
static ssize_t
recv_end(Connection *connection)
{
	if (connection->stage != CONNECTION_WAITING &&
		connection->stage != CONNECTION_SENDING &&
		connection->stage != CONNECTION_STREAMING)
		return recv_reject(connection);
	errno = EAGAIN;
	return -1;
}

static ssize_t
recv_scan(Connection *connection, const char *bytes, size_t got)
{
	size_t start;

	if (framing_scan(&connection->framing, bytes, got, &start) == got)
		return (ssize_t)got;
	connection->broken = true;
	return start > 0 ? (ssize_t)start : recv_end(connection);
}

/* Overrides libc's function of this name. */
ssize_t
recv(int fd, void *buffer, size_t length, int flags)
{
	Connection *connection = connection_of_descriptor(fd);
	ssize_t got;

	if (connection != NULL && connection->broken && (flags & MSG_PEEK) == 0)
		return recv_end(connection);
	got = recvfrom(fd, buffer, length, flags, NULL, NULL);
	if (connection == NULL || got <= 0 || (flags & MSG_PEEK) != 0)
		return got;
	return recv_scan(connection, buffer, (size_t)got);
}
