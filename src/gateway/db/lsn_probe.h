#ifndef REALTY_GATEWAY_DB_LSN_PROBE_H
#define REALTY_GATEWAY_DB_LSN_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/config.h"
#include "gateway/db/pool.h"

/* One server, asked again and again how far it is in the WAL. */
typedef struct Watch
{
	Config config; /* the server's, for one connection and a short time */
	Pool *pool;
	bool asking;
	int64_t asked_at;
	int64_t ask_at;      /* the next time */
	unsigned int losses; /* of the connection, when it answered */
	bool asked;          /* ever; then there is an */
	CallOutcome outcome; /* of the last question; of CALL_ROWS: */
	bool standby;
	uint64_t position;
	char cluster[24];          /* the system identifier */
	void (*told)(void *owner); /* after each outcome */
	void *owner;
} Watch;

#define POSITION_UNKNOWN UINT64_MAX

bool position_read(const char *text, uint64_t *position);
bool watch_start(Watch *watch, const Config *server, void (*told)(void *owner),
				 void *owner);
bool watch_knows(const Watch *watch);
void watch_turn(Watch *watch);
void watch_hurry(Watch *watch, int64_t pause);
int64_t watch_wait(const Watch *watch);
void watch_stop(Watch *watch);

#endif
