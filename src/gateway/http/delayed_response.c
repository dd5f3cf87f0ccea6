/*
 * delayed_response.c
 *	  Keeps an answer back for as long as the database says.
 *
 * The time of a refused login must not tell why it was refused, so such answers have one
 * time. They spend it here, where it costs a client's connection and nothing of the
 * database, which has committed and works for others: a storm of wrong passwords takes no
 * connection away from anybody.
 *
 * Those that are kept are a list in the order in which they are due. Times differ little,
 * so a new one stands at its end or near it.
 */
#include "gateway/http/delayed_response.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/http/response.h"
#include "gateway/loop.h"

#define HOLD_MOST 60000 /* ms, what realty.login_floor can be */

static Request *first;
static Request *last;

/* Milliseconds that the answer's headers ask for. */
static long
hold_asked_for(const PGresult *rows)
{
	const char *headers = PQgetvalue(rows, 0, 1);
	const char *line = strstr(headers, HOLD_HEADER ": ");
	long asked;

	if (line == NULL || (line != headers && line[-1] != '\n'))
		return 0;
	asked = strtol(line + strlen(HOLD_HEADER ": "), NULL, 10);
	return asked < HOLD_MOST ? asked : HOLD_MOST;
}

static void
hold_insert(Request *request)
{
	Request *before = last;

	while (before && before->held_until > request->held_until)
		before = before->held_before;
	request->held_before = before;
	request->held_behind = before ? before->held_behind : first;
	*(before ? &before->held_behind : &first) = request;
	*(request->held_behind ? &request->held_behind->held_before : &last) = request;
}

static void
hold_remove(Request *request)
{
	*(request->held_before ? &request->held_before->held_behind : &first) =
		request->held_behind;
	*(request->held_behind ? &request->held_behind->held_before : &last) =
		request->held_before;
	request->held_before = NULL;
	request->held_behind = NULL;
}

/* Takes the row over when its answer is to be kept back. False: it is due. */
bool
hold_take(Request *request, PGresult *rows)
{
	long asked = respond_row_status(rows) ? hold_asked_for(rows) : 0;

	if (asked <= 0 || request->gateway->draining)
		return false;
	request->call = NULL;
	request->held = rows;
	request->held_until = loop_now() + asked;
	hold_insert(request);
	return true;
}

static void
hold_release(Request *request)
{
	PGresult *rows = request->held;

	hold_remove(request);
	request->held = NULL;
	respond_rows(request, rows);
}

/* To be called after every turn of the loop. */
void
hold_turn(void)
{
	while (first && first->held_until <= loop_now())
		hold_release(first);
}

/* Milliseconds until an answer is due, -1 for none. */
int64_t
hold_wait(void)
{
	int64_t left;

	if (first == NULL)
		return -1;
	left = first->held_until - loop_now();
	return left > 0 ? left : 0;
}

/* Nobody waits any more. */
void
hold_stop(void)
{
	while (first)
		hold_release(first);
}
