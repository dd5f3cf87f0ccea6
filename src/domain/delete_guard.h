/*
 * delete_guard.h
 *		Deletes that would leave somebody hanging.
 */
#ifndef REALTY_DOMAIN_DELETE_GUARD_H
#define REALTY_DOMAIN_DELETE_GUARD_H

/* Once a backend, before any row is deleted. */
extern void realty_reference_init(void);

#endif /* REALTY_DOMAIN_DELETE_GUARD_H */
