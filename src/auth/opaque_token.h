/*
 * opaque_token.h
 *		Tokens that are handed out and kept as a hash only.
 */
#ifndef REALTY_AUTH_OPAQUE_TOKEN_H
#define REALTY_AUTH_OPAQUE_TOKEN_H

#include "postgres.h"

#define OPAQUE_TOKEN_LENGTH 43

/* 256 random bits in base64url, terminated. */
extern void realty_opaque_token_make(char token[OPAQUE_TOKEN_LENGTH + 1]);

/* SHA-256 of a token that was presented, as a bytea. */
extern Datum realty_opaque_token_hash(const char *token, size_t length);

#endif /* REALTY_AUTH_OPAQUE_TOKEN_H */
