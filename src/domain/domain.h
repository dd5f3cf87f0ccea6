/*
 * domain.h
 *		The domain room's entrance.
 */
#ifndef REALTY_DOMAIN_DOMAIN_H
#define REALTY_DOMAIN_DOMAIN_H

extern void realty_domain_init(void);

/* Is it a name of the time zone database? */
extern bool realty_time_zone_is_known(const char *name);

#endif /* REALTY_DOMAIN_DOMAIN_H */
