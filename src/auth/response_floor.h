/*
 * response_floor.h
 *		The time that a refusal takes, whatever it was refused for.
 */
#ifndef REALTY_AUTH_RESPONSE_FLOOR_H
#define REALTY_AUTH_RESPONSE_FLOOR_H

#include "postgres.h"

#include "fmgr.h"

extern void realty_floor_init(void);

/* The time begins here. */
extern void realty_floor_begin(void);

/* A place for who may have to wait here, until the transaction ends; raises without one.
 */
extern void realty_floor_take_place(void);

/* So long was waited for what has nothing to do with the account. */
extern void realty_floor_exclude(int64 microseconds);

/*
 * Ends when what is to be written, and whatever locks a row, has to begin for the answer
 * to be ready at the floor. Two who are asked for by one address take turns; NULL for
 * none. Where somebody else holds the answer back it only notes that.
 */
extern void realty_floor_approach(text *address);

/* Ends at the floor, after realty_floor_approach and what was written. */
extern void realty_floor_reach(void);

/* From now on the answer is held back by who gets it, or no more. */
extern void realty_floor_defer(bool deferred);

/* Milliseconds for which the answer is to be held back; 0 for none. */
extern int64 realty_floor_left(void);

#endif /* REALTY_AUTH_RESPONSE_FLOOR_H */
