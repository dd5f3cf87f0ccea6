/*
 * compress.c
 *	  gzip, for answers that are worth it.
 *
 * No answer mixes one user's secret with text that another user chose, so its
 * compressed length reveals nothing (BREACH needs a secret beside the attacker's
 * text; tokens stand only in answers of the auth routes, which echo nothing).
 *
 * One thread serves all connections, and ten megabytes take it a tenth of a second.
 * So an answer of more than a piece is compressed piece by piece, as its reader takes
 * it, and other connections have their turn in between.
 */
#include "gateway/http/compress.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define LEVEL 1 /* a third of the size of JSON; more costs time and gains little */
#define GZIP 16 /* added to the window bits: gzip's frame, not zlib's */

/*
 * Is gzip, or anything, among what the client takes, and not with q=0? (RFC 9110,
 * 12.5.3)
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

static bool
begin(z_stream *stream, const char *data, size_t length)
{
	stream->next_in = (Bytef *)data;
	stream->avail_in = (uInt)length;
	return deflateInit2(stream, LEVEL, Z_DEFLATED, MAX_WBITS + GZIP, 8,
						Z_DEFAULT_STRATEGY) == Z_OK;
}

/* The bytes, the caller's to free; NULL when memory runs out or nothing is won. */
char *
compress_gzip(const char *data, size_t length, size_t *compressed)
{
	z_stream stream = {0};
	char *out = malloc(length);
	int outcome = Z_STREAM_ERROR;

	if (out && begin(&stream, data, length))
	{
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

struct Compression
{
	z_stream stream;
	size_t left; /* of the data, behind what the stream was given */
	bool ended;
};

Compression *
compress_open(const char *data, size_t length)
{
	Compression *compression = calloc(1, sizeof *compression);

	if (compression && begin(&compression->stream, data, 0))
	{
		compression->left = length;
		return compression;
	}
	free(compression);
	return NULL;
}

/*
 * The next bytes, at most `room`: how many, 0 behind the last one, -1 in trouble.
 * Each piece is flushed, so that a call need take in no more than one to have bytes
 * to give.
 */
ssize_t
compress_next(Compression *compression, char *out, size_t room)
{
	z_stream *stream = &compression->stream;

	stream->next_out = (Bytef *)out;
	stream->avail_out = (uInt)room;
	while (!compression->ended && stream->avail_out == room)
	{
		size_t piece =
			compression->left < COMPRESS_PIECE ? compression->left : COMPRESS_PIECE;
		int outcome;

		if (stream->avail_in == 0)
		{
			stream->avail_in = (uInt)piece;
			compression->left -= piece;
		}
		outcome = deflate(stream, compression->left == 0 ? Z_FINISH : Z_SYNC_FLUSH);
		if (outcome != Z_OK && outcome != Z_STREAM_END)
			return -1;
		compression->ended = outcome == Z_STREAM_END;
	}
	return (ssize_t)(room - stream->avail_out);
}

/* How much of the data has been taken in. */
size_t
compress_taken(const Compression *compression)
{
	return compression->stream.total_in;
}

void
compress_close(Compression *compression)
{
	deflateEnd(&compression->stream);
	free(compression);
}
