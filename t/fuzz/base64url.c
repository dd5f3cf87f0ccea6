/* One spelling for each value: what decodes, encodes to the same letters; all bytes survive. */
#include "fuzz.h"

#include "common/base64url.h"

static void
letters(const char *text, size_t size)
{
	size_t room = realty_base64url_decoded_size(size);
	uint8_t *bytes = malloc(room ? room : 1);
	size_t written;

	if (realty_base64url_decode(text, size, bytes, &written))
	{
		char *again = malloc(realty_base64url_encoded_size(written) + 1);

		EXPECT(written <= room);
		EXPECT(realty_base64url_encode(bytes, written, again) == size);
		EXPECT(memcmp(again, text, size) == 0);
		free(again);
	}
	free(bytes);
}

static void
bytes(const uint8_t *data, size_t size)
{
	size_t room = realty_base64url_encoded_size(size);
	char *text = malloc(room ? room : 1);
	uint8_t *back = malloc(size + 3);
	size_t length = realty_base64url_encode(data, size, text);
	size_t written;

	EXPECT(length == room);
	EXPECT(realty_base64url_decode(text, length, back, &written));
	EXPECT(written == size && memcmp(back, data, size) == 0);
	free(text);
	free(back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	letters((const char *)data, size);
	bytes(data, size);
	return 0;
}
