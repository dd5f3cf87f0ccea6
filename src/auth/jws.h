/*
 * jws.h
 *		Signatures of tokens.
 *
 * HMAC signatures of compact JWS tokens (RFC 7515, RFC 7518 section 3.2).
 *
 * The algorithm is always the caller's: what a token's header says is compared with it
 * and never obeyed, so there is no "none" to fall for and no key to confuse.
 */
#ifndef REALTY_AUTH_JWS_H
#define REALTY_AUTH_JWS_H

#include "auth/jws_split.h"

#define JWS_MAC_MAX 64

/* Longer headers are refused: ours has 30 bytes, and a parser's depth is memory. */
#define JWS_HEADER_MAX 1024

typedef enum JwsAlgorithm
{
	JWS_HS256,
	JWS_HS384,
	JWS_HS512
} JwsAlgorithm;

extern bool realty_jws_algorithm_find(const char *name, size_t length,
									  JwsAlgorithm *found);
extern const char *realty_jws_algorithm_name(JwsAlgorithm algorithm);

/* Writes the MAC and returns its size, or 0 when the library failed. */
extern size_t realty_jws_mac(JwsAlgorithm algorithm, const void *key, size_t key_length,
							 const void *data, size_t length, unsigned char *mac);

/* Does the token's signature, strictly decoded, equal the one that key makes? */
extern bool realty_jws_signature_holds(JwsAlgorithm algorithm, const void *key,
									   size_t key_length, const JwsParts *parts);

/* A decoded part as text, palloc'd; NULL unless it is strict base64url of UTF-8. */
extern char *realty_jws_text(const JwsSlice *slice);

/*
 * Is this JSON a header that we accept, for this algorithm and no other? If so, key_id is
 * the name of the key that it asks for; NULL when it asks for none.
 */
extern bool realty_jws_header_allows(const char *json, JwsAlgorithm algorithm,
									 const char **key_id);

/* covered + '.' + signature, palloc'd; covered is "header.payload" already encoded. */
extern char *realty_jws_seal(JwsAlgorithm algorithm, const void *key, size_t key_length,
							 const char *covered);

#endif
