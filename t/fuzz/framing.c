/*
 * Any bytes, whole or cut in two where the first byte says: the same position is wrong, the
 * request that is wrong begins where one can, and what was passed says the same again.
 */
#include "fuzz.h"

#include "gateway/http/framing.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length = size > 0 ? size - 1 : 0;
	size_t cut = size > 0 ? data[0] % (length + 1) : 0;
	char *copy = malloc(length ? length : 1);
	Framing whole = {0};
	Framing pieces = {0};
	Framing again = {0};
	size_t start;
	size_t start_of_piece;
	size_t start_again;
	size_t passed;
	size_t first;

	if (length > 0)
		memcpy(copy, data + 1, length);
	passed = framing_scan(&whole, copy, length, &start);
	EXPECT(passed <= length && start <= passed);
	first = framing_scan(&pieces, copy, cut, &start_of_piece);
	if (first == cut)
		first += framing_scan(&pieces, copy + cut, length - cut, &start_of_piece);
	EXPECT(first == passed);
	if (passed == length)
		EXPECT(memcmp(&whole, &pieces, sizeof whole) == 0);
	/* what stands before a wrong request is whole requests */
	EXPECT(framing_scan(&again, copy, start, &start_again) == start && start_again == start);
	EXPECT(again.state == FRAMING_START);
	/* no line of a head ends, or goes on, in another way than by CR LF */
	for (size_t i = 0; i < passed && whole.state == FRAMING_HEADER && !whole.trailer && start == 0; i++)
		EXPECT(copy[i] != '\0' && (copy[i] != '\n' || (i > 0 && copy[i - 1] == '\r')));
	free(copy);
	return 0;
}
