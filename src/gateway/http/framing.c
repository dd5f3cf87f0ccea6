/*
 * framing.c
 *	  Where requests begin and end in the bytes of a connection, read strictly.
 *
 * The threat is smuggling: a proxy in front and libmicrohttpd disagree about where a
 * request ends, so that a part of one becomes another's. Version 0.9.75 of the
 * library takes a header without a name for the end of the head, joins folded lines,
 * and ends lines at a bare LF or CR, also those of chunks. So every byte passes here
 * first, and anything that RFC 9112 has a server reject, or that two parsers could
 * read in two ways, is found before the library sees any of it.
 *
 * Pure: any bytes in, in any pieces, a position out; the fuzzer drives it alone. Only
 * what frames a request is looked at: the rest is request_head.c's.
 */
#include "gateway/http/framing.h"

#include <string.h>

#define MAX_SIZE_DIGITS 15 /* of a chunk's size */
#define MAX_EXTENSION 256  /* bytes of a chunk's; it is not used */

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
name_add(Framing *framing, unsigned char byte)
{
	if (framing->name_length < sizeof framing->name)
		framing->name[framing->name_length] = lower(byte);
	framing->name_length++;
}

static bool
name_is(const Framing *framing, const char *name)
{
	return framing->name_length == strlen(name) &&
		   memcmp(framing->name, name, framing->name_length) == 0;
}

static void
value_add(Framing *framing, unsigned char byte)
{
	bool blank = byte == ' ' || byte == '\t';

	if (blank && framing->value_length == 0)
		return;
	if (framing->value_length < sizeof framing->value)
		framing->value[framing->value_length++] = lower(byte);
	else if (!blank)
		framing->too_long = true;
}

/* What stands before the blanks at its end. */
static size_t
value_trimmed(const Framing *framing)
{
	size_t length = framing->value_length;

	while (length > 0 &&
		   (framing->value[length - 1] == ' ' || framing->value[length - 1] == '\t'))
		length--;
	return length;
}

/*
 * Digits and nothing else. A number that overflows is a body that is too large, which
 * versions of libmicrohttpd answer with different statuses.
 */
static bool
take_length(Framing *framing)
{
	size_t length = value_trimmed(framing);
	bool overflows = false;

	if (framing->sized || framing->chunked || length == 0)
		return false;
	framing->sized = true;
	framing->left = 0;
	for (size_t i = 0; i < length; i++)
	{
		unsigned digit = (unsigned char)framing->value[i] - (unsigned)'0';

		if (digit > 9)
			return false;
		if (framing->left > (UINT64_MAX - digit) / 10)
			overflows = true;
		else
			framing->left = framing->left * 10 + digit;
	}
	framing->overflows = overflows;
	return !overflows && !framing->too_long;
}

static bool
take_coding(Framing *framing)
{
	if (framing->sized || framing->chunked || framing->too_long ||
		value_trimmed(framing) != 7 || memcmp(framing->value, "chunked", 7) != 0)
		return false;
	framing->chunked = true;
	return true;
}

/* A header is complete. False when it frames the body in two ways, or in none. */
static bool
take_header(Framing *framing)
{
	bool holds = true;

	framing->state = FRAMING_HEADER;
	if (framing->trailer)
		return true;
	if (name_is(framing, "content-length"))
		holds = take_length(framing);
	else if (name_is(framing, "transfer-encoding"))
		holds = take_coding(framing);
	return holds;
}

static void
begin_size(Framing *framing)
{
	framing->state = FRAMING_SIZE;
	framing->left = 0;
	framing->digits = 0;
	framing->extension = 0;
}

static void
end_head(Framing *framing)
{
	if (framing->trailer)
		framing->state = FRAMING_START;
	else if (framing->chunked)
		begin_size(framing);
	else
		framing->state = framing->left > 0 ? FRAMING_BODY : FRAMING_START;
}

static void
end_size(Framing *framing)
{
	framing->trailer = framing->left == 0;
	framing->state = framing->trailer ? FRAMING_HEADER : FRAMING_CHUNK;
}

static void
begin_request(Framing *framing)
{
	memset(framing, 0, sizeof *framing);
	framing->state = FRAMING_METHOD;
}

/* The byte is the one that has to come. */
static bool
expect(Framing *framing, unsigned char byte, unsigned char expected, FramingState next)
{
	framing->state = next;
	return byte == expected;
}

static bool
take_size(Framing *framing, unsigned char byte)
{
	int digit = hex_value(byte);

	if (digit >= 0)
	{
		framing->left = framing->left * 16 + (uint64_t)digit;
		return ++framing->digits <= MAX_SIZE_DIGITS;
	}
	framing->state = byte == ';' ? FRAMING_EXTENSION : FRAMING_SIZE_LF;
	return framing->digits > 0 && (byte == ';' || byte == '\r');
}

/*
 * Its words stand one blank apart: two could be taken for an empty word between them.
 */
static bool
take_line(Framing *framing, unsigned char byte)
{
	bool blank = byte == ' ';
	bool holds = !breaks_line(byte) && byte != '\t' &&
				 !(framing->blank && (blank || byte == '\r'));

	framing->blank = blank;
	if (byte == '\r')
		framing->state = FRAMING_LINE_LF;
	return holds;
}

/* A line's first byte: its name begins, or the head ends. Nothing is folded. */
static bool
take_first(Framing *framing, unsigned char byte)
{
	if (byte == '\r')
	{
		framing->state = FRAMING_HEAD_LF;
		return true;
	}
	framing->state = FRAMING_NAME;
	framing->name_length = 0;
	framing->value_length = 0;
	framing->too_long = false;
	name_add(framing, byte);
	return is_token(byte);
}

static bool
take_name(Framing *framing, unsigned char byte)
{
	if (byte == ':')
	{
		framing->state = FRAMING_VALUE;
		return true;
	}
	name_add(framing, byte);
	return is_token(byte);
}

/* False: the byte is wrong where it stands. */
static bool
framing_take(Framing *framing, unsigned char byte)
{
	switch (framing->state)
	{
	case FRAMING_START:
		if (byte == '\r')
			return expect(framing, byte, '\r', FRAMING_START_LF);
		begin_request(framing);
		return is_token(byte);
	case FRAMING_START_LF:
		return expect(framing, byte, '\n', FRAMING_START);
	case FRAMING_METHOD:
		framing->blank = byte == ' ';
		framing->state = framing->blank ? FRAMING_LINE : FRAMING_METHOD;
		return framing->blank || is_token(byte);
	case FRAMING_LINE:
		return take_line(framing, byte);
	case FRAMING_EXTENSION:
		if (byte == '\r')
			framing->state = FRAMING_SIZE_LF;
		return !breaks_line(byte) && framing->extension++ < MAX_EXTENSION;
	case FRAMING_LINE_LF:
		return expect(framing, byte, '\n', FRAMING_HEADER);
	case FRAMING_HEADER:
		return take_first(framing, byte);
	case FRAMING_NAME:
		return take_name(framing, byte);
	case FRAMING_VALUE:
		if (byte == '\r')
			framing->state = FRAMING_VALUE_LF;
		else
			value_add(framing, byte);
		return !breaks_line(byte);
	case FRAMING_VALUE_LF:
		return byte == '\n' && take_header(framing);
	case FRAMING_HEAD_LF:
		end_head(framing);
		return byte == '\n';
	case FRAMING_SIZE:
		return take_size(framing, byte);
	case FRAMING_SIZE_LF:
		end_size(framing);
		return byte == '\n';
	case FRAMING_CHUNK_CR:
		return expect(framing, byte, '\r', FRAMING_CHUNK_LF);
	case FRAMING_CHUNK_LF:
		begin_size(framing);
		return byte == '\n';
	case FRAMING_BODY:
	case FRAMING_CHUNK:
		break;
	}
	return true;
}

/* Bytes that are not looked at: of a body or a chunk. */
static size_t
framing_skip(Framing *framing, size_t length)
{
	if (length > framing->left)
		length = (size_t)framing->left;
	framing->left -= length;
	if (framing->left == 0)
		framing->state =
			framing->state == FRAMING_BODY ? FRAMING_START : FRAMING_CHUNK_CR;
	return length;
}

/*
 * Reads on. Returns length, or the position of the first byte that is wrong; *start
 * is where the request before it ends in these bytes, 0 when that was before.
 */
size_t
framing_scan(Framing *framing, const char *bytes, size_t length, size_t *start)
{
	size_t at = 0;

	*start = 0;
	while (at < length)
	{
		FramingState before = framing->state;

		if (framing->state == FRAMING_BODY || framing->state == FRAMING_CHUNK)
			at += framing_skip(framing, length - at);
		else if (!framing_take(framing, (unsigned char)bytes[at]))
		{
			framing->wrong = before;
			return at;
		}
		else
			at++;
		/* an empty line in front belongs to the next one */
		if (framing->state == FRAMING_START && before != FRAMING_START_LF)
			*start = at;
	}
	return at;
}

/* What is wrong, for the log, once wire_scan() has found it. */
const char *
framing_error(const Framing *framing)
{
	static const char *const errors[FRAMING_CHUNK_LF + 1] = {
		[FRAMING_START] = "no method where a request begins",
		[FRAMING_START_LF] = "a line that does not end with CR LF",
		[FRAMING_METHOD] = "a method that is no token",
		[FRAMING_LINE] = "a line break, a NUL or a second blank in the request line",
		[FRAMING_LINE_LF] = "a request line that does not end with CR LF",
		[FRAMING_HEADER] = "a header line that is folded or has no name",
		[FRAMING_NAME] = "a header's name that is no token",
		[FRAMING_VALUE] = "a line break or a NUL in a header",
		[FRAMING_VALUE_LF] =
			"a header that does not end with CR LF, or an unclear length",
		[FRAMING_HEAD_LF] = "a head that does not end with CR LF",
		[FRAMING_SIZE] = "a chunk without a size",
		[FRAMING_EXTENSION] = "a line break, a NUL or too much in a chunk's extension",
		[FRAMING_SIZE_LF] = "a chunk's size that does not end with CR LF",
		[FRAMING_CHUNK_CR] = "a chunk longer than its size",
		[FRAMING_CHUNK_LF] = "a chunk that does not end with CR LF",
	};
	const char *error = errors[framing->wrong];

	return error ? error : "no HTTP";
}
