/*
 * buffer.c
 *	  Bytes that grow.
 *
 * A failed allocation is remembered in the buffer instead of being returned by each
 * call, so that a text is put together without a check per piece: the user of the
 * result asks once whether it failed.
 */
#include "gateway/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
buffer_reserve(Buffer *buffer, size_t more)
{
	size_t capacity = buffer->capacity ? buffer->capacity : 256;
	char *data;

	if (buffer->failed || more > SIZE_MAX / 4 - buffer->length)
		return false;
	if (buffer->length + more <= buffer->capacity)
		return true;
	while (capacity < buffer->length + more)
		capacity *= 2;
	data = realloc(buffer->data, capacity);
	if (data == NULL)
		return false;
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

void
buffer_append(Buffer *buffer, const void *data, size_t length)
{
	if (length == 0)
		return;
	if (!buffer_reserve(buffer, length))
	{
		buffer->failed = true;
		return;
	}
	memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
}

void
buffer_append_text(Buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

/* A JSON string, quotes included. */
void
buffer_append_json(Buffer *buffer, const char *text)
{
	buffer_append(buffer, "\"", 1);
	for (const char *p = text; *p; p++)
	{
		char escape[8];

		if (*p == '"' || *p == '\\')
			buffer_append(buffer, "\\", 1);
		if ((unsigned char)*p >= 0x20)
			buffer_append(buffer, p, 1);
		else
		{
			snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)*p);
			buffer_append_text(buffer, escape);
		}
	}
	buffer_append(buffer, "\"", 1);
}

/* The content as a C string; NULL when memory ran out. The buffer keeps owning it. */
const char *
buffer_text(Buffer *buffer)
{
	if (!buffer_reserve(buffer, 1))
		return NULL;
	buffer->data[buffer->length] = '\0';
	return buffer->data;
}

void
buffer_free(Buffer *buffer)
{
	free(buffer->data);
	memset(buffer, 0, sizeof *buffer);
}
