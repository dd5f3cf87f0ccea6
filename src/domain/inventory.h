/*
 * inventory.h
 *		What projects tell the inventory.
 */
#ifndef REALTY_DOMAIN_INVENTORY_H
#define REALTY_DOMAIN_INVENTORY_H

/* A project changed in this transaction: what units copied of it is stale. */
extern void realty_inventory_forget_project(void);

#endif /* REALTY_DOMAIN_INVENTORY_H */
