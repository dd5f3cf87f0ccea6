/*
 * worker.h
 *		The order that the supervisor gives a worker for one database, and its result.
 */
#ifndef REALTY_SUPERVISOR_WORKER_H
#define REALTY_SUPERVISOR_WORKER_H

#include "postgres.h"

/*
 * The starter of a worker does not get its exit status, so the result is in its slot.
 */
typedef enum WorkerTask
{
	WORKER_SWEEP, /* and wake the mailers */
	WORKER_CHECK  /* count the deviations */
} WorkerTask;

/* Travels in bgw_extra. */
typedef struct WorkerOrder
{
	WorkerTask task;
	bool sweep; /* else only the mailers are woken */
	Oid database;
	char name[NAMEDATALEN]; /* when the Oid is not known */
} WorkerOrder;

typedef enum WorkerResult
{
	WORKER_FAILED,  /* it never came so far as to say more */
	WORKER_NOTHING, /* the extension is not there */
	WORKER_MORE,    /* some is left to do */
	WORKER_DONE
} WorkerResult;

extern void realty_worker_result_init(void);
extern void realty_worker_result_clear(WorkerTask task);
extern WorkerResult realty_worker_result(WorkerTask task);

#endif
