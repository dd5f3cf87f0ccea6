#ifndef REALTY_GATEWAY_DB_LSN_PROBE_H
#define REALTY_GATEWAY_DB_LSN_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/config.h"
#include "gateway/db/pool.h"

/* One server, asked again and again how far it is in the WAL. */
typedef struct LsnProbe
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
	uint64_t lsn;
	char cluster[24];            /* the system identifier */
	void (*probed)(void *owner); /* after each outcome */
	void *owner;
} LsnProbe;

#define LSN_UNKNOWN UINT64_MAX

bool lsn_parse(const char *text, uint64_t *lsn);
bool lsn_probe_start(LsnProbe *probe, const Config *server, void (*probed)(void *owner),
					 void *owner);
bool lsn_probe_knows(const LsnProbe *probe);
void lsn_probe_turn(LsnProbe *probe);
void lsn_probe_hurry(LsnProbe *probe, int64_t pause);
int64_t lsn_probe_wait(const LsnProbe *probe);
void lsn_probe_stop(LsnProbe *probe);

#endif
