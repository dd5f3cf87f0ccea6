/*
 * query_string.c
 *		Percent-encoded paths and query strings, decoded without the server.
 *
 * This is the first code that an attacker's bytes meet, so it is pure: slices in,
 * verdicts out, no allocation, no server header, and a fuzzer can drive it alone.
 * What it lets through is valid UTF-8 without NUL: the server's text functions
 * assume both, and a NUL would cut a value in two.
 */
#include "common/query_string.h"

#include <stdint.h>
#include <string.h>

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Length of the UTF-8 sequence at s, or 0 when it is none. The bounds on the second
 * byte refuse overlong forms, surrogates and code points past U+10FFFF (RFC 3629).
 */
static size_t
utf8_length(const unsigned char *s, size_t left)
{
	unsigned char low = 0x80;
	unsigned char high = 0xBF;
	size_t length;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return 0;
	length = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (left < length)
		return 0;
	if (s[0] == 0xE0)
		low = 0xA0;
	else if (s[0] == 0xED)
		high = 0x9F;
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (s[i] < 0x80 || s[i] > 0xBF)
			return 0;
	return length;
}

PercentVerdict
realty_check_text(const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t at = 0;

	while (at < length)
	{
		size_t step;

		if (s[at] == '\0')
			return PERCENT_NUL;
		step = utf8_length(s + at, length - at);
		if (step == 0)
			return PERCENT_BAD_UTF8;
		at += step;
	}
	return PERCENT_OK;
}

PercentVerdict
realty_percent_decode(QuerySlice in, bool plus, char *out)
{
	size_t written = 0;

	for (size_t i = 0; i < in.length; i++)
	{
		char c = in.at[i];

		if (c == '%')
		{
			int high = i + 2 < in.length ? hex_digit(in.at[i + 1]) : -1;
			int low = i + 2 < in.length ? hex_digit(in.at[i + 2]) : -1;

			if (high < 0 || low < 0)
			{
				out[written] = '\0';
				return PERCENT_BAD_ESCAPE;
			}
			c = (char)(high * 16 + low);
			i += 2;
		}
		else if (c == '+' && plus)
			c = ' ';
		out[written++] = c;
	}
	out[written] = '\0';
	return realty_check_text(out, written);
}

bool
realty_query_next(const char **cursor, const char *end, QuerySlice *name,
				  QuerySlice *value)
{
	while (*cursor < end)
	{
		const char *at = *cursor;
		const char *stop = memchr(at, '&', (size_t)(end - at));
		const char *equals;

		if (stop == NULL)
			stop = end;
		*cursor = stop < end ? stop + 1 : end;
		if (stop == at)
			continue;
		equals = memchr(at, '=', (size_t)(stop - at));
		name->at = at;
		name->length = (size_t)((equals ? equals : stop) - at);
		value->at = equals ? equals + 1 : stop;
		value->length = (size_t)(stop - value->at);
		return true;
	}
	return false;
}

bool
realty_path_next(const char **cursor, const char *end, QuerySlice *segment)
{
	const char *stop;

	if (*cursor >= end || **cursor != '/')
		return false;
	segment->at = *cursor + 1;
	stop = memchr(segment->at, '/', (size_t)(end - segment->at));
	if (stop == NULL)
		stop = end;
	segment->length = (size_t)(stop - segment->at);
	*cursor = stop;
	return true;
}

/* Appends "/segment" at `end`, or goes back by one; returns the new end. */
static char *
append_segment(char *start, char *end, QuerySlice segment)
{
	if (segment.length == 0 || (segment.length == 1 && segment.at[0] == '.'))
		return end;
	if (segment.length == 2 && memcmp(segment.at, "..", 2) == 0)
	{
		while (end > start && *--end != '/')
			;
		return end;
	}
	*end++ = '/';
	memmove(end, segment.at, segment.length);
	return end + segment.length;
}

bool
realty_path_normalize(const char *target, size_t length, char *out)
{
	const char *query = memchr(target, '?', length);
	QuerySlice path = {target, query ? (size_t)(query - target) : length};
	const char *cursor = out;
	const char *stop;
	QuerySlice segment;
	char *end = out;

	/*
	 * Decoded as a whole, so that an escaped slash counts as one; and in place, since
	 * what is written never gets ahead of what is read.
	 */
	if (realty_percent_decode(path, false, out) != PERCENT_OK || *out != '/')
		return false;
	stop = out + strlen(out);
	while (realty_path_next(&cursor, stop, &segment))
		end = append_segment(out, end, segment);
	if (end == out)
		*end++ = '/';
	*end = '\0';
	return true;
}
