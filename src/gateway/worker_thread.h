#ifndef REALTY_GATEWAY_WORKER_THREAD_H
#define REALTY_GATEWAY_WORKER_THREAD_H

#include <stdbool.h>

/*
 * Work for a thread of its own, the first member of what it works on: run is called
 * there, done afterwards in the loop's thread. Until then it must stay where it is.
 */
typedef struct ThreadTask
{
	void (*run)(struct ThreadTask *task);
	void (*done)(struct ThreadTask *task);
} ThreadTask;

bool threads_start(void);
bool thread_run(ThreadTask *task);
int threads_running(void);

#endif
