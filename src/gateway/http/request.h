#ifndef REALTY_GATEWAY_HTTP_REQUEST_H
#define REALTY_GATEWAY_HTTP_REQUEST_H

#include <netinet/in.h>
#include <stdbool.h>

#include <microhttpd.h>

#include "gateway/buffer.h"
#include "gateway/config.h"
#include "gateway/db/pool.h"
#include "gateway/http/address_limit.h"
#include "gateway/http/connection.h"
#include "gateway/http/cors.h"
#include "gateway/http/gateway_errors.h"
#include "gateway/http/proxy.h"
#include "gateway/metrics.h"

#define MAX_REQUEST_ID 63
#define REQUEST_TOKEN "Consistency-Token" /* of an answer, and of later requests */

/* What the log and the metrics say of a request, beside what it needs itself. */
typedef struct Access
{
	int64_t began; /* microseconds of loop_now_us() */
	char method[16];
	char route[MAX_ROUTE + 1]; /* the database's pattern, '' for none */
	int64_t user_id;           /* 0: none */
	int64_t database_us;       /* -1: it was not asked */
	int64_t opened;            /* a stream: when; 0 for other answers */
	int64_t query_id;          /* 0: the server does not compute it */
	const char *reason;        /* why it was rejected, NULL for an ordinary answer */
	const char *client;        /* then: the other end of its connection */
} Access;

typedef struct Route Route;

/* What all requests share. */
typedef struct Gateway
{
	const Config *config;
	const Route *routes; /* the last one has no path */
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

typedef struct Request
{
	Gateway *gateway;
	struct MHD_Connection *mhd;
	Connection *connection;
	const Route *route;
	RequestStage stage;
	char *target;       /* path and query as they came, bytes beyond ASCII escaped */
	const char *method; /* as the database gets it: HEAD is GET */
	bool headless;      /* it was HEAD: of the answer the body is not sent */
	const char *origin; /* libmicrohttpd's memory, NULL when none */
	char id[MAX_REQUEST_ID + 1];
	char client[INET6_ADDRSTRLEN];
	size_t head_bytes;
	size_t announced; /* Content-Length, 0 when none */
	size_t received;
	bool ambiguous; /* framing or headers that two parsers could read in two ways */
	bool sized;     /* has Content-Length */
	bool chunked;   /* has Transfer-Encoding */
	bool hosted;    /* has Host */
	bool expects;   /* waits for 100 Continue before it sends the body */
	bool preflight;
	bool takes_gzip;
	bool retried;       /* a GET whose connection broke is asked once more */
	Buffer forwarded;   /* X-Forwarded-For, all of them in their order */
	GatewayError error; /* ERROR_NONE, or decided before the body was there */
	Buffer headers;     /* for the database, "Name: value\r\n" */
	Buffer body;
	unsigned int status;
	struct MHD_Response *response;
	struct Stream *stream;                   /* NULL unless the answer stays open */
	void (*on_end)(struct Request *request); /* NULL: its end needs nothing more */
	int64_t length;                          /* of its body; -1: has no end of its own */
	Call *call;                              /* while the database works */
	PGresult *delayed_rows;                  /* a delayed answer, due */
	int64_t delayed_until;                   /* at this time */
	struct Request *delayed_before; /* of the delayed ones, which is due before */
	struct Request *delayed_after;
	bool reads;                  /* a replica may answer, or is asked */
	uint64_t lsn;                /* that a replica must have replayed */
	char token[MAX_LSN + 1];     /* for the client that wrote */
	AddressCount *address_count; /* behind a proxy: counts the requests of one client */
	Access access;               /* what the log and the metrics say of it */
} Request;

/* What a path is served by. */
struct Route
{
	const char *path;
	bool below; /* also everything below it */
	const char *allow;
	void (*serve)(Request *request);
};

PoolVerdict request_submit(Request *request, Call *call);
PoolVerdict request_ask(Request *request, Call *call);
void request_abandon(Request *request);

#endif
