/*
 * payment.h
 *		What a booking does to its payments.
 */
#ifndef REALTY_DOMAIN_PAYMENT_PAYMENT_H
#define REALTY_DOMAIN_PAYMENT_PAYMENT_H

#include "postgres.h"

/*
 * A booking has ended without a sale: what is due is void, and a refund opens.
 * Between SPI_connect and SPI_finish, in the owner's scope, with the booking's row
 * changed (and so locked) by the caller.
 */
extern void realty_payments_close(int64 booking_id);

#endif /* REALTY_DOMAIN_PAYMENT_PAYMENT_H */
