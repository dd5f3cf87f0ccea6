#ifndef REALTY_GATEWAY_DB_CONNECTION_H
#define REALTY_GATEWAY_DB_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/config.h"
#include "gateway/db/call.h"
#include "gateway/db/cancel.h"
#include "gateway/db/connect.h"
#include "gateway/loop.h"

typedef enum DbState
{
	DB_DOWN,
	DB_CONNECTING,
	DB_IDENTIFYING, /* which process answers */
	DB_PREPARING,
	DB_READY
} DbState;

typedef struct DbConnection
{
	const Config *config;
	PGconn *conn;
	Source source;
	DbState state;
	bool pooled;         /* by a pooler: each transaction may be in another session */
	int fd;              /* what the loop watches, -1 for none */
	uint32_t events;     /* what it waits for there */
	int failures;        /* in a row */
	unsigned int losses; /* ever */
	int64_t due;         /* down: when to try again; under way: when to give up */
	int64_t sent_at;     /* the call in flight */
	Call *call;          /* in flight, NULL for none */
	Connect *connect;    /* under way, NULL for none */
	Cancel *cancel;      /* under way; until it is back nothing more is sent */
	int64_t cancel_at;   /* not before */
	int64_t cancel_due;  /* when that under way has had its time */
	char sqlstate[6];    /* what went wrong while preparing */
} DbConnection;

void db_start(DbConnection *db, const Config *config);
void db_turn(DbConnection *db, int64_t now);
bool db_send(DbConnection *db, Call *call);
bool db_abandon(DbConnection *db, Call *call);
void db_break(DbConnection *db);
void db_stop(DbConnection *db);
int db_check(const Config *config);

#endif
