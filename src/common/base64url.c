/*
 * base64url.c
 *		Bytes as letters that need no escape in a URL.
 *
 * Pure and total: any bytes in, an answer out, nothing read or written past the given
 * lengths. Knows nothing of the server, so that it can be fuzzed alone.
 */
#include "common/base64url.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
							   "abcdefghijklmnopqrstuvwxyz0123456789-_";

size_t
realty_base64url_encoded_size(size_t length)
{
	size_t rest = length % 3;

	return length / 3 * 4 + (rest == 0 ? 0 : rest + 1);
}

size_t
realty_base64url_decoded_size(size_t length)
{
	return length / 4 * 3 + length % 4;
}

size_t
realty_base64url_encode(const uint8_t *bytes, size_t length, char *out)
{
	char *start = out;
	uint32_t bits = 0;
	int pending = 0;
	size_t i;

	for (i = 0; i < length; i++)
	{
		bits = (bits << 8) | bytes[i];
		pending += 8;
		while (pending >= 6)
		{
			pending -= 6;
			*out++ = alphabet[(bits >> pending) & 63];
		}
	}
	if (pending > 0)
		*out++ = alphabet[(bits << (6 - pending)) & 63];
	return (size_t)(out - start);
}

static int
letter_value(char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return letter - 'A';
	if (letter >= 'a' && letter <= 'z')
		return letter - 'a' + 26;
	if (letter >= '0' && letter <= '9')
		return letter - '0' + 52;
	if (letter == '-')
		return 62;
	if (letter == '_')
		return 63;
	return -1;
}

bool
realty_base64url_decode(const char *letters, size_t length, uint8_t *out, size_t *written)
{
	uint8_t *start = out;
	uint32_t bits = 0;
	int pending = 0;
	size_t i;

	*written = 0;
	if (length % 4 == 1)
		return false;
	for (i = 0; i < length; i++)
	{
		int value = letter_value(letters[i]);

		if (value < 0)
			return false;
		bits = (bits << 6) | (uint32_t)value;
		pending += 6;
		if (pending >= 8)
		{
			pending -= 8;
			*out++ = (uint8_t)(bits >> pending);
		}
	}
	if ((bits & ((1u << pending) - 1)) != 0)
		return false;
	*written = (size_t)(out - start);
	return true;
}
