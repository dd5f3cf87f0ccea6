/*
 * jws_split.h
 *		Where the parts of a token begin and end.
 *
 * The three slices of a JWS in compact form, header.payload.signature: no copies, no
 * decoding. The slices point into the token that was given.
 */
#ifndef REALTY_AUTH_JWS_SPLIT_H
#define REALTY_AUTH_JWS_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct JwsSlice
{
	const char *start;
	size_t length;
} JwsSlice;

typedef struct JwsParts
{
	JwsSlice header;
	JwsSlice payload;
	JwsSlice signature; /* empty in an unsigned token */
	JwsSlice covered;   /* header.payload: what the signature is made over */
} JwsParts;

/* False unless there are exactly two dots and something before each of them. */
extern bool realty_jws_split(const char *token, size_t length, JwsParts *parts);

#endif
