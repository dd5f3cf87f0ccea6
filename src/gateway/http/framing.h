#ifndef REALTY_GATEWAY_HTTP_FRAMING_H
#define REALTY_GATEWAY_HTTP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the next byte belongs to. */
typedef enum WireState
{
	WIRE_START, /* of a request, or of an empty line before it */
	WIRE_START_LF,
	WIRE_METHOD,
	WIRE_LINE, /* behind the method */
	WIRE_LINE_LF,
	WIRE_HEADER, /* the first byte of a line of the head */
	WIRE_NAME,
	WIRE_VALUE,
	WIRE_VALUE_LF,
	WIRE_HEAD_LF,
	WIRE_BODY,
	WIRE_SIZE, /* of a chunk */
	WIRE_EXTENSION,
	WIRE_SIZE_LF,
	WIRE_CHUNK,
	WIRE_CHUNK_CR,
	WIRE_CHUNK_LF,
	WIRE_UNREAD /* behind a length that is refused: the connection ends with it */
} WireState;

/* How far a connection's bytes have been read. All zero at its start. */
typedef struct Wire
{
	WireState state;
	WireState wrong; /* where the first wrong byte stood */
	bool sized;      /* the head told a length */
	bool chunked;    /* or chunks */
	bool trailer;    /* the lines behind the last chunk */
	bool blank;      /* the byte before, in the request line */
	bool too_long;   /* the value, for what is kept of it */
	uint64_t left;   /* bytes of the body or the chunk */
	unsigned digits;
	unsigned extension; /* bytes of it */
	size_t name_length;
	size_t value_length;
	char name[18]; /* as much as of "transfer-encoding" */
	char value[24];
} Wire;

const char *wire_fault(const Wire *wire);
size_t wire_scan(Wire *wire, const char *bytes, size_t length, size_t *start);

#endif
