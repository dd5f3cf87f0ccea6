/*
 * opaque_token.h
 *		Secrets that we hand out and keep only the hash of.
 */
#ifndef REALTY_AUTH_OPAQUE_TOKEN_H
#define REALTY_AUTH_OPAQUE_TOKEN_H

#include "postgres.h"

#define ONE_TIME_LETTERS 43

/* 256 random bits in base64url, terminated. */
extern void realty_one_time_make(char letters[ONE_TIME_LETTERS + 1]);

/* SHA-256 of what somebody shows us, as a bytea. */
extern Datum realty_one_time_hash(const char *letters, size_t length);

#endif /* REALTY_AUTH_OPAQUE_TOKEN_H */
