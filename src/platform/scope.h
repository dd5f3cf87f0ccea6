/*
 * scope.h
 *		Running SQL as the extension's owner, for any caller.
 */
#ifndef REALTY_PLATFORM_SCOPE_H
#define REALTY_PLATFORM_SCOPE_H

#include "postgres.h"

/* What realty_owner_leave puts back. */
typedef struct OwnerScope
{
	Oid user;
	int sec_context;
	int nest_level;
} OwnerScope;

extern void realty_owner_enter(OwnerScope *scope);
extern void realty_owner_leave(const OwnerScope *scope);

/* The owner of the extension; ERROR when the extension is not installed. */
extern Oid realty_owner(void);

/*
 * Does the current user pass every check of the caller: a superuser, or a role that
 * has the owner's privileges? (Migrations, the sweeper, psql as owner.)
 */
extern bool realty_is_privileged(void);

/*
 * From here on rows are written as a replica writes them, without triggers and foreign
 * keys, until AtEOXact_GUC(true, the nest level returned); on ERROR the abort ends it.
 */
extern int realty_become_replica(void);

/* Pin search_path within the caller's GUC nest level. */
extern void realty_pin_search_path(void);

#endif /* REALTY_PLATFORM_SCOPE_H */
