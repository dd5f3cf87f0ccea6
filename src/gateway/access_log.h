#ifndef REALTY_GATEWAY_ACCESS_LOG_H
#define REALTY_GATEWAY_ACCESS_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include <libpq-fe.h>

#define ACCESS_COLUMNS 7 /* of the row of realty.request_raw; four are for us */
#define ACCESS_ROUTE_MOST 127

/* What the log and the metrics say of a request, beside what it needs itself. */
typedef struct Access
{
	int64_t began; /* microseconds of loop_now_us() */
	char method[16];
	char route[ACCESS_ROUTE_MOST + 1]; /* the database's pattern, '' for none */
	int64_t user_id;                   /* 0: nobody */
	int64_t database_us;               /* -1: it was not asked */
	int64_t opened;                    /* a stream: when; 0 for other answers */
	int64_t query_id;                  /* 0: nobody computes it */
	const char
		*reason; /* why it was rejected, NULL for what was answered as requests are */
	const char *client; /* then: the other end of its connection */
} Access;

struct Request;

void access_begin(struct Request *request);
void access_note(struct Request *request, const PGresult *rows);
const char *access_route(const struct Request *request);
void access_end(struct Request *request, bool whole);
void access_reject(struct Request *request);

#endif
