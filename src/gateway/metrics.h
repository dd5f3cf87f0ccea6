#ifndef REALTY_GATEWAY_METRICS_H
#define REALTY_GATEWAY_METRICS_H

#include <stdint.h>

#include "gateway/buffer.h"

#define MAX_ROUTE 127 /* bytes of a route's pattern */

/* A request that is over. */
typedef struct Observation
{
	const char *method;
	const char *route; /* NULL: none */
	unsigned int status;
	int64_t took_us;     /* -1: an answer without an end, as long as its client wished */
	int64_t database_us; /* -1: it was not asked */
} Observation;

void metrics_observe(const Observation *seen);
void metrics_write_head(Buffer *text, const char *name, const char *type,
						const char *help);
void metrics_write_label(Buffer *text, const char *name, const char *value);
void metrics_write_requests(Buffer *text);

#endif
