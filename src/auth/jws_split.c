/*
 * jws_split.c
 *		Where the parts of a token begin and end.
 *
 * Pure: any bytes in, yes or no out. Whether the slices hold base64url is for the
 * decoder to say.
 */
#include "auth/jws_split.h"

#include <string.h>

static bool
take_until_dot(JwsSlice *rest, JwsSlice *taken)
{
	const char *dot = memchr(rest->start, '.', rest->length);

	if (dot == NULL || dot == rest->start)
		return false;
	taken->start = rest->start;
	taken->length = (size_t)(dot - rest->start);
	rest->start = dot + 1;
	rest->length -= taken->length + 1;
	return true;
}

bool
realty_jws_split(const char *token, size_t length, JwsParts *parts)
{
	JwsSlice rest;

	if (token == NULL || length == 0)
		return false;
	rest.start = token;
	rest.length = length;
	if (!take_until_dot(&rest, &parts->header) || !take_until_dot(&rest, &parts->payload))
		return false;
	if (rest.length > 0 && memchr(rest.start, '.', rest.length) != NULL)
		return false;
	parts->signature = rest;
	parts->covered.start = token;
	parts->covered.length = parts->header.length + 1 + parts->payload.length;
	return true;
}
