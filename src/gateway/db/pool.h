#ifndef REALTY_GATEWAY_DB_POOL_H
#define REALTY_GATEWAY_DB_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/config.h"
#include "gateway/db/call.h"

typedef struct Pool Pool;

typedef enum PoolVerdict
{
	POOL_ACCEPTED,
	POOL_FULL,
	POOL_DOWN
} PoolVerdict;

/* What the connections do. */
typedef struct PoolState
{
	int queued;
	int idle;
	int busy;
	int down;
} PoolState;

Pool *pool_start(const Config *config);
PoolVerdict pool_submit(Pool *pool, Call *call);
void pool_abandon(Pool *pool, Call *call);
bool pool_is_down(const Pool *pool);
void pool_look(const Pool *pool, PoolState *state);
void pool_turn(Pool *pool);
uint64_t pool_submitted(const Pool *pool);
unsigned int pool_losses(const Pool *pool);
void pool_break(Pool *pool);
int64_t pool_wait(const Pool *pool);
void pool_stop(Pool *pool);

#endif
