#ifndef REALTY_GATEWAY_DB_CANCEL_H
#define REALTY_GATEWAY_DB_CANCEL_H

#include <libpq-fe.h>

typedef struct Cancel Cancel;
typedef void (*CancelDone)(void *owner);

Cancel *cancel_send(PGconn *conn, CancelDone done, void *owner);
void cancel_forget(Cancel *cancel);

#endif
