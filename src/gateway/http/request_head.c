/*
 * request_head.c
 *	  Reads the request line and the headers into what the database is given.
 *
 * Threats: header smuggling (a proxy in front and the gateway disagree where a
 * request ends, so that the rest of one becomes another's: anything that two parsers
 * could read in two ways is rejected; where lines end and bodies begin, framing.c has
 * checked before), and text that is not valid UTF-8, which the database would reject
 * with an error of the protocol instead of an answer: bytes beyond ASCII are escaped
 * in the target, and taken as Latin-1 in headers, as HTTP/1.1 once said.
 */
#include "gateway/http/request_head.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "gateway/db/lsn_probe.h"
#include "gateway/http/compress.h"

/* For this connection alone, or already used up here: not for the database. */
static const char *const own_headers[] = {
	"Connection",   "Content-Length",    "Expect",  "Keep-Alive", "Proxy-Authorization",
	"Te",           "Proxy-Connection",  "Trailer", "Upgrade",    "Transfer-Encoding",
	"X-Request-Id", "Consistency-Token",
};

#define OWN_HEADERS (sizeof own_headers / sizeof *own_headers)

/*
 * The target of the request line as path and query. Some clients send it with scheme
 * and host before the path; the host ends at the first of three signs, and a path
 * that is not there is the root, or a query would be read as one.
 */
char *
request_head_target(const char *uri)
{
	Buffer target = {0};

	if (strncasecmp(uri, "http://", 7) == 0 || strncasecmp(uri, "https://", 8) == 0)
	{
		const char *host = strchr(uri, '/') + 2;
		size_t length = strcspn(host, "/?#");

		if (length > 0) /* or it is nothing that there is */
			uri = host + length;
		if (*uri != '/' && length > 0)
			buffer_append_text(&target, "/");
	}
	for (const unsigned char *p = (const unsigned char *)uri; *p; p++)
	{
		char escape[4];

		if (*p > 0x20 && *p < 0x7f)
		{
			buffer_append(&target, p, 1);
			continue;
		}
		snprintf(escape, sizeof escape, "%%%02X", *p);
		buffer_append_text(&target, escape);
	}
	if (buffer_text(&target) == NULL)
		buffer_free(&target);
	return target.data;
}

static bool
header_is_own(const char *name)
{
	for (size_t i = 0; i < OWN_HEADERS; i++)
		if (strcasecmp(name, own_headers[i]) == 0)
			return true;
	return false;
}

static bool
name_is_token(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("!#$%&'*+-.^_`|~", name[i]))
			return false;
	return length > 0 && strlen(name) == length;
}

static bool
value_is_printable(const char *value, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f)
			return false;
	return true;
}

/*
 * Blanks behind a value are none of it (RFC 9110, 5.5). libmicrohttpd leaves them
 * there.
 */
static size_t
value_trim(const char *value, size_t length)
{
	size_t trimmed = length;

	while (trimmed > 0 && (value[trimmed - 1] == ' ' || value[trimmed - 1] == '\t'))
		trimmed--;
	if (trimmed < length)
		((char *)(uintptr_t)value)[trimmed] = '\0'; /* in its own buffer */
	return trimmed;
}

static void
append_latin1(Buffer *buffer, const char *value, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		unsigned char byte = (unsigned char)value[i];
		unsigned char pair[2] = {0xc0 | byte >> 6, 0x80 | (byte & 0x3f)};

		if (byte < 0x80)
			buffer_append(buffer, &byte, 1);
		else
			buffer_append(buffer, pair, 2);
	}
}

/* The client's id where it is one that the database takes too, else one of ours. */
void
request_head_identify(Request *request, const char *proposed)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16] = {0};
	size_t length = proposed ? strlen(proposed) : 0;

	if (length > 0 && length <= MAX_REQUEST_ID &&
		strspn(proposed, "0123456789abcdefghijklmnopqrstuvwxyz"
						 "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:=+/") == length)
	{
		memcpy(request->id, proposed, length + 1);
		return;
	}
	if (getrandom(bytes, sizeof bytes, 0) < 0)
		return;
	for (size_t i = 0; i < sizeof bytes; i++)
	{
		request->id[2 * i] = digits[bytes[i] >> 4];
		request->id[2 * i + 1] = digits[bytes[i] & 15];
	}
	request->id[2 * sizeof bytes] = '\0';
}

/* The furthest of several counts. One that we cannot read may ask for anything. */
static void
request_head_note_token(Request *request, const char *value)
{
	uint64_t lsn;

	if (!lsn_parse(value, &lsn))
		lsn = LSN_UNKNOWN;
	if (lsn > request->lsn)
		request->lsn = lsn;
}

/*
 * One name, with a port or without: several, or a path, one could take for another.
 */
static bool
host_is_plain(const char *value)
{
	return value[strcspn(value, " \t,/?#@\\<>\"")] == '\0';
}

/* Headers that say where the body ends, or that may come only once. */
static void
request_head_note(Request *request, const char *name, const char *value)
{
	if (strcasecmp(name, "Origin") == 0)
		request->origin = value;
	else if (strcasecmp(name, "Accept-Encoding") == 0)
		request->takes_gzip |= compress_is_wanted(value);
	else if (strcasecmp(name, "X-Forwarded-For") == 0)
	{
		buffer_append_text(&request->forwarded, ",");
		buffer_append_text(&request->forwarded, value);
	}
	else if (strcasecmp(name, "X-Request-Id") == 0 && request->id[0] == '\0')
		request_head_identify(request, value);
	else if (strcasecmp(name, REQUEST_TOKEN) == 0)
		request_head_note_token(request, value);
	else if (strcasecmp(name, "Access-Control-Request-Method") == 0)
		request->preflight = strcmp(request->method, "OPTIONS") == 0;
	else if (strcasecmp(name, "Expect") == 0)
		request->expects = true;
	else if (strcasecmp(name, "Content-Length") == 0)
	{
		request->ambiguous |= request->sized || request->chunked;
		request->sized = true;
		request->announced = strtoull(value, NULL, 10);
	}
	else if (strcasecmp(name, "Transfer-Encoding") == 0)
	{
		request->ambiguous |= request->sized || request->chunked;
		request->ambiguous |= strcasecmp(value, "chunked") != 0;
		request->chunked = true;
	}
	else if (strcasecmp(name, "Host") == 0)
	{
		request->ambiguous |= request->hosted || !host_is_plain(value);
		request->hosted = true;
	}
}

static enum MHD_Result
request_head_take(void *cls, enum MHD_ValueKind kind, const char *name,
				  size_t name_length, const char *value, size_t value_length)
{
	Request *request = cls;

	(void)kind;
	request->head_bytes += name_length + value_length + 4;
	value_length = value_trim(value, value_length);
	if (!name_is_token(name, name_length) || !value_is_printable(value, value_length))
	{
		request->ambiguous = true;
		return MHD_YES;
	}
	request_head_note(request, name, value_length ? value : "");
	if (header_is_own(name))
		return MHD_YES;
	buffer_append(&request->headers, name, name_length);
	buffer_append(&request->headers, ": ", 2);
	append_latin1(&request->headers, value, value_length);
	buffer_append(&request->headers, "\r\n", 2);
	return MHD_YES;
}

/*
 * What depends on the version: HTTP/1.0 has no chunks, so a proxy of that age takes
 * them for something else (RFC 9112, 6.1); later ones must name a host.
 */
static void
request_head_check_version(Request *request, const char *version)
{
	if (strcmp(version, MHD_HTTP_VERSION_1_0) == 0)
		request->ambiguous |= request->chunked;
	else
		request->ambiguous |= !request->hosted;
}

void
request_head_read(Request *request, struct MHD_Connection *mhd, const char *version)
{
	request->head_bytes = strlen(request->target) + strlen(request->method) + 12;
	MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, request_head_take, request);
	request_head_check_version(request, version);
	if (request->id[0] == '\0')
		request_head_identify(request, NULL);
	buffer_append_text(&request->headers, "X-Request-Id: ");
	buffer_append_text(&request->headers, request->id);
	buffer_append_text(&request->headers, "\r\n");
	memcpy(request->client, request->connection->address, sizeof request->client);
	proxies_client(&request->gateway->proxies, buffer_text(&request->forwarded),
				   request->client, sizeof request->client);
}
