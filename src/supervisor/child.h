#ifndef REALTY_SUPERVISOR_CHILD_H
#define REALTY_SUPERVISOR_CHILD_H

#include <sys/types.h>

#include "utils/timestamp.h"

#define MAX_CHILD_SOCKETS 2

/* A gateway process; pid 0 means that there is none. */
typedef struct GatewayChild
{
	pid_t pid;
	TimestampTz started;
	TimestampTz kill_at; /* 0 until it is asked to stop */
	char *command;       /* what it was started with, to see whether that changed */
} GatewayChild;

extern bool realty_child_start(GatewayChild *child, const int *sockets, int count,
							   char **arguments);
extern bool realty_child_reap(GatewayChild *child, bool *failed);
extern void realty_child_stop(GatewayChild *child, int patience_ms);
extern void realty_child_kill_when_due(GatewayChild *child);

#endif
