#ifndef REALTY_GATEWAY_WORKER_THREAD_H
#define REALTY_GATEWAY_WORKER_THREAD_H

#include <stdbool.h>

/*
 * Work for a thread of its own, the first member of what it works on: run is called
 * there, done afterwards in the loop's thread. Until then it must stay where it is.
 */
typedef struct Offload
{
	void (*run)(struct Offload *offload);
	void (*done)(struct Offload *offload);
} Offload;

bool offload_start(void);
bool offload_run(Offload *offload);
int offload_running(void);

#endif
