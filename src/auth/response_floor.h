/*
 * response_floor.h
 *		The time that a refusal takes, whatever it was refused for.
 */
#ifndef REALTY_AUTH_RESPONSE_FLOOR_H
#define REALTY_AUTH_RESPONSE_FLOOR_H

#include "postgres.h"

#include "fmgr.h"

extern void realty_response_floor_init(void);

/* The time begins here. */
extern void realty_response_floor_begin(void);

/*
 * Takes the right to wait here, until the transaction ends; raises unavailable when
 * too many backends wait.
 */
extern void realty_response_floor_take_slot(void);

/* So long was waited for what has nothing to do with the account. */
extern void realty_response_floor_exclude(int64 microseconds);

/*
 * Returns when what is to be written, and any lock of a row, has to begin for the
 * answer to be ready at the floor. Two refusals of one address take turns; NULL for
 * none. Where the gateway holds the answer back it only notes that.
 */
extern void realty_response_floor_approach(text *address);

/* Ends at the floor, after realty_response_floor_approach and what was written. */
extern void realty_response_floor_reach(void);

/* From now on the receiver of the answer holds it back, or does so no more. */
extern void realty_response_floor_defer(bool deferred);

/* Milliseconds for which the answer is to be held back; 0 for none. */
extern int64 realty_response_floor_left(void);

#endif /* REALTY_AUTH_RESPONSE_FLOOR_H */
