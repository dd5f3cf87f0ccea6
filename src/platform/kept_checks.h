/*
 * kept_checks.h
 *		CHECKs of tables, read once a session in place of once a statement.
 */
#ifndef REALTY_PLATFORM_KEPT_CHECKS_H
#define REALTY_PLATFORM_KEPT_CHECKS_H

#include "postgres.h"

#include "nodes/primnodes.h"
#include "utils/relcache.h"

/* The CHECKs of one table, in a memory context of their own. */
typedef struct KeptChecks
{
	MemoryContext context;
	int holders; /* that use them now */
	bool stale;
	uint64 as_of; /* of realty_function_changes() */
	Oid role;     /* the last one that may call all functions in them */
	void *rules;  /* what the validator made of them, in the same context */
	int count;
	Expr *checks[FLEXIBLE_ARRAY_MEMBER]; /* planned; NULL for one that is not enforced */
} KeptChecks;

extern void realty_kept_checks_init(void);

/*
 * The table's CHECKs as the catalog has them now, in the order of its relcache entry.
 * Good until the catalog changes, which may be at any look into it, unless they are held:
 * hold and release come in pairs, and the last release of stale ones frees them.
 */
extern KeptChecks *realty_kept_checks(Relation rel);
extern void realty_kept_checks_hold(KeptChecks *kept);
extern void realty_kept_checks_release(KeptChecks *kept);

#endif /* REALTY_PLATFORM_KEPT_CHECKS_H */
