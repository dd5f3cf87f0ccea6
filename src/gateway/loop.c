/*
 * loop.c
 *	  The one epoll loop of the process.
 *
 * libmicrohttpd brings an epoll descriptor of its own, which is watched here like any
 * other, beside the sockets to the database and the signals. Everything runs in this
 * one thread: there is no lock anywhere in the program.
 */
#include "gateway/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>

#define LOOP_BATCH 64

static int loop_epoll = -1;

bool
loop_start(void)
{
	loop_epoll = epoll_create1(EPOLL_CLOEXEC);
	return loop_epoll >= 0;
}

/* Start to wait for fd, or change what is waited for. */
bool
loop_watch(int fd, uint32_t events, Source *source)
{
	struct epoll_event event = {.events = events, .data.ptr = source};

	if (epoll_ctl(loop_epoll, EPOLL_CTL_MOD, fd, &event) == 0)
		return true;
	return errno == ENOENT && epoll_ctl(loop_epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* To be called before fd is closed: another process may still hold the same file. */
void
loop_forget(int fd)
{
	(void)epoll_ctl(loop_epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* Wait for at most wait_ms (-1: for ever) and serve what is there. */
void
loop_turn(int64_t wait_ms)
{
	struct epoll_event events[LOOP_BATCH];
	int count;

	if (wait_ms > 60000)
		wait_ms = 60000;
	count = epoll_wait(loop_epoll, events, LOOP_BATCH, (int)wait_ms);
	for (int i = 0; i < count; i++)
	{
		Source *source = events[i].data.ptr;

		source->ready(source->owner, events[i].events);
	}
}

/* Milliseconds of a clock that never jumps. */
int64_t
loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The same in microseconds. */
int64_t
loop_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Milliseconds until the time, 0 when it has passed. */
int64_t
loop_until(int64_t time)
{
	int64_t left = time - loop_now();

	return left > 0 ? left : 0;
}

/* The shorter of two waits; a negative one has no end. */
int64_t
loop_sooner(int64_t one, int64_t other)
{
	return one < 0 || (other >= 0 && other < one) ? other : one;
}
