#ifndef REALTY_GATEWAY_BUFFER_H
#define REALTY_GATEWAY_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Buffer
{
	char *data;
	size_t length;
	size_t capacity;
	bool failed; /* memory ran out: the content is incomplete and must not be used */
} Buffer;

void buffer_append(Buffer *buffer, const void *data, size_t length);
void buffer_append_text(Buffer *buffer, const char *text);
void buffer_append_json(Buffer *buffer, const char *text);
const char *buffer_text(Buffer *buffer);
void buffer_free(Buffer *buffer);

#endif
