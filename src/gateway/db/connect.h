#ifndef REALTY_GATEWAY_DB_CONNECT_H
#define REALTY_GATEWAY_DB_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include <libpq-fe.h>

#include "gateway/config.h"

#define CONNECT_LIMIT 10000 /* ms, for each host that sets no connect_timeout */

typedef struct Connect Connect;

/*
 * The connection, logged in or with its error, is the owner's now; NULL: out of
 * memory.
 */
typedef void (*ConnectDone)(void *owner, PGconn *conn, bool logged_in);

Connect *connect_start(const Config *config, ConnectDone done, void *owner);
int64_t connect_due(const Connect *connect);
void connect_forget(Connect *connect);
PGconn *connect_now(const Config *config, bool *logged_in);
void connect_sqlstate(PGconn *conn, char *sqlstate);

#endif
