#ifndef REALTY_GATEWAY_HTTP_COMPRESS_H
#define REALTY_GATEWAY_HTTP_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define COMPRESS_PIECE ((size_t)64 * 1024)

typedef struct Compression Compression;

bool compress_is_wanted(const char *accept_encoding);
char *compress_gzip(const char *data, size_t length, size_t *compressed);

/* More than a piece: the data stay the caller's until it is closed. */
Compression *compress_open(const char *data, size_t length);
ssize_t compress_next(Compression *compression, char *out, size_t room);
size_t compress_taken(const Compression *compression);
void compress_close(Compression *compression);

#endif
