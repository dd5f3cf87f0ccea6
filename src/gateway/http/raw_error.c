/*
 * raw_error.c
 *	  Refusals that are said past libmicrohttpd, to who has no request yet or whose
 * request is none; and told to the log and the metrics all the same.
 *
 * Threat: what is refused before there is a request, by the hundred a second, while the
 * operator's numbers show a quiet night. So each of them is a line of the log and is
 * counted: with the line of its request where one had begun, else with one of its own,
 * which names the other end of the connection, since nothing else tells who it was.
 */
#include "gateway/http/raw_error.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/access_log.h"
#include "gateway/http/request_head.h"
#include "gateway/http/response.h"

/*
 * Whose request has begun gets its line when that ends, which the library sees to. NULL:
 * the reason is the refusal's own sentence. Once for each connection: it ends with it.
 */
void
reject_peer(Peer *peer, Refusal refusal, const char *reason)
{
	Request nobody = {0};
	Request *request = peer->request ? peer->request : &nobody;

	if (peer->rejected)
		return;
	peer->rejected = true;
	if (request->id[0] == '\0')
		head_identify(request, NULL);
	request->status = refusal_text(refusal)->status;
	request->access.reason = reason ? reason : refusal_text(refusal)->message;
	request->access.client = peer->address;
	request->length = (int64_t)respond_raw(peer->fd, refusal, request->id);
	if (request == &nobody)
		access_reject(request);
}

/* Somebody who is not let in. */
void
reject_stranger(int fd, const char *address, Refusal refusal)
{
	Peer stranger = {.fd = fd};

	snprintf(stranger.address, sizeof stranger.address, "%s", address);
	reject_peer(&stranger, refusal, NULL);
}
