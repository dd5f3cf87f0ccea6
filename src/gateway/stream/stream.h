#ifndef REALTY_GATEWAY_STREAM_STREAM_H
#define REALTY_GATEWAY_STREAM_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/http/request.h"
#include "gateway/loop.h"

/* Events for several streams, freed when the last of them has them. */
typedef struct Batch
{
	PGresult *rows; /* whose memory it is, or */
	char *text;     /* this */
	const char *data;
	size_t length;
	bool more; /* the database has more already */
	int readers;
} Batch;

typedef struct Read Read;

typedef struct Stream
{
	struct Stream *next; /* of all that are open, or of the spare ones */
	struct Stream *previous;
	struct Stream *ahead; /* in the queue of those to be asked for */
	struct Stream *behind;
	struct Stream *alike; /* of those with such a key */
	struct Stream *alike_before;
	struct Stream *fellow; /* in the same read */
	Source source;         /* tells when the client is gone */
	Request *request;
	int fd;
	char *target;
	char *authorization; /* the header's value, or NULL */
	char *topic;
	char *cursor;
	uint64_t key; /* a hash of target, authorization and cursor */
	Batch *batch;
	size_t sent;   /* of the batch */
	char note[32]; /* a comment or the like, sent behind the batch */
	size_t note_length;
	Read *read;          /* that is under way for it */
	int64_t beat_at;     /* next heartbeat */
	int64_t asked_at;    /* for the last time */
	int64_t awake_since; /* has had something to take */
	bool asleep;         /* suspended until there is something */
	bool queued;
	bool keyed; /* is among those with such a key */
	bool news;  /* there may be some */
	bool ends;  /* behind what is still to be sent */
	bool gone;  /* nobody is there to send to */
} Stream;

bool stream_asked_for(const PGresult *rows);
bool stream_take(Request *request, PGresult *rows);
void stream_end(Request *request);
void stream_give(Stream *stream, Batch *batch);
void stream_finish(Stream *stream);
void stream_drain(void);
int stream_count(void);
int64_t stream_drops(void);
Stream *stream_first(void);
void stream_turn(Gateway *gateway);
int64_t stream_wait(void);
Batch *batch_of_rows(PGresult *rows);
Batch *batch_of_end(PGresult *rows);
void batch_release(Batch *batch);

#endif
