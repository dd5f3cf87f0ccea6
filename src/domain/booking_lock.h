/*
 * booking_lock.h
 *		The booking behind a payment or a change request, its row locked.
 */
#ifndef REALTY_DOMAIN_BOOKING_LOCK_H
#define REALTY_DOMAIN_BOOKING_LOCK_H

#include "postgres.h"

typedef struct LockedBooking
{
	char *number;
	char *status;
	bool is_lapsed;    /* a hold that ran out, whether its status says so yet or not */
	bool is_builders;  /* the caller is its builder or an administrator */
	bool is_customers; /* the caller is its customer or an administrator */
	int64 unit_id;
	int64 customer_id;
} LockedBooking;

/*
 * Lock it until the end of the transaction. False when there is none, or, unless
 * asked to wait, when another transaction has it just now.
 */
extern bool realty_booking_lock(int64 booking_id, bool wait, LockedBooking *booking);

/* ERROR PT409 when it has ended without a sale. */
extern void realty_booking_check_open(const LockedBooking *booking);

#endif /* REALTY_DOMAIN_BOOKING_LOCK_H */
