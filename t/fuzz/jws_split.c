/* The slices tile the token: header, dot, payload, dot, signature, and no dot inside. */
#include "fuzz.h"

#include "auth/jws_split.h"

static bool
has_dot(JwsSlice slice)
{
	return slice.length > 0 && memchr(slice.start, '.', slice.length) != NULL;
}

static bool
has_two_dots_in_a_row(const char *token, size_t size)
{
	for (size_t i = 1; i < size; i++)
		if (token[i - 1] == '.' && token[i] == '.')
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *token = (const char *)data;
	JwsParts parts;
	size_t dots = 0;

	for (size_t i = 0; i < size; i++)
		dots += data[i] == '.';
	if (!realty_jws_split(token, size, &parts))
	{
		EXPECT(dots != 2 || token[0] == '.' || has_two_dots_in_a_row(token, size));
		return 0;
	}
	EXPECT(dots == 2);
	EXPECT(parts.header.start == token && parts.header.length > 0);
	EXPECT(parts.payload.start == token + parts.header.length + 1);
	EXPECT(parts.payload.length > 0);
	EXPECT(parts.signature.start == parts.payload.start + parts.payload.length + 1);
	EXPECT(parts.signature.start + parts.signature.length == token + size);
	EXPECT(parts.covered.start == token);
	EXPECT(parts.covered.length == parts.header.length + 1 + parts.payload.length);
	EXPECT(!has_dot(parts.header) && !has_dot(parts.payload) && !has_dot(parts.signature));
	return 0;
}
