/*
 * recv.c
 *	  Reads a client's bytes before libmicrohttpd does.
 *
 * The library reads sockets itself and has no hook there. But it calls recv() by its
 * dynamic symbol, so this program defines that function, as mhd_errors.c does with
 * another: for sockets of clients framing.c looks at what came, for all others (libpq's)
 * it is the call that it always was. recv() is recvfrom() without an address.
 *
 * A request that is wrong is cut off before the library has seen its first byte, or where
 * it has seen some, before the wrong one; the connection reads as ended behind that. What
 * stands before it is answered first: until then there is nothing more to read, and
 * connection.c wakes the library when it has been. Then the refusal is written, past the
 * library, and the connection closes.
 */
#undef _FORTIFY_SOURCE /* its recv() is an inline function */

#include <errno.h>
#include <sys/socket.h>

#include "gateway/http/connection.h"
#include "gateway/http/raw_error.h"

#define DRAIN_PIECES 16

/* The library reads an end, and closes. */
static ssize_t
tap_refuse(Peer *peer)
{
	char unread[4096];

	if (peer->stage == PEER_CLOSING)
		return 0;
	reject_peer(peer, REFUSE_BAD_REQUEST, wire_fault(&peer->wire));
	shutdown(peer->fd, SHUT_WR);
	/* or closing resets the connection, and the refusal is lost */
	for (int i = 0; i < DRAIN_PIECES; i++)
		if (recvfrom(peer->fd, unread, sizeof unread, MSG_DONTWAIT, NULL, NULL) <= 0)
			break;
	return 0;
}

/* The library also reads while it has a request to answer, when it was suspended. */
static ssize_t
tap_end(Peer *peer)
{
	if (peer->stage != PEER_WAITING && peer->stage != PEER_SENDING &&
		peer->stage != PEER_STREAMING)
		return tap_refuse(peer);
	errno = EAGAIN;
	return -1;
}

static ssize_t
tap_look(Peer *peer, const char *bytes, size_t got)
{
	size_t start;

	if (wire_scan(&peer->wire, bytes, got, &start) == got)
		return (ssize_t)got;
	peer->broken = true;
	return start > 0 ? (ssize_t)start : tap_end(peer);
}

/* Stands before libc's function of this name. */
ssize_t
recv(int fd, void *buffer, size_t length, int flags)
{
	Peer *peer = peer_of_descriptor(fd);
	ssize_t got;

	if (peer != NULL && peer->broken && (flags & MSG_PEEK) == 0)
		return tap_end(peer);
	got = recvfrom(fd, buffer, length, flags, NULL, NULL);
	if (peer == NULL || got <= 0 || (flags & MSG_PEEK) != 0)
		return got;
	return tap_look(peer, buffer, (size_t)got);
}
