#ifndef REALTY_GATEWAY_HTTP_FRAMING_H
#define REALTY_GATEWAY_HTTP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the next byte belongs to. */
typedef enum FramingState
{
	FRAMING_START, /* of a request, or of an empty line before it */
	FRAMING_START_LF,
	FRAMING_METHOD,
	FRAMING_LINE, /* behind the method */
	FRAMING_LINE_LF,
	FRAMING_HEADER, /* the first byte of a line of the head */
	FRAMING_NAME,
	FRAMING_VALUE,
	FRAMING_VALUE_LF,
	FRAMING_HEAD_LF,
	FRAMING_BODY,
	FRAMING_SIZE, /* of a chunk */
	FRAMING_EXTENSION,
	FRAMING_SIZE_LF,
	FRAMING_CHUNK,
	FRAMING_CHUNK_CR,
	FRAMING_CHUNK_LF
} FramingState;

/* How far a connection's bytes have been read. All zero at its start. */
typedef struct Framing
{
	FramingState state;
	FramingState wrong; /* where the first wrong byte stood */
	bool sized;         /* Content-Length was there */
	bool chunked;       /* or Transfer-Encoding */
	bool trailer;       /* the lines behind the last chunk */
	bool blank;         /* the byte before, in the request line */
	bool too_long;      /* the value, for what is kept of it */
	bool overflows;     /* Content-Length, any number */
	uint64_t left;      /* bytes of the body or the chunk */
	unsigned digits;
	unsigned extension; /* bytes of it */
	size_t name_length;
	size_t value_length;
	char name[18]; /* as much as of "transfer-encoding" */
	char value[24];
} Framing;

const char *framing_error(const Framing *framing);
size_t framing_scan(Framing *framing, const char *bytes, size_t length, size_t *start);

#endif
