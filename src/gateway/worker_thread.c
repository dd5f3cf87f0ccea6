/*
 * worker_thread.c
 *	  Runs what would block the loop in a thread: connecting and cancelling.
 *
 * libpq 15 resolves names, and asks for a cancel, in calls that block. Each of them
 * gets a thread, which touches nothing but what it was given and ends by writing the
 * address of that to a pipe; all the rest happens in the loop's thread.
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
offload_thread(void *argument)
{
	Offload *offload = argument;

	offload->run(offload);
	/* an address is written whole or not at all, and the pipe is never full of them */
	while (write(done_pipe[1], &offload, sizeof offload) < 0 && errno == EINTR)
		;
	return NULL;
}

static void
done_ready(void *owner, uint32_t events)
{
	Offload *offload;

	(void)owner;
	(void)events;
	while (read(done_pipe[0], &offload, sizeof offload) == sizeof offload)
	{
		running--;
		offload->done(offload);
	}
}

/* To be called once, before the first work. */
bool
offload_start(void)
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
offload_run(Offload *offload)
{
	pthread_attr_t attributes;
	pthread_t thread;
	bool started;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	(void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attributes, STACK);
	started = pthread_create(&thread, &attributes, offload_thread, offload) == 0;
	(void)pthread_attr_destroy(&attributes);
	running += started;
	return started;
}

/* Threads whose work is not done. */
int
offload_running(void)
{
	return running;
}
