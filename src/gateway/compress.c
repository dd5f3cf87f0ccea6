/*
 * compress.c
 *	  gzip, for answers worth it.
 *
 * An answer carries nothing of one user's that another could have chosen the surroundings
 * of, so compression tells no secret by its length (BREACH needs a secret beside what the
 * attacker sends; tokens stand only in answers of the auth routes, which echo nothing).
 */
#include "gateway/compress.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define LEVEL 1 /* a third of the size of JSON; more costs time and gains little */
#define GZIP 16 /* added to the window bits: gzip's frame, not zlib's */

/* Is gzip, or anything, among what the client takes, and not with q=0? (RFC 9110, 12.5.3)
 */
bool
compress_is_wanted(const char *accept_encoding)
{
	for (const char *at = accept_encoding; at && *at; at += strcspn(at, ","))
	{
		size_t length;
		const char *quality;

		at += strspn(at, ", \t");
		length = strcspn(at, ",; \t");
		if (!(length == 4 && strncasecmp(at, "gzip", 4) == 0) &&
			!(length == 1 && *at == '*'))
			continue;
		quality = at + length + strspn(at + length, "; \t");
		return !(strncasecmp(quality, "q=0", 3) == 0 &&
				 strspn(quality + 3, ".0") == strcspn(quality + 3, ", \t"));
	}
	return false;
}

/* The bytes, the caller's to free; NULL when memory runs out or nothing is won. */
char *
compress_gzip(const char *data, size_t length, size_t *compressed)
{
	z_stream stream = {0};
	char *out = malloc(length);
	int outcome = Z_STREAM_ERROR;

	if (out && deflateInit2(&stream, LEVEL, Z_DEFLATED, MAX_WBITS + GZIP, 8,
							Z_DEFAULT_STRATEGY) == Z_OK)
	{
		stream.next_in = (Bytef *)data;
		stream.avail_in = (uInt)length;
		stream.next_out = (Bytef *)out;
		stream.avail_out = (uInt)length;
		outcome = deflate(&stream, Z_FINISH);
		*compressed = stream.total_out;
		deflateEnd(&stream);
	}
	if (outcome == Z_STREAM_END)
		return out;
	free(out);
	return NULL;
}
