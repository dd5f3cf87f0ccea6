/*
 * unit.h
 *		What a project does to its units.
 */
#ifndef REALTY_DOMAIN_UNIT_UNIT_H
#define REALTY_DOMAIN_UNIT_UNIT_H

/* A project changed in this transaction: what units copied of it is stale. */
extern void realty_units_forget_project(void);

#endif /* REALTY_DOMAIN_UNIT_UNIT_H */
