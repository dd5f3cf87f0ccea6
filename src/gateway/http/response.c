/*
 * response.c
 *	  Builds the HTTP answer: from a row of the database, or from a gateway error.
 *
 * Every answer carries X-Request-Id, the security headers and, where origins are
 * configured, the CORS ones. Headers that frame the message or name the software are
 * the gateway's alone and are not taken from the database.
 */
#include "gateway/http/response.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "gateway/access_log.h"
#include "gateway/http/compress.h"

/*
 * What a page that is tricked into showing our answers could do with them: nothing.
 */
static const char *const safety_headers[][2] = {
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "no-referrer"},
	{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
};

/* What libmicrohttpd asks for at a time. */
#define COMPRESSED_BLOCK ((size_t)32 * 1024)

#define SAFETY_HEADERS (sizeof safety_headers / sizeof *safety_headers)

static const char *const reserved_headers[] = {
	"Connection",      "Content-Length", "Date",
	"Keep-Alive",      "Server",         "Trailer",
	"Upgrade",         "X-Request-Id",   "Transfer-Encoding",
	"X-Realty-Stream", DELAY_HEADER,     REQUEST_TOKEN,
};

#define RESERVED_HEADERS (sizeof reserved_headers / sizeof *reserved_headers)

static void
response_default(struct MHD_Response *response, const char *name, const char *value)
{
	if (MHD_get_response_header(response, name) == NULL)
		MHD_add_response_header(response, name, value);
}

/* The same as lines, each with its line break before it. */
static void
write_safety(Buffer *head)
{
	for (size_t i = 0; i < SAFETY_HEADERS; i++)
	{
		buffer_append_text(head, "\r\n");
		buffer_append_text(head, safety_headers[i][0]);
		buffer_append_text(head, ": ");
		buffer_append_text(head, safety_headers[i][1]);
	}
}

/*
 * A whole answer, for a connection that ends with it. Returns the bytes of its body.
 */
static size_t
write_error(Buffer *text, GatewayError error, const char *id)
{
	const ErrorText *what = error_text(error);
	size_t length;
	Buffer body = {0};
	char line[160];

	error_write(error, &body);
	length = body.length;
	snprintf(line, sizeof line, "HTTP/1.1 %u %s\r\nContent-Length: %zu\r\n", what->status,
			 MHD_get_reason_phrase_for(what->status), body.length);
	buffer_append_text(text, line);
	if (what->retry_after)
	{
		snprintf(line, sizeof line, "Retry-After: %s\r\n", what->retry_after);
		buffer_append_text(text, line);
	}
	buffer_append_text(text,
					   "Content-Type: " RESPOND_JSON_TYPE "\r\nConnection: close\r\n");
	buffer_append_text(text, "X-Request-Id: ");
	buffer_append_text(text, id);
	write_safety(text);
	buffer_append_text(text, "\r\nCache-Control: no-store\r\n\r\n");
	buffer_append(text, body.data, body.length);
	text->failed |= body.failed;
	buffer_free(&body);
	return length;
}

/*
 * Writes it past libmicrohttpd; raw_error.c logs it. All of it goes into the socket's
 * buffer, which is empty: the library reads a request only when the answer before it
 * is out. Returns the bytes of the body.
 */
size_t
respond_raw(int fd, GatewayError error, const char *id)
{
	Buffer text = {0};
	size_t length = write_error(&text, error, id);

	if (!text.failed)
		(void)!send(fd, text.data, text.length, MSG_DONTWAIT | MSG_NOSIGNAL);
	buffer_free(&text);
	return length;
}

/*
 * An answer may state its own; a validator is worth nothing to a client that may not
 * store.
 */
static void
respond_add_safety(struct MHD_Response *response)
{
	for (size_t i = 0; i < SAFETY_HEADERS; i++)
		response_default(response, safety_headers[i][0], safety_headers[i][1]);
	response_default(response, "Cache-Control",
					 MHD_get_response_header(response, "ETag") ? "private, no-cache"
															   : "no-store");
}

/* The answer is complete: hand it to libmicrohttpd, at once or by waking it up. */
void
respond_with(Request *request, unsigned int status, struct MHD_Response *response)
{
	RequestStage stage = request->stage;

	if (response)
	{
		MHD_add_response_header(response, "X-Request-Id", request->id);
		if (*request->token)
			MHD_add_response_header(response, REQUEST_TOKEN, request->token);
		respond_add_safety(response);
		cors_mark(&request->gateway->cors, request->origin, response);
		if (request->gateway->draining)
			MHD_add_response_header(response, "Connection", "close");
	}
	request->status = status;
	request->response = response;
	request->stage = REQUEST_ANSWERED;
	request->call = NULL;
	connection_enter(request->connection,
					 request->length >= 0 ? CONNECTION_SENDING : CONNECTION_STREAMING,
					 request->length);
	if (stage == REQUEST_WAITING)
		MHD_resume_connection(request->mhd);
}

/* Takes the buffer's content over. */
void
respond_body(Request *request, unsigned int status, const char *type, Buffer *body)
{
	struct MHD_Response *response = NULL;

	request->length = (int64_t)body->length;
	if (!body->failed)
		response = MHD_create_response_from_buffer_with_free_callback(body->length,
																	  body->data, free);
	if (response)
	{
		memset(body, 0, sizeof *body);
		MHD_add_response_header(response, "Content-Type", type);
	}
	buffer_free(body);
	respond_with(request, status, response);
}

void
respond_json(Request *request, unsigned int status, Buffer *body)
{
	respond_body(request, status, RESPOND_JSON_TYPE, body);
}

void
respond_empty(Request *request, unsigned int status, struct MHD_Response *response)
{
	if (response == NULL)
		response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	request->length = 0;
	if (response && request->route)
		MHD_add_response_header(response, "Allow", request->route->allow);
	respond_with(request, status, response);
}

void
respond_error(Request *request, GatewayError error)
{
	const ErrorText *text = error_text(error);
	struct MHD_Response *response = NULL;
	Buffer body = {0};

	error_write(error, &body);
	request->length = (int64_t)body.length;
	if (!body.failed)
		response = MHD_create_response_from_buffer_with_free_callback(body.length,
																	  body.data, free);
	if (response == NULL)
	{
		buffer_free(&body);
		respond_with(request, text->status, NULL);
		return;
	}
	MHD_add_response_header(response, "Content-Type", RESPOND_JSON_TYPE);
	if (text->retry_after)
		MHD_add_response_header(response, "Retry-After", text->retry_after);
	if (error == ERROR_METHOD_NOT_ALLOWED && request->route)
		MHD_add_response_header(response, "Allow", request->route->allow);
	if (error == ERROR_BAD_REQUEST) /* whatever follows cannot be trusted */
		MHD_add_response_header(response, "Connection", "close");
	respond_with(request, text->status, response);
}

static bool
header_is_reserved(const char *name)
{
	for (size_t i = 0; i < RESERVED_HEADERS; i++)
		if (strcasecmp(name, reserved_headers[i]) == 0)
			return true;
	return false;
}

/* A tag identifies bytes; compressed ones are only equivalent (RFC 9110, 8.8.1). */
static void
response_add_tag(struct MHD_Response *response, const char *tag)
{
	char weak[80];

	if (MHD_get_response_header(response, "Content-Encoding") == NULL)
	{
		MHD_add_response_header(response, "ETag", tag);
		return;
	}
	snprintf(weak, sizeof weak, "W/%s", tag);
	MHD_add_response_header(response, "ETag", weak);
}

/* One "Name: value", ended by NUL and ours to write on; anything else is left out. */
static void
response_add_line(struct MHD_Response *response, char *line)
{
	char *value = strchr(line, ':');

	if (value == NULL || value == line)
		return;
	*value++ = '\0';
	value += strspn(value, " \t");
	if (strcasecmp(line, "ETag") == 0)
		response_add_tag(response, value);
	else if (!header_is_reserved(line))
		MHD_add_response_header(response, line, value);
}

bool
respond_add_lines(struct MHD_Response *response, const char *lines)
{
	char *copy = strdup(lines);
	char *rest = NULL;

	if (copy == NULL)
		return false;
	for (char *line = strtok_r(copy, "\r\n", &rest); line;
		 line = strtok_r(NULL, "\r\n", &rest))
		response_add_line(response, line);
	free(copy);
	return true;
}

/* 0: it is no answer. */
unsigned int
respond_row_status(const PGresult *rows)
{
	uint32_t status;

	if (PQntuples(rows) != 1 || PQnfields(rows) != ACCESS_COLUMNS ||
		PQgetlength(rows, 0, 0) != 4)
		return 0;
	memcpy(&status, PQgetvalue(rows, 0, 0), sizeof status);
	status = ntohl(status);
	return status >= 200 && status <= 599 ? status : 0;
}

static void
rows_free(void *rows)
{
	PQclear(rows);
}

/* A row that is compressed while it is sent. */
typedef struct CompressedRow
{
	Compression *compression;
	PGresult *rows;
} CompressedRow;

static ssize_t
compressed_read(void *compressed, uint64_t sent, char *out, size_t room)
{
	ssize_t got = compress_next(((CompressedRow *)compressed)->compression, out, room);

	(void)sent;
	if (got > 0)
		return got;
	return got == 0 ? MHD_CONTENT_READER_END_OF_STREAM
					: MHD_CONTENT_READER_END_WITH_ERROR;
}

static void
compressed_free(void *compressed)
{
	compress_close(((CompressedRow *)compressed)->compression);
	PQclear(((CompressedRow *)compressed)->rows);
	free(compressed);
}

/* Of any length; the compressed length is not known before. */
static struct MHD_Response *
response_in_pieces(PGresult *rows, size_t length)
{
	CompressedRow *compressed = calloc(1, sizeof *compressed);
	struct MHD_Response *response = NULL;

	if (compressed)
		compressed->compression = compress_open(PQgetvalue(rows, 0, 2), length);
	if (compressed && compressed->compression)
	{
		compressed->rows = rows;
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, COMPRESSED_BLOCK,
													 compressed_read, compressed,
													 compressed_free);
		if (response == NULL)
			compress_close(compressed->compression);
	}
	if (response == NULL)
		free(compressed);
	return response;
}

/* A compressed copy, which makes the row needless. */
static struct MHD_Response *
response_of_copy(PGresult *rows, size_t length)
{
	size_t size;
	char *data = compress_gzip(PQgetvalue(rows, 0, 2), length, &size);
	struct MHD_Response *response = NULL;

	if (data)
		response = MHD_create_response_from_buffer_with_free_callback(size, data, free);
	if (response)
		PQclear(rows);
	else
		free(data);
	return response;
}

/* Takes the row over; NULL when it is sent as it is. */
static struct MHD_Response *
response_compressed(Request *request, PGresult *rows, size_t length)
{
	int from = request->gateway->config->gzip_from;
	struct MHD_Response *response;

	if (!request->takes_gzip || from <= 0 || length < (size_t)from)
		return NULL;
	/*
	 * libmicrohttpd 0.9.75 ends chunks that it does not send, in front of the next
	 * answer
	 */
	if (request->headless && length > COMPRESS_PIECE)
		return NULL;
	response = length > COMPRESS_PIECE ? response_in_pieces(rows, length)
									   : response_of_copy(rows, length);
	if (response)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	return response;
}

/*
 * The row of realty.request_raw. The body is sent from libpq's own memory, which the
 * response frees when its last byte is out.
 */
void
respond_rows(Request *request, PGresult *rows)
{
	unsigned int status = respond_row_status(rows);
	int length = status ? PQgetlength(rows, 0, 2) : 0;
	Buffer headers = {0};
	struct MHD_Response *response = NULL;
	bool added;

	if (status)
	{
		access_note(request, rows);
		buffer_append_text(&headers, PQgetvalue(rows, 0, 1));
		response = response_compressed(request, rows, length);
	}
	request->length = length;
	if (response == NULL && status)
		response = MHD_create_response_from_buffer_with_free_callback_cls(
			length, PQgetvalue(rows, 0, 2), rows_free, rows);
	if (response == NULL)
	{
		PQclear(rows);
		buffer_free(&headers);
		respond_error(request, ERROR_INTERNAL);
		return;
	}
	added = buffer_text(&headers) && respond_add_lines(response, buffer_text(&headers));
	buffer_free(&headers);
	if (!added)
	{
		MHD_destroy_response(response);
		respond_error(request, ERROR_INTERNAL);
		return;
	}
	if (length > 0)
		response_default(response, "Content-Type", RESPOND_JSON_TYPE);
	if (request->gateway->config->gzip_from > 0 && length > 0)
		MHD_add_response_header(response, "Vary", "Accept-Encoding");
	respond_with(request, status, response);
}

/* Ask the database, or answer at once that it takes no more. */
void
respond_by_call(Request *request, Call *call)
{
	PoolVerdict verdict;

	if (call == NULL)
	{
		respond_error(request, ERROR_INTERNAL);
		return;
	}
	verdict = request_ask(request, call);
	if (verdict == POOL_ACCEPTED)
		return;
	respond_error(request, verdict == POOL_FULL ? ERROR_QUEUE_FULL : ERROR_DATABASE_DOWN);
}
