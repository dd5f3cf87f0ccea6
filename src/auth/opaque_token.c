/*
 * opaque_token.c
 *		Secrets that we hand out and keep only the hash of: refresh tokens, password
 * resets.
 *
 * 256 random bits need no slow hash: nobody guesses them, and a table of SHA-256 is of no
 * use to who reads it.
 */
#include "postgres.h"

#include <sodium.h>

#include "auth/opaque_token.h"
#include "common/base64url.h"
#include "platform/compat.h"

#define ONE_TIME_BYTES 32

void
realty_one_time_make(char letters[ONE_TIME_LETTERS + 1])
{
	unsigned char noise[ONE_TIME_BYTES];

	randombytes_buf(noise, sizeof(noise));
	letters[realty_base64url_encode(noise, sizeof(noise), letters)] = '\0';
	sodium_memzero(noise, sizeof(noise));
}

Datum
realty_one_time_hash(const char *letters, size_t length)
{
	bytea *hash = palloc(VARHDRSZ + crypto_hash_sha256_BYTES);

	SET_VARSIZE(hash, VARHDRSZ + crypto_hash_sha256_BYTES);
	crypto_hash_sha256((unsigned char *)VARDATA(hash), (const unsigned char *)letters,
					   length);
	return PointerGetDatum(hash);
}
