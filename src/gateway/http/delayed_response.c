/*
 * delayed_response.c
 *	  Holds an answer back for as long as the database says.
 *
 * The time of a refused login must not reveal why it was refused, so all such answers
 * take the same time. They wait here, where waiting costs one client connection and
 * nothing of the database, which has committed and serves others: a storm of wrong
 * passwords takes no database connection away.
 *
 * Delayed answers are a list in the order in which they are due. Delays differ
 * little, so a new one goes at its end or near it.
 */
#include "gateway/http/delayed_response.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/http/response.h"
#include "gateway/loop.h"

#define MAX_DELAY 60000 /* ms, what realty.login_floor can be */

static Request *first;
static Request *last;

/* Milliseconds that the answer's headers ask for. */
static long
delay_asked_for(const PGresult *rows)
{
	const char *headers = PQgetvalue(rows, 0, 1);
	const char *line = strstr(headers, DELAY_HEADER ": ");
	long asked;

	if (line == NULL || (line != headers && line[-1] != '\n'))
		return 0;
	asked = strtol(line + strlen(DELAY_HEADER ": "), NULL, 10);
	return asked < MAX_DELAY ? asked : MAX_DELAY;
}

bool
delay_is_asked(const PGresult *rows)
{
	return delay_asked_for(rows) > 0;
}

static void
delay_insert(Request *request)
{
	Request *before = last;

	while (before && before->delayed_until > request->delayed_until)
		before = before->delayed_before;
	request->delayed_before = before;
	request->delayed_after = before ? before->delayed_after : first;
	*(before ? &before->delayed_after : &first) = request;
	*(request->delayed_after ? &request->delayed_after->delayed_before : &last) = request;
}

static void
delay_remove(Request *request)
{
	*(request->delayed_before ? &request->delayed_before->delayed_after : &first) =
		request->delayed_after;
	*(request->delayed_after ? &request->delayed_after->delayed_before : &last) =
		request->delayed_before;
	request->delayed_before = NULL;
	request->delayed_after = NULL;
}

/* Takes the row over when its answer is to be kept back. False: it is due. */
bool
delay_take(Request *request, PGresult *rows)
{
	long asked = respond_row_status(rows) ? delay_asked_for(rows) : 0;

	if (asked <= 0 || request->gateway->draining)
		return false;
	request->call = NULL;
	request->delayed_rows = rows;
	request->delayed_until = loop_now() + asked;
	delay_insert(request);
	return true;
}

static void
delay_release(Request *request)
{
	PGresult *rows = request->delayed_rows;

	delay_remove(request);
	request->delayed_rows = NULL;
	respond_rows(request, rows);
}

/* To be called after every turn of the loop. */
void
delay_turn(void)
{
	while (first && first->delayed_until <= loop_now())
		delay_release(first);
}

/* Milliseconds until an answer is due, -1 for none. */
int64_t
delay_wait(void)
{
	return first ? loop_until(first->delayed_until) : -1;
}

/* The gateway stops: all of them are sent. */
void
delay_stop(void)
{
	while (first)
		delay_release(first);
}
