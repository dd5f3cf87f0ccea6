#ifndef REALTY_GATEWAY_DB_REPLICAS_H
#define REALTY_GATEWAY_DB_REPLICAS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/config.h"
#include "gateway/db/call.h"
#include "gateway/db/pool.h"

/* Why a GET went to the primary though there are replicas. */
typedef enum Fallback
{
	FALLBACK_NONE_FIT, /* none is there, or none fresh enough */
	FALLBACK_BEHIND,   /* what the client wrote was not there in time */
	FALLBACK_FAILED,   /* asked, and no good answer came */
	FALLBACK_REFUSED,  /* asked, and the replica does not know the session */
	FALLBACK_STREAM,   /* it turned out to be one */
	FALLBACKS
} Fallback;

typedef struct ReplicaState
{
	const char *name;
	bool used;
	int64_t behind; /* ms; -1: unknown */
	uint64_t requests;
} ReplicaState;

bool replicas_read(Config *config);
bool replicas_start(const Config *config);
bool replicas_check(void);
int replicas_count(void);
int replicas_descriptors(void);
PoolVerdict replicas_submit(Call *call);
void replicas_abandon(Call *call);
void replicas_fell_back(Fallback why);
uint64_t replicas_fallbacks(Fallback why);
bool replica_look(int number, ReplicaState *state);
void replicas_turn(void);
int64_t replicas_wait(void);
void replicas_stop(void);

#endif
