/*
 * appointment.h
 *		What the guard of appointments and their effects share.
 */
#ifndef REALTY_DOMAIN_APPOINTMENT_APPOINTMENT_H
#define REALTY_DOMAIN_APPOINTMENT_APPOINTMENT_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "domain/row.h"

/* As appointments_ends_at_is_soon_after_start and …_starts_at_is_near have it. */
#define REALTY_APPOINTMENT_LONGEST (8 * USECS_PER_HOUR)
#define REALTY_APPOINTMENT_LATEST (73049 * USECS_PER_DAY)

extern void realty_appointment_init(void);
extern bool realty_appointment_moved(const Row *old_row, const Row *new_row);

#endif /* REALTY_DOMAIN_APPOINTMENT_APPOINTMENT_H */
