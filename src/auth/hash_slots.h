/*
 * hash_slots.h
 *		How many passwords are hashed at once, in the whole cluster.
 */
#ifndef REALTY_AUTH_HASH_SLOTS_H
#define REALTY_AUTH_HASH_SLOTS_H

#include "postgres.h"

extern void realty_hash_slots_init(void);

/*
 * Takes a slot, to be given back also after an error; waits for one, and raises
 * unavailable when none comes free in time. Take it before any row is locked. Returns the
 * microseconds waited.
 */
extern int64 realty_hash_slot_take(void);
extern void realty_hash_slot_give(void);

/*
 * The right to hold a connection for longer than a hash takes. Raises unavailable
 * when too many hold theirs; it too must be given back.
 */
extern void realty_hash_waiter_take(void);
extern void realty_hash_waiter_give(void);

#endif /* REALTY_AUTH_HASH_SLOTS_H */
