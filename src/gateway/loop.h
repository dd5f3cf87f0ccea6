#ifndef REALTY_GATEWAY_LOOP_H
#define REALTY_GATEWAY_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A file descriptor that the loop waits for. It must stay where it is in memory for
 * as long as the program runs, because events of one batch may still point to it.
 */
typedef struct Source
{
	void (*ready)(void *owner, uint32_t events);
	void *owner;
} Source;

bool loop_start(void);
bool loop_watch(int fd, uint32_t events, Source *source);
void loop_forget(int fd);
void loop_turn(int64_t wait_ms);
int64_t loop_now(void);
int64_t loop_now_us(void);
int64_t loop_until(int64_t time);
int64_t loop_sooner(int64_t one, int64_t other);

#endif
