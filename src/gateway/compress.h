#ifndef REALTY_GATEWAY_COMPRESS_H
#define REALTY_GATEWAY_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>

bool compress_is_wanted(const char *accept_encoding);
char *compress_gzip(const char *data, size_t length, size_t *compressed);

#endif
