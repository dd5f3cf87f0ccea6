#ifndef REALTY_GATEWAY_STREAM_QUEUE_H
#define REALTY_GATEWAY_STREAM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/http/request.h"
#include "gateway/loop.h"
#include "gateway/stream/batch.h"

typedef struct Stream
{
	struct Stream *next; /* of all that are open, or of the spare ones */
	struct Stream *previous;
	struct Stream *ahead; /* in the queue of those to be asked for */
	struct Stream *behind;
	struct Stream *alike; /* of those with such a key */
	struct Stream *alike_before;
	struct Stream *fellow; /* in the same read */
	Source source;         /* for the client's end */
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
	struct Stream **fetch; /* the members of the read under way for it, NULL for none */
	int64_t beat_at;       /* next heartbeat */
	int64_t asked_at;      /* for the last time */
	int64_t awake_since;   /* has had something to take */
	bool asleep;           /* suspended until there is something */
	bool queued;
	bool keyed; /* is among those with such a key */
	bool news;  /* there may be some */
	bool ends;  /* behind what is still to be sent */
	bool gone;  /* the client is gone */
} Stream;

void queue_rekey(Stream *stream);
void queue_add(Stream *stream);
Stream *queue_first(void);
void queue_take(const Stream *first, Stream **members);
Stream *queue_pop(Stream **members);
void queue_remove(Stream *stream);

#endif
