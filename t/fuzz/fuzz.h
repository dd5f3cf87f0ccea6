/*
 * fuzz.h
 *		What the harnesses of libFuzzer share.
 *
 * A harness states what holds for any bytes; EXPECT stops the run where it does not.
 * The input is copied to memory of just its size, so that ASan sees a read past its end.
 */
#ifndef REALTY_FUZZ_H
#define REALTY_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition) \
	do \
	{ \
		if (!(condition)) \
		{ \
			fputs(__FILE__ ": not so: " #condition "\n", stderr); \
			abort(); \
		} \
	} while (0)

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline char *
terminated(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
