/*
 * Names, values and segments lie in order within the input; what is decoded is no longer
 * than what came, valid and without NUL, and its plain spelling decodes to itself.
 */
#include "fuzz.h"

#include "common/query_string.h"

static void
decode(QuerySlice slice, const char *from, const char *end, bool plus)
{
	char *out = malloc(slice.length + 1);

	EXPECT(slice.length == 0 || (slice.at >= from && slice.at + slice.length <= end));
	if (realty_percent_decode(slice, plus, out) == PERCENT_OK)
	{
		size_t length = strlen(out);

		EXPECT(length <= slice.length);
		EXPECT(realty_check_text(out, length) == PERCENT_OK);
		if (memchr(out, '%', length) == NULL && memchr(out, '+', length) == NULL)
		{
			QuerySlice plain = {out, length};
			char *again = malloc(length + 1);

			EXPECT(realty_percent_decode(plain, plus, again) == PERCENT_OK);
			EXPECT(strcmp(again, out) == 0);
			free(again);
		}
	}
	free(out);
}

/* One spelling: a path without empty and dot segments, which normalising leaves as it is. */
static void
normalize(const char *target, size_t size)
{
	char *out = malloc(size + 2);

	if (realty_path_normalize(target, size, out))
	{
		size_t length = strlen(out);
		char *again = malloc(length + 2);

		EXPECT(out[0] == '/' && length <= (size > 0 ? size : 1));
		EXPECT(strstr(out, "//") == NULL && strstr(out, "/./") == NULL && strstr(out, "/../") == NULL);
		EXPECT(length == 1 || out[length - 1] != '/');
		/* what was an escaped % or ? would be read anew */
		if (memchr(out, '%', length) == NULL && memchr(out, '?', length) == NULL)
			EXPECT(realty_path_normalize(out, length, again) && strcmp(out, again) == 0);
		free(again);
	}
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	const char *end = copy + size;
	const char *cursor = copy;
	QuerySlice name;
	QuerySlice value;

	memcpy(copy, data, size);
	for (const char *from = cursor; realty_query_next(&cursor, end, &name, &value); from = cursor)
	{
		EXPECT(cursor > from && cursor <= end);
		decode(name, from, end, true);
		decode(value, from, end, true);
	}
	EXPECT(cursor == end);
	cursor = copy;
	for (const char *from = cursor; realty_path_next(&cursor, end, &name); from = cursor)
	{
		EXPECT(cursor > from && cursor <= end);
		EXPECT(name.length == 0 || memchr(name.at, '/', name.length) == NULL);
		decode(name, from, end, false);
	}
	normalize(copy, size);
	free(copy);
	return 0;
}
