#ifndef REALTY_GATEWAY_DB_CALL_H
#define REALTY_GATEWAY_DB_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libpq-fe.h>

/* All the SQL that the gateway knows; the texts are in connection.c. */
typedef enum Statement
{
	STATEMENT_REQUEST,
	STATEMENT_READY,
	STATEMENT_METRICS,
	STATEMENT_STREAM,
	STATEMENT_LSN,
	STATEMENT_LSN_PROBE
} Statement;

typedef enum CallOutcome
{
	CALL_ROWS,      /* committed, rows hold the answer */
	CALL_FAILED,    /* the database returned an error: sqlstate says which */
	CALL_LOST,      /* the connection broke: done or not is unknown */
	CALL_DOWN,      /* never sent: the database is down */
	CALL_TIMED_OUT, /* took longer than a request may */
	CALL_GONE,      /* the client is gone */
	CALL_LATE       /* never sent: no replica was far enough in time */
} CallOutcome;

typedef struct CallResult
{
	CallOutcome outcome;
	PGresult *rows;       /* owned by the callback */
	const char *sqlstate; /* of CALL_FAILED */
	const char *lsn;      /* in the WAL, behind the commit; empty when not asked for */
} CallResult;

typedef void (*CallDone)(void *owner, const CallResult *result);

#define CALL_PARAMETERS 5
#define MAX_LSN 17 /* XXXXXXXX/XXXXXXXX */

/*
 * Parameter values stay in the owner's memory, and must last until the call is done.
 */
typedef struct Call
{
	struct Call *next;
	Statement statement;
	const char *values[CALL_PARAMETERS];
	int lengths[CALL_PARAMETERS];
	bool costly;    /* takes long by its nature: see pool.c */
	bool asks_lsn;  /* after the commit, where in the WAL it is */
	bool committed; /* or undone: its Sync has arrived, that of the position not */
	uint64_t needs; /* of a replica: what it must have replayed */
	CallDone done;
	void *owner; /* NULL: given up, the result is dropped */
	int64_t deadline;
	PGresult *rows;
	char sqlstate[6];
	char lsn[MAX_LSN + 1];
} Call;

typedef struct CallList
{
	Call *head;
	Call *tail;
	int count;
} CallList;

CallOutcome call_outcome(Call *call);
Call *call_create(Statement statement, CallDone done, void *owner);
void call_finish(Call *call, CallOutcome outcome);
void call_give_up(Call *call, CallOutcome outcome);
void call_drop(Call *call);
void call_append(CallList *list, Call *call);
Call *call_shift(CallList *list);
bool call_has(const CallList *list, const Call *call);
void call_remove(CallList *list, Call *call);

#endif
