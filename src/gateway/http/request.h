#ifndef REALTY_GATEWAY_HTTP_REQUEST_H
#define REALTY_GATEWAY_HTTP_REQUEST_H

#include <netinet/in.h>
#include <stdbool.h>

#include <microhttpd.h>

#include "gateway/access_log.h"
#include "gateway/buffer.h"
#include "gateway/config.h"
#include "gateway/db/pool.h"
#include "gateway/http/address_limit.h"
#include "gateway/http/connection.h"
#include "gateway/http/cors.h"
#include "gateway/http/gateway_errors.h"
#include "gateway/http/proxy.h"

#define REQUEST_ID_MOST 63
#define REQUEST_TOKEN "Consistency-Token" /* of an answer, and of later requests */

/* What all requests share. */
typedef struct Gateway
{
	const Config *config;
	Cors cors;
	Proxies proxies;
	Pool *pool;
	size_t body_bytes; /* held by all bodies together */
	int active;        /* requests begun and not yet completed */
	bool draining;
} Gateway;

typedef enum RequestStage
{
	REQUEST_BEGUN,      /* the request line is known */
	REQUEST_COLLECTING, /* the headers are known, the body is coming */
	REQUEST_WAITING,    /* suspended, the database works */
	REQUEST_ANSWERED
} RequestStage;

struct Stream;

typedef struct Route Route;

typedef struct Request
{
	Gateway *gateway;
	struct MHD_Connection *connection;
	Peer *peer; /* the connection, as we know it */
	const Route *route;
	RequestStage stage;
	char *target;       /* path and query as they came, bytes beyond ASCII escaped */
	const char *method; /* what the database is told: HEAD is GET */
	bool headless;      /* it was HEAD: of the answer the body is not sent */
	const char *origin; /* libmicrohttpd's memory, NULL when none */
	char id[REQUEST_ID_MOST + 1];
	char client[INET6_ADDRSTRLEN];
	size_t head_bytes;
	size_t announced; /* Content-Length, 0 when none */
	size_t received;
	bool odd_head; /* headers that two parsers could read in two ways */
	bool sized;    /* has Content-Length */
	bool chunked;  /* has Transfer-Encoding */
	bool hosted;   /* has Host */
	bool expects;  /* waits for 100 Continue before it sends the body */
	bool preflight;
	bool takes_gzip;
	bool retried;     /* a GET whose connection broke is asked once more */
	Buffer forwarded; /* X-Forwarded-For, all of them in their order */
	Refusal refusal;  /* REFUSE_NOTHING, or decided before the body was there */
	Buffer headers;   /* for the database, "Name: value\r\n" */
	Buffer body;
	unsigned int status;
	struct MHD_Response *response;
	struct Stream *stream;       /* NULL unless the answer stays open */
	int64_t length;              /* of its body; -1: has no end of its own */
	Call *call;                  /* while the database works */
	PGresult *held;              /* an answer that is kept back, until */
	int64_t held_until;          /* then */
	struct Request *held_before; /* of those kept back, which is due before */
	struct Request *held_behind;
	bool reads;                         /* a replica may answer, or is asked */
	uint64_t position;                  /* that a replica must have replayed */
	char token[CALL_POSITION_MOST + 1]; /* for the client who wrote */
	CrowdPlace *place; /* behind a proxy: among the requests of one client */
	Access access;     /* what the log and the metrics say of it */
} Request;

/* What a path is served by. */
struct Route
{
	const char *path;
	bool below; /* also everything below it */
	const char *allow;
	void (*serve)(Request *request);
};

void *request_begin(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result request_handle(void *cls, struct MHD_Connection *connection,
							   const char *url, const char *method, const char *version,
							   const char *data, size_t *size, void **context);
void request_end(void *cls, struct MHD_Connection *connection, void **context,
				 enum MHD_RequestTerminationCode how);
PoolVerdict request_ask(Request *request, Call *call);
void request_call(Request *request, Call *call);
PoolVerdict request_submit(Request *request, Call *call);
void request_abandon(Request *request);

#endif
