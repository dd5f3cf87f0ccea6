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
typedef enum ConnectionStage
{
	CONNECTION_NEW,       /* no head yet */
	CONNECTION_IDLE,      /* between two requests */
	CONNECTION_RECEIVING, /* the head is here, the body is coming */
	CONNECTION_WAITING,   /* the database works */
	CONNECTION_SENDING,   /* an answer of known length is on its way */
	CONNECTION_STREAMING, /* an answer without an end */
	CONNECTION_CLOSING,   /* its socket is shut down, libmicrohttpd has not noticed */
	CONNECTION_STAGES
} ConnectionStage;

struct Request;

/* A connection. */
typedef struct Connection
{
	struct Connection *next;
	struct Connection *previous;
	ConnectionStage stage;
	int fd;
	bool proxy;          /* a trusted one */
	bool watched;        /* by the loop, for its end */
	bool broken;         /* it has sent bytes that are no request */
	bool raw_error_sent; /* its error is written */
	bool released;       /* its memory was given back since it fell idle */
	int64_t since;       /* when the stage began */
	int64_t bytes;       /* of body come in, or of answer to go out, in this stage */
	void *memory;        /* somewhere in what libmicrohttpd keeps for the connection */
	Framing framing;     /* how far its bytes were read */
	AddressCount *address_count;
	struct Request *request; /* from its first line to its last byte */
	Source source;
	char address[INET6_ADDRSTRLEN]; /* empty for a Unix-domain socket */
} Connection;

/* What connections are judged by, and what is called when one has had its time. */
typedef struct ConnectionRules
{
	const Config *config;
	const Proxies *proxies;
	size_t pool_size; /* what libmicrohttpd keeps for each connection */
	void (*abandon)(struct Request *request); /* its client left while it waits */
	/* no request came in time: writes an error before the connection ends */
	void (*expire)(Connection *connection);
} ConnectionRules;

bool connections_start(const ConnectionRules *rules);
Connection *connection_of_descriptor(int fd);
int connections_count(void);
void connections_turn(void);
int64_t connections_wait(void);
void connections_drain(void);
bool connections_make_room(void);
void connection_name(char name[INET6_ADDRSTRLEN], const struct sockaddr *address);
Connection *connection_create(int fd, const struct sockaddr *address);
void connection_free(Connection *connection);
void connection_enter(Connection *connection, ConnectionStage stage, int64_t bytes);
void connection_notify(void *cls, struct MHD_Connection *mhd, void **context,
					   enum MHD_ConnectionNotificationCode code);
Connection *connection_of(struct MHD_Connection *mhd);

#endif
