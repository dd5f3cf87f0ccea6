/*
 * booking.h
 *		Settings of bookings.
 */
#ifndef REALTY_DOMAIN_BOOKING_BOOKING_H
#define REALTY_DOMAIN_BOOKING_BOOKING_H

extern int realty_hold_minutes;       /* 0: no holds */
extern int realty_max_open_bookings;  /* of one customer; 0: no limit */
extern int realty_max_hold_extension; /* in minutes from now; 0: none */

extern void realty_booking_init(void);

#endif /* REALTY_DOMAIN_BOOKING_BOOKING_H */
