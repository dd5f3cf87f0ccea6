/*
 * kept_checks.h
 *		CHECKs of realty's tables, read once a session in place of once a statement.
 */
#ifndef REALTY_PLATFORM_KEPT_CHECKS_H
#define REALTY_PLATFORM_KEPT_CHECKS_H

extern void realty_kept_checks_init(void);

#endif /* REALTY_PLATFORM_KEPT_CHECKS_H */
