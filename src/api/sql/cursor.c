/*
 * cursor.c
 *		Where the next page of a list starts.
 *
 * Pure, as query_string.c is: a client's bytes in, slices out, so that a fuzzer can
 * drive it alone.
 */
#include "api/sql/cursor.h"

#include <stdint.h>
#include <string.h>

#include "common/base64url.h"
#include "common/query_string.h"

bool
realty_cursor_read(const char *text, size_t length, char *plain, Cursor *cursor)
{
	size_t got;
	char *key;
	char *value;

	if (!realty_base64url_decode(text, length, (uint8_t *)plain, &got) ||
		realty_check_text(plain, got) != PERCENT_OK)
		return false;
	plain[got] = '\0';
	key = strchr(plain, '|');
	value = key ? strchr(key + 1, '|') : NULL;
	if (value == NULL || (value[1] != '=' && value[1] != '\0'))
		return false;
	*key++ = '\0';
	*value++ = '\0';
	cursor->sort = plain;
	cursor->key = key;
	cursor->value = *value == '=' ? value + 1 : NULL;
	return true;
}
