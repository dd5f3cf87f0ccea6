#ifndef REALTY_GATEWAY_STREAM_BATCH_H
#define REALTY_GATEWAY_STREAM_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include <libpq-fe.h>

/* Events for several streams, freed when the last of them has sent them. */
typedef struct Batch
{
	PGresult *rows; /* whose memory it is, or */
	char *text;     /* this */
	const char *data;
	size_t length;
	bool more; /* the database has more already */
	int readers;
} Batch;

Batch *batch_of_rows(PGresult *rows);
Batch *batch_of_end(PGresult *rows);
char *batch_cursor(const Batch *batch);
void batch_release(Batch *batch);

#endif
