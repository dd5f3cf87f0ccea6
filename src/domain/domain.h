/*
 * domain.h
 *		What the domain room shows to the entrance.
 */
#ifndef REALTY_DOMAIN_DOMAIN_H
#define REALTY_DOMAIN_DOMAIN_H

extern void realty_domain_init(void);

#endif /* REALTY_DOMAIN_DOMAIN_H */
