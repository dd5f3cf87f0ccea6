/*
 * audit.h
 *		The audit trail.
 */
#ifndef REALTY_DOMAIN_AUDIT_H
#define REALTY_DOMAIN_AUDIT_H

extern void realty_audit_init(void);

#endif /* REALTY_DOMAIN_AUDIT_H */
