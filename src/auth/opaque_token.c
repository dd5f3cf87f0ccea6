/*
 * opaque_token.c
 *		Tokens that are handed out and kept as a hash only: refresh tokens, password
 * resets.
 *
 * 256 random bits need no slow hash: they cannot be guessed, and a table of SHA-256
 * is of no use to a reader.
 */
#include "postgres.h"

#include <sodium.h>

#include "auth/opaque_token.h"
#include "common/base64url.h"
#include "platform/compat.h"

#define OPAQUE_TOKEN_BYTES 32

void
realty_opaque_token_make(char token[OPAQUE_TOKEN_LENGTH + 1])
{
	unsigned char noise[OPAQUE_TOKEN_BYTES];

	randombytes_buf(noise, sizeof(noise));
	token[realty_base64url_encode(noise, sizeof(noise), token)] = '\0';
	sodium_memzero(noise, sizeof(noise));
}

Datum
realty_opaque_token_hash(const char *token, size_t length)
{
	bytea *hash = palloc(VARHDRSZ + crypto_hash_sha256_BYTES);

	SET_VARSIZE(hash, VARHDRSZ + crypto_hash_sha256_BYTES);
	crypto_hash_sha256((unsigned char *)VARDATA(hash), (const unsigned char *)token,
					   length);
	return PointerGetDatum(hash);
}
