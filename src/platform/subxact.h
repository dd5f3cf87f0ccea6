/*
 * subxact.h
 *		Work whose error undoes that work alone.
 */
#ifndef REALTY_PLATFORM_SUBXACT_H
#define REALTY_PLATFORM_SUBXACT_H

#include "postgres.h"

typedef void (*SubxactWork)(void *arg);

/*
 * Runs the work in a subtransaction. NULL when it was done; else its error, in the
 * caller's memory context, and everything that it did is undone. What ends the statement
 * or the session (a cancel, a timeout, a shutdown) is thrown on.
 */
extern ErrorData *realty_subxact_run(SubxactWork work, void *arg);

#endif /* REALTY_PLATFORM_SUBXACT_H */
