/*
 * framing.c
 *	  Where requests begin and end in the bytes of a connection, read strictly.
 *
 * The threat is smuggling: a proxy before us and libmicrohttpd disagree about where a
 * request ends, so that a part of one becomes another's. Version 0.9.75 of the library
 * takes a header without a name for the end of the head, joins folded lines, and ends
 * lines at a bare LF or CR, also those of chunks. So every byte passes here first, and
 * what RFC 9112 has a server refuse, or two parsers could read in two ways, is found
 * before the library sees any of it.
 *
 * Pure: any bytes in, in any pieces, a position out; the fuzzer drives it alone. Only
 * what frames a request is looked at: the rest is request_head.c's.
 */
#include "gateway/http/framing.h"

#include <string.h>

#define DIGITS_MOST 15     /* of a chunk's size */
#define EXTENSION_MOST 256 /* bytes of a chunk's; nobody reads it */

static bool
is_token(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
		   (byte >= 'A' && byte <= 'Z') ||
		   (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

/* Neither in a line nor at its end: CR LF alone ends one. */
static bool
breaks_line(unsigned char byte)
{
	return byte == '\n' || byte == '\0';
}

static char
lower(unsigned char byte)
{
	return (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
}

static int
hex_value(unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte = (unsigned char)lower(byte);
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static void
name_add(Wire *wire, unsigned char byte)
{
	if (wire->name_length < sizeof wire->name)
		wire->name[wire->name_length] = lower(byte);
	wire->name_length++;
}

static bool
name_is(const Wire *wire, const char *name)
{
	return wire->name_length == strlen(name) &&
		   memcmp(wire->name, name, wire->name_length) == 0;
}

static void
value_add(Wire *wire, unsigned char byte)
{
	bool blank = byte == ' ' || byte == '\t';

	if (blank && wire->value_length == 0)
		return;
	if (wire->value_length < sizeof wire->value)
		wire->value[wire->value_length++] = lower(byte);
	else if (!blank)
		wire->too_long = true;
}

/* What stands before the blanks at its end. */
static size_t
value_trimmed(const Wire *wire)
{
	size_t length = wire->value_length;

	while (length > 0 &&
		   (wire->value[length - 1] == ' ' || wire->value[length - 1] == '\t'))
		length--;
	return length;
}

/*
 * Digits and nothing else. Those that no number holds are the library's to refuse: of a
 * value that is longer than what is kept of it, only they can be told.
 */
static bool
take_length(Wire *wire)
{
	size_t length = value_trimmed(wire);
	bool overflows = false;

	if (wire->sized || wire->chunked || length == 0)
		return false;
	wire->sized = true;
	wire->left = 0;
	for (size_t i = 0; i < length; i++)
	{
		unsigned digit = (unsigned char)wire->value[i] - (unsigned)'0';

		if (digit > 9)
			return false;
		if (wire->left > (UINT64_MAX - digit) / 10)
			overflows = true;
		else
			wire->left = wire->left * 10 + digit;
	}
	if (overflows)
		wire->state = WIRE_UNREAD;
	return overflows || !wire->too_long;
}

static bool
take_coding(Wire *wire)
{
	if (wire->sized || wire->chunked || wire->too_long || value_trimmed(wire) != 7 ||
		memcmp(wire->value, "chunked", 7) != 0)
		return false;
	wire->chunked = true;
	return true;
}

/* A header is complete. False when it tells of the body in two ways, or in none. */
static bool
take_header(Wire *wire)
{
	bool holds = true;

	wire->state = WIRE_HEADER;
	if (wire->trailer)
		return true;
	if (name_is(wire, "content-length"))
		holds = take_length(wire);
	else if (name_is(wire, "transfer-encoding"))
		holds = take_coding(wire);
	return holds;
}

static void
begin_size(Wire *wire)
{
	wire->state = WIRE_SIZE;
	wire->left = 0;
	wire->digits = 0;
	wire->extension = 0;
}

static void
end_head(Wire *wire)
{
	if (wire->trailer)
		wire->state = WIRE_START;
	else if (wire->chunked)
		begin_size(wire);
	else
		wire->state = wire->left > 0 ? WIRE_BODY : WIRE_START;
}

static void
end_size(Wire *wire)
{
	wire->trailer = wire->left == 0;
	wire->state = wire->trailer ? WIRE_HEADER : WIRE_CHUNK;
}

static void
begin_request(Wire *wire)
{
	memset(wire, 0, sizeof *wire);
	wire->state = WIRE_METHOD;
}

/* The byte is the one that has to come. */
static bool
expect(Wire *wire, unsigned char byte, unsigned char expected, WireState next)
{
	wire->state = next;
	return byte == expected;
}

static bool
take_size(Wire *wire, unsigned char byte)
{
	int digit = hex_value(byte);

	if (digit >= 0)
	{
		wire->left = wire->left * 16 + (uint64_t)digit;
		return ++wire->digits <= DIGITS_MOST;
	}
	wire->state = byte == ';' ? WIRE_EXTENSION : WIRE_SIZE_LF;
	return wire->digits > 0 && (byte == ';' || byte == '\r');
}

/* Its words stand one blank apart: two could be taken for an empty word between them. */
static bool
take_line(Wire *wire, unsigned char byte)
{
	bool blank = byte == ' ';
	bool holds =
		!breaks_line(byte) && byte != '\t' && !(wire->blank && (blank || byte == '\r'));

	wire->blank = blank;
	if (byte == '\r')
		wire->state = WIRE_LINE_LF;
	return holds;
}

/* A line's first byte: its name begins, or the head ends. Nothing is folded. */
static bool
take_first(Wire *wire, unsigned char byte)
{
	if (byte == '\r')
	{
		wire->state = WIRE_HEAD_LF;
		return true;
	}
	wire->state = WIRE_NAME;
	wire->name_length = 0;
	wire->value_length = 0;
	wire->too_long = false;
	name_add(wire, byte);
	return is_token(byte);
}

static bool
take_name(Wire *wire, unsigned char byte)
{
	if (byte == ':')
	{
		wire->state = WIRE_VALUE;
		return true;
	}
	name_add(wire, byte);
	return is_token(byte);
}

/* False: the byte is wrong where it stands. */
static bool
wire_take(Wire *wire, unsigned char byte)
{
	switch (wire->state)
	{
	case WIRE_START:
		if (byte == '\r')
			return expect(wire, byte, '\r', WIRE_START_LF);
		begin_request(wire);
		return is_token(byte);
	case WIRE_START_LF:
		return expect(wire, byte, '\n', WIRE_START);
	case WIRE_METHOD:
		wire->blank = byte == ' ';
		wire->state = wire->blank ? WIRE_LINE : WIRE_METHOD;
		return wire->blank || is_token(byte);
	case WIRE_LINE:
		return take_line(wire, byte);
	case WIRE_EXTENSION:
		if (byte == '\r')
			wire->state = WIRE_SIZE_LF;
		return !breaks_line(byte) && wire->extension++ < EXTENSION_MOST;
	case WIRE_LINE_LF:
		return expect(wire, byte, '\n', WIRE_HEADER);
	case WIRE_HEADER:
		return take_first(wire, byte);
	case WIRE_NAME:
		return take_name(wire, byte);
	case WIRE_VALUE:
		if (byte == '\r')
			wire->state = WIRE_VALUE_LF;
		else
			value_add(wire, byte);
		return !breaks_line(byte);
	case WIRE_VALUE_LF:
		return byte == '\n' && take_header(wire);
	case WIRE_HEAD_LF:
		end_head(wire);
		return byte == '\n';
	case WIRE_SIZE:
		return take_size(wire, byte);
	case WIRE_SIZE_LF:
		end_size(wire);
		return byte == '\n';
	case WIRE_CHUNK_CR:
		return expect(wire, byte, '\r', WIRE_CHUNK_LF);
	case WIRE_CHUNK_LF:
		begin_size(wire);
		return byte == '\n';
	case WIRE_BODY:
	case WIRE_CHUNK:
	case WIRE_UNREAD:
		break;
	}
	return true;
}

/* Bytes that are not looked at: of a body, of a chunk, or all. */
static size_t
wire_skip(Wire *wire, size_t length)
{
	if (wire->state == WIRE_UNREAD)
		return length;
	if (length > wire->left)
		length = (size_t)wire->left;
	wire->left -= length;
	if (wire->left == 0)
		wire->state = wire->state == WIRE_BODY ? WIRE_START : WIRE_CHUNK_CR;
	return length;
}

/*
 * Reads on. Returns length, or the position of the first byte that is wrong; *start is
 * where the request before it ends in these bytes, 0 when that was before.
 */
size_t
wire_scan(Wire *wire, const char *bytes, size_t length, size_t *start)
{
	size_t at = 0;

	*start = 0;
	while (at < length)
	{
		WireState before = wire->state;

		if (wire->state == WIRE_BODY || wire->state == WIRE_CHUNK ||
			wire->state == WIRE_UNREAD)
			at += wire_skip(wire, length - at);
		else if (!wire_take(wire, (unsigned char)bytes[at]))
		{
			wire->wrong = before;
			return at;
		}
		else
			at++;
		/* an empty line in front belongs to the next one */
		if (wire->state == WIRE_START && before != WIRE_START_LF)
			*start = at;
	}
	return at;
}

/* What is wrong, for the log, once wire_scan() has found it. */
const char *
wire_fault(const Wire *wire)
{
	static const char *const faults[WIRE_UNREAD + 1] = {
		[WIRE_START] = "no method where a request begins",
		[WIRE_START_LF] = "a line that does not end with CR LF",
		[WIRE_METHOD] = "a method that is no token",
		[WIRE_LINE] = "a line break, a NUL or a second blank in the request line",
		[WIRE_LINE_LF] = "a request line that does not end with CR LF",
		[WIRE_HEADER] = "a header line that is folded or has no name",
		[WIRE_NAME] = "a header's name that is no token",
		[WIRE_VALUE] = "a line break or a NUL in a header",
		[WIRE_VALUE_LF] = "a header that does not end with CR LF, or an unclear length",
		[WIRE_HEAD_LF] = "a head that does not end with CR LF",
		[WIRE_SIZE] = "a chunk without a size",
		[WIRE_EXTENSION] = "a line break, a NUL or too much in a chunk's extension",
		[WIRE_SIZE_LF] = "a chunk's size that does not end with CR LF",
		[WIRE_CHUNK_CR] = "a chunk longer than its size",
		[WIRE_CHUNK_LF] = "a chunk that does not end with CR LF",
	};
	const char *fault = faults[wire->wrong];

	return fault ? fault : "no HTTP";
}
