/*
 * cursor.h
 *		Where the next page of a list starts.
 *
 * base64url of `sort|key|=value`, or `sort|key|` when the row has no value to sort by.
 * Opaque to clients but no secret: row security holds for a made-up one as well.
 */
#ifndef REALTY_API_SQL_CURSOR_H
#define REALTY_API_SQL_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Cursor
{
	const char *sort;
	const char *key;
	const char *value; /* NULL: the row has none */
} Cursor;

/*
 * Reads `length` bytes. The parts lie in `plain`, which has room for
 * realty_base64url_decoded_size(length) + 1 bytes, each terminated and valid UTF-8.
 * False when it is no cursor.
 */
extern bool realty_cursor_read(const char *text, size_t length, char *plain,
							   Cursor *cursor);

#endif /* REALTY_API_SQL_CURSOR_H */
