#ifndef REALTY_GATEWAY_HTTP_CONNECTION_H
#define REALTY_GATEWAY_HTTP_CONNECTION_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "gateway/config.h"
#include "gateway/http/address_limit.h"
#include "gateway/http/framing.h"
#include "gateway/http/proxy.h"
#include "gateway/loop.h"

/* What a connection is at. Each stage has its own limit of time, see connection.c. */
typedef enum PeerStage
{
	PEER_NEW,       /* no head yet */
	PEER_IDLE,      /* between two requests */
	PEER_RECEIVING, /* the head is here, the body is coming */
	PEER_WAITING,   /* the database works */
	PEER_SENDING,   /* an answer of known length is on its way */
	PEER_STREAMING, /* an answer without an end */
	PEER_CLOSING,   /* its socket is shut down, libmicrohttpd has yet to notice */
	PEER_STAGES
} PeerStage;

struct Request;

/* A connection. */
typedef struct Peer
{
	struct Peer *next;
	struct Peer *previous;
	PeerStage stage;
	int fd;
	bool proxy;    /* a trusted one */
	bool watched;  /* for its going away, by the loop */
	bool broken;   /* it has sent what is no request */
	bool rejected; /* and was told so */
	bool slimmed;  /* its memory was given back since it fell idle */
	int64_t since; /* when the stage began */
	int64_t bytes; /* of body come in, or of answer to go out, in this stage */
	void *memory;  /* somewhere in what libmicrohttpd keeps for the connection */
	Wire wire;     /* how far its bytes were read */
	CrowdPlace *place;
	struct Request *request; /* from its first line to its last byte */
	Source source;
	char address[INET6_ADDRSTRLEN]; /* empty for a Unix-domain socket */
} Peer;

/* What connections are judged by, and what is called when one has had its time. */
typedef struct PeerRules
{
	const Config *config;
	const Proxies *proxies;
	size_t pool_size; /* what libmicrohttpd keeps for each connection */
	void (*abandon)(struct Request *request); /* its client left while it waits */
	void (*expire)(Peer *peer); /* no request came in time: to be told before the end */
} PeerRules;

bool peers_start(const PeerRules *rules);
Peer *peer_of_descriptor(int fd);
int peers_count(void);
void peers_turn(void);
int64_t peers_wait(void);
void peers_drain(void);
bool peers_make_room(void);
void peer_name(char name[INET6_ADDRSTRLEN], const struct sockaddr *address);
Peer *peer_create(int fd, const struct sockaddr *address);
void peer_free(Peer *peer);
void peer_enter(Peer *peer, PeerStage stage, int64_t bytes);
void peer_notify(void *cls, struct MHD_Connection *connection, void **context,
				 enum MHD_ConnectionNotificationCode code);
Peer *peer_of(struct MHD_Connection *connection);

#endif
