/*
 * Answers of any size go through the gateway's compressor in pieces: no call takes in more
 * than one of them, and what comes out is what went in.
 */
#include "gateway/http/compress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define BLOCK 32768

/* Is it the same again? */
static int
check(const char *data, size_t length, const char *kind)
{
	Compression *compression = compress_open(data, length);
	size_t room = compressBound(length) + 1024;
	char *packed = malloc(room);
	char *again = malloc(length + 1);
	size_t size = 0;
	size_t most = 0;
	size_t before = 0;
	size_t calls = 0;
	z_stream stream = {0};
	ssize_t got;
	int same;

	while ((got = compress_next(compression, packed + size, BLOCK)) > 0)
	{
		size_t taken = compress_taken(compression);

		size += (size_t)got;
		if (taken - before > most)
			most = taken - before;
		before = taken;
		calls++;
	}
	compress_close(compression);
	inflateInit2(&stream, MAX_WBITS + 16);
	stream.next_in = (Bytef *)packed;
	stream.avail_in = (uInt)size;
	stream.next_out = (Bytef *)again;
	stream.avail_out = (uInt)length + 1;
	same = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == length &&
		   memcmp(data, again, length) == 0;
	inflateEnd(&stream);
	printf("%s %s, %s\n", kind, got == 0 && same ? "same" : "not the same",
		   most <= COMPRESS_PIECE ? "in pieces" : "at once");
	printf("# %zu calls, %zu bytes, at most %zu of the data in one\n", calls, size, most);
	free(packed);
	free(again);
	return 0;
}

int
main(void)
{
	size_t length = 20 * 1024 * 1024 + 17;
	char *data = malloc(length);

	memset(data, 'a', length);
	check(data, length, "one letter");
	for (size_t i = 0; i < length; i++)
		data[i] = "{\"id\":0123456789,}"[(i * i + i / 7) % 18];
	check(data, length, "text");
	for (size_t i = 0; i < length; i++)
		data[i] = (char)rand();
	check(data, length, "noise");
	check(data, COMPRESS_PIECE + 1, "hardly more than a piece");
	check(data, 0, "nothing");
	return 0;
}
