/* A cursor that is taken has three terminated parts inside the room that it was given. */
#include "fuzz.h"

#include "api/sql/cursor.h"
#include "common/query_string.h"
#include "common/base64url.h"

static void
take(const char *text, size_t length)
{
	size_t room = realty_base64url_decoded_size(length) + 1;
	char *plain = malloc(room);
	Cursor cursor;

	if (realty_cursor_read(text, length, plain, &cursor))
	{
		EXPECT(cursor.sort == plain);
		EXPECT(cursor.key == plain + strlen(plain) + 1);
		EXPECT(strchr(cursor.sort, '|') == NULL && strchr(cursor.key, '|') == NULL);
		EXPECT(realty_check_text(cursor.sort, strlen(cursor.sort)) == PERCENT_OK);
		if (cursor.value)
			EXPECT(cursor.value + strlen(cursor.value) < plain + room);
	}
	free(plain);
}

/* As it came, and as base64url of what came, which gets past the decoder. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(realty_base64url_encoded_size(size) + 1);

	take((const char *)data, size);
	take(text, realty_base64url_encode(data, size, text));
	free(text);
	return 0;
}
