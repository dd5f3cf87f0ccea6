/*
 * worker_thread.c
 *	  Runs what would block the loop in a thread: connecting and cancelling.
 *
 * libpq 15 resolves names and sends cancel requests in calls that block. Each such
 * call gets a thread, which touches nothing but its task and ends by writing the
 * task's address to a pipe; everything else happens in the loop's thread.
 */
#include "gateway/worker_thread.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "gateway/loop.h"

#define STACK 524288 /* bytes; a resolver's modules want more than we do */

static int done_pipe[2] = {-1, -1};
static Source done_source;
static int running;

static void *
thread_main(void *argument)
{
	ThreadTask *task = argument;

	task->run(task);
	/*
	 * an address is written whole or not at all, and the pipe is never full of them
	 */
	while (write(done_pipe[1], &task, sizeof task) < 0 && errno == EINTR)
		;
	return NULL;
}

static void
done_ready(void *owner, uint32_t events)
{
	ThreadTask *task;

	(void)owner;
	(void)events;
	while (read(done_pipe[0], &task, sizeof task) == sizeof task)
	{
		running--;
		task->done(task);
	}
}

/* To be called once, before the first work. */
bool
threads_start(void)
{
	/* A heap for each thread would keep what it once held. */
	(void)mallopt(M_ARENA_MAX, 1);
	if (pipe2(done_pipe, O_CLOEXEC) < 0 || fcntl(done_pipe[0], F_SETFL, O_NONBLOCK) < 0)
		return false;
	done_source.ready = done_ready;
	return loop_watch(done_pipe[0], EPOLLIN, &done_source);
}

/* False: there is no thread for it, and done will not be called. */
bool
thread_run(ThreadTask *task)
{
	pthread_attr_t attributes;
	pthread_t thread;
	bool started;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	(void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attributes, STACK);
	started = pthread_create(&thread, &attributes, thread_main, task) == 0;
	(void)pthread_attr_destroy(&attributes);
	running += started;
	return started;
}

/* Threads whose work is not done. */
int
threads_running(void)
{
	return running;
}
