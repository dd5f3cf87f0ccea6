/*
 * stream.c
 *	  Answers that stay open: server-sent events (WHATWG HTML, 9.2).
 *
 * A stream starts as any request does. When its answer says X-Realty-Stream, the body
 * is the first batch of events and the connection stays; later events are asked for
 * by fetch.c, with the reader's own token and from the reader's own cursor.
 *
 * A stream holds at most one batch, which may be shared with others. Until it is sent
 * nothing more is asked for this stream, and since the cursor remembers the place
 * nothing is lost; a reader that does not take it within a heartbeat's time is
 * dropped, and comes back from its cursor. The socket's buffer is kept small for the
 * same reason.
 *
 * While there is nothing to send the connection is suspended: libmicrohttpd would ask
 * for data in every turn of the loop. The library then does not see the client leave,
 * so the socket is watched here.
 */
#include "gateway/stream/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "gateway/access_log.h"
#include "gateway/http/response.h"

#define STREAM_HEADER "X-Realty-Stream: "
#define SCAN_EVERY 250    /* ms */
#define SEND_BUFFER 65536 /* bytes of a socket's */
#define READ_BLOCK 4096   /* bytes that libmicrohttpd asks for at once, at most */

static Stream *streams;       /* open */
static Stream *spare_streams; /* never freed: the loop may still know them */
static int streams_open;
static int64_t streams_dropped;
static int64_t scan_at;

int
stream_count(void)
{
	return streams_open;
}

int64_t
stream_drops(void)
{
	return streams_dropped;
}

Stream *
stream_first(void)
{
	return streams;
}

/* ---- sending ---- */

static void
stream_wake(Stream *stream)
{
	if (!stream->asleep)
		return;
	stream->asleep = false;
	stream->awake_since = loop_now();
	MHD_resume_connection(stream->request->mhd);
}

static size_t
stream_copy_batch(Stream *stream, char *to, size_t max)
{
	Batch *batch = stream->batch;
	size_t left = batch->length - stream->sent;
	size_t length = left < max ? left : max;

	memcpy(to, batch->data + stream->sent, length);
	stream->sent += length;
	if (stream->sent < batch->length)
		return length;
	stream->batch = NULL;
	stream->awake_since = loop_now();
	stream->news |= batch->more;
	batch_release(batch);
	queue_add(stream);
	return length;
}

static size_t
stream_copy_note(Stream *stream, char *to, size_t max)
{
	size_t length = stream->note_length < max ? stream->note_length : max;

	memcpy(to, stream->note, length);
	stream->note_length -= length;
	memmove(stream->note, stream->note + length, stream->note_length);
	return length;
}

/* libmicrohttpd asks for data: when the last ones are out, or when we woke it. */
static ssize_t
stream_read(void *cls, uint64_t position, char *to, size_t max)
{
	Stream *stream = cls;

	(void)position;
	if (stream->gone)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (stream->batch)
		return (ssize_t)stream_copy_batch(stream, to, max);
	if (stream->note_length > 0)
		return (ssize_t)stream_copy_note(stream, to, max);
	if (stream->ends)
		return MHD_CONTENT_READER_END_OF_STREAM;
	stream->asleep = true;
	MHD_suspend_connection(stream->request->mhd);
	return 0;
}

/* The stream's own share of the batch. Only when it holds none. */
void
stream_give(Stream *stream, Batch *batch)
{
	char *cursor = batch_cursor(batch);

	if (cursor)
	{
		free(stream->cursor);
		stream->cursor = cursor;
		queue_rekey(stream);
	}
	if (batch->length == 0)
		return;
	batch->readers++;
	stream->batch = batch;
	stream->sent = 0;
	stream_wake(stream);
}

/* Nothing more than what it holds already. */
void
stream_finish(Stream *stream)
{
	stream->ends = true;
	stream_wake(stream);
}

static void
stream_note(Stream *stream, const char *note)
{
	stream->note_length = strlen(note);
	memcpy(stream->note, note, stream->note_length);
	stream_wake(stream);
}

/*
 * The process stops: every stream ends, and its reader comes back after a random
 * while.
 */
void
stream_drain(void)
{
	char note[sizeof streams->note];

	for (Stream *stream = streams; stream; stream = stream->next)
	{
		snprintf(note, sizeof note, "retry: %ld\n\n", 500 + random() % 2500);
		stream_note(stream, note);
		stream_finish(stream);
	}
}

/* ---- open and closed ---- */

/*
 * The value of a line "Name: value" among lines; to be freed. NULL when there is
 * none.
 */
static char *
line_value(const char *lines, const char *name)
{
	size_t length = strlen(name);

	while (lines && *lines)
	{
		if (strncasecmp(lines, name, length) == 0)
			return strndup(lines + length, strcspn(lines + length, "\r\n"));
		lines = strchr(lines, '\n');
		lines = lines ? lines + 1 : NULL;
	}
	return NULL;
}

/* The client has closed, or its end of the connection is gone. */
static void
stream_hung_up(void *owner, uint32_t events)
{
	Stream *stream = owner;
	char byte;

	(void)events;
	if (stream->request == NULL || stream->gone ||
		recv(stream->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		return; /* of one that had its place before, or there is more to read */
	stream->gone = true;
	loop_forget(stream->fd);
	stream_wake(stream);
}

static Stream *
stream_new(void)
{
	Stream *stream = spare_streams;

	if (stream)
		spare_streams = stream->next;
	else
		stream = malloc(sizeof *stream);
	if (stream == NULL)
		return NULL;
	memset(stream, 0, sizeof *stream);
	stream->source.ready = stream_hung_up;
	stream->source.owner = stream;
	stream->fd = -1;
	return stream;
}

static void
stream_watch(Stream *stream)
{
	int size = SEND_BUFFER;

	stream->fd = stream->request->connection->fd;
	(void)setsockopt(stream->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	(void)loop_watch(stream->fd, EPOLLRDHUP | EPOLLET, &stream->source);
}

static void
stream_free(Stream *stream)
{
	free(stream->target);
	free(stream->authorization);
	free(stream->topic);
	free(stream->cursor);
	if (stream->batch)
		batch_release(stream->batch);
	stream->request = NULL;
	stream->next = spare_streams;
	spare_streams = stream;
}

/* Its request is over, however that came. */
static void
stream_end(Request *request)
{
	Stream *stream = request->stream;

	request->stream = NULL;
	if (stream->fd >= 0 && !stream->gone)
		loop_forget(stream->fd);
	queue_remove(stream);
	if (stream->previous)
		stream->previous->next = stream->next;
	else
		streams = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	streams_open--;
	stream_free(stream);
}

static void
stream_link(Stream *stream)
{
	stream->next = streams;
	if (streams)
		streams->previous = stream;
	streams = stream;
	streams_open++;
	stream->request->stream = stream;
	stream->request->on_end = stream_end;
}

/*
 * The stream of this request, with what has to be known of it; NULL: out of memory.
 */
static Stream *
stream_make(Request *request, const char *answer_headers)
{
	const char *headers = buffer_text(&request->headers);
	Stream *stream = stream_new();

	if (stream == NULL)
		return NULL;
	stream->request = request;
	stream->target = strdup(request->target);
	stream->topic = line_value(answer_headers, STREAM_HEADER);
	stream->authorization = line_value(headers, "Authorization: ");
	stream->cursor = line_value(headers, "Last-Event-ID: ");
	if (stream->cursor == NULL)
		stream->cursor = strdup("");
	if (stream->target && stream->topic && stream->cursor)
		return stream;
	stream_free(stream);
	return NULL;
}

/* Spread, so that they are not all asked for at one time. */
static void
stream_set_clock(Stream *stream, const Config *config)
{
	int64_t beat = (int64_t)config->stream_heartbeat * 1000;

	stream->awake_since = loop_now();
	stream->beat_at = stream->awake_since + beat / 2 + random() % (beat / 2 + 1);
}

static struct MHD_Response *
stream_response(Stream *stream, const char *headers)
{
	struct MHD_Response *response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, READ_BLOCK, stream_read, stream, NULL);

	if (response && !respond_add_lines(response, headers))
	{
		MHD_destroy_response(response);
		return NULL;
	}
	return response;
}

/* What the request needs no more, as long as the stream lives. */
static void
request_shrink(Request *request)
{
	buffer_free(&request->headers);
	buffer_free(&request->forwarded);
	free(request->target);
	request->target = strdup("");
}

static bool
stream_open(Request *request, PGresult *rows)
{
	const char *headers = PQgetvalue(rows, 0, 1);
	Stream *stream = stream_make(request, headers);
	struct MHD_Response *response = stream ? stream_response(stream, headers) : NULL;
	Batch *batch = response ? batch_of_rows(rows) : NULL;

	if (batch == NULL)
	{
		if (response)
			MHD_destroy_response(response);
		else
			PQclear(rows);
		if (stream)
			stream_free(stream);
		return false;
	}
	access_note(request, rows);
	request->access.opened = loop_now_us();
	stream_link(stream);
	stream_set_clock(stream, request->gateway->config);
	queue_rekey(stream);
	stream_give(stream, batch);
	batch_release(batch);
	stream->news = true; /* something may have come before it was listed */
	stream->ends = request->gateway->draining;
	queue_add(stream);
	request_shrink(request);
	request->length = -1;
	respond_with(request, MHD_HTTP_OK, response);
	stream_watch(stream);
	return true;
}

bool
stream_asked_for(const PGresult *rows)
{
	char *topic = NULL;

	if (respond_row_status(rows) == MHD_HTTP_OK)
		topic = line_value(PQgetvalue(rows, 0, 1), STREAM_HEADER);
	free(topic);
	return topic != NULL;
}

/*
 * The answer of a request that asked for a stream: takes the row over and keeps the
 * connection open. False: it is an ordinary answer, and the row is still the
 * caller's.
 */
bool
stream_take(Request *request, PGresult *rows)
{
	if (request->headless || !stream_asked_for(rows))
		return false;
	if (streams_open >= request->gateway->config->streams)
	{
		PQclear(rows);
		respond_error(request, ERROR_TOO_MANY_STREAMS);
	}
	else if (!stream_open(request, rows))
		respond_error(request, ERROR_INTERNAL);
	return true;
}

/* ---- the clock ---- */

/*
 * Shut, so that libmicrohttpd, which waits for room in it, sees an end; and reset, so
 * that the kernel does not keep what is not taken.
 */
static void
stream_drop(Stream *stream)
{
	const struct linger reset = {.l_onoff = 1};

	streams_dropped++;
	stream->gone = true;
	loop_forget(stream->fd);
	(void)setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	(void)shutdown(stream->fd, SHUT_RDWR);
}

/*
 * A heartbeat is a comment, and asks again: so a token that has expired or was
 * revoked ends its stream, and a commit without a notification is found.
 */
static void
stream_look_after(Stream *stream, int64_t now, int64_t beat)
{
	if (stream->gone)
		return;
	if (!stream->asleep && now - stream->awake_since > beat)
	{
		stream_drop(stream);
		return;
	}
	if (now < stream->beat_at)
		return;
	stream->beat_at = now + beat;
	if (stream->note_length == 0)
		stream_note(stream, ":\n\n");
	if (now - stream->asked_at < beat / 2)
		return; /* it was asked for with others at the same cursor */
	stream->news = true;
	queue_add(stream);
}

static void
stream_scan(const Config *config)
{
	int64_t now = loop_now();

	if (now < scan_at)
		return;
	scan_at = now + SCAN_EVERY;
	for (Stream *stream = streams; stream; stream = stream->next)
		stream_look_after(stream, now, (int64_t)config->stream_heartbeat * 1000);
}

/* To be called in every turn of the loop. */
void
stream_turn(const Gateway *gateway)
{
	if (streams_open > 0 && !gateway->draining)
		stream_scan(gateway->config);
}

int64_t
stream_wait(void)
{
	return streams_open > 0 ? loop_until(scan_at) : -1;
}
