/*
 * jws.c
 *		Signatures of tokens.
 *
 * Guarantees: signatures are compared in constant time, whatever their length; a MAC
 * that could not be computed never compares equal; no MAC is left on the stack.
 *
 * libsodium has no HMAC-SHA-384, so that one comes from the server's common/hmac.h.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/hmac.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include <sodium.h>

#include "auth/json_members.h"
#include "auth/jws.h"
#include "common/base64url.h"
#include "platform/compat.h"

PG_FUNCTION_INFO_V1(realty_jws_verify);

static const char *const algorithm_names[] = {"HS256", "HS384", "HS512"};
static const size_t mac_sizes[] = {32, 48, 64};

bool
realty_jws_algorithm_find(const char *name, size_t length, JwsAlgorithm *found)
{
	int i;

	for (i = 0; i < (int)lengthof(algorithm_names); i++)
	{
		if (strlen(algorithm_names[i]) == length &&
			memcmp(algorithm_names[i], name, length) == 0)
		{
			*found = (JwsAlgorithm)i;
			return true;
		}
	}
	return false;
}

const char *
realty_jws_algorithm_name(JwsAlgorithm algorithm)
{
	return algorithm_names[algorithm];
}

static size_t
mac_sha256(const void *key, size_t key_length, const void *data, size_t length,
		   unsigned char *mac)
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_length);
	crypto_auth_hmacsha256_update(&state, data, length);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof(state));
	return 32;
}

static size_t
mac_sha512(const void *key, size_t key_length, const void *data, size_t length,
		   unsigned char *mac)
{
	crypto_auth_hmacsha512_state state;

	crypto_auth_hmacsha512_init(&state, key, key_length);
	crypto_auth_hmacsha512_update(&state, data, length);
	crypto_auth_hmacsha512_final(&state, mac);
	sodium_memzero(&state, sizeof(state));
	return 64;
}

static size_t
mac_sha384(const void *key, size_t key_length, const void *data, size_t length,
		   unsigned char *mac)
{
	pg_hmac_ctx *context = pg_hmac_create(PG_SHA384);
	bool done;

	if (context == NULL)
		return 0;
	done = pg_hmac_init(context, key, key_length) == 0 &&
		   pg_hmac_update(context, data, length) == 0 &&
		   pg_hmac_final(context, mac, 48) == 0;
	pg_hmac_free(context);
	return done ? 48 : 0;
}

size_t
realty_jws_mac(JwsAlgorithm algorithm, const void *key, size_t key_length,
			   const void *data, size_t length, unsigned char *mac)
{
	switch (algorithm)
	{
	case JWS_HS256:
		return mac_sha256(key, key_length, data, length, mac);
	case JWS_HS384:
		return mac_sha384(key, key_length, data, length, mac);
	case JWS_HS512:
		return mac_sha512(key, key_length, data, length, mac);
	}
	return 0;
}

bool
realty_jws_signature_holds(JwsAlgorithm algorithm, const void *key, size_t key_length,
						   const JwsParts *parts)
{
	unsigned char expected[JWS_MAC_MAX];
	unsigned char given[JWS_MAC_MAX + 2]; /* the decoder's bound, not its exact size */
	size_t size = mac_sizes[algorithm];
	size_t given_size;
	bool equal;

	if (parts->signature.length != realty_base64url_encoded_size(size) ||
		!realty_base64url_decode(parts->signature.start, parts->signature.length, given,
								 &given_size) ||
		given_size != size)
		return false;
	if (realty_jws_mac(algorithm, key, key_length, parts->covered.start,
					   parts->covered.length, expected) != size)
		return false;
	equal = sodium_memcmp(expected, given, size) == 0;
	sodium_memzero(expected, sizeof(expected));
	return equal;
}

char *
realty_jws_seal(JwsAlgorithm algorithm, const void *key, size_t key_length,
				const char *covered)
{
	unsigned char mac[JWS_MAC_MAX];
	size_t length = strlen(covered);
	size_t size = realty_jws_mac(algorithm, key, key_length, covered, length, mac);
	size_t letters = realty_base64url_encoded_size(size);
	char *token;

	if (size == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute an HMAC")));
	token = palloc(length + 1 + letters + 1);
	memcpy(token, covered, length);
	token[length] = '.';
	realty_base64url_encode(mac, size, token + length + 1);
	token[length + 1 + letters] = '\0';
	return token;
}

char *
realty_jws_text(const JwsSlice *slice)
{
	char *text = palloc(realty_base64url_decoded_size(slice->length) + 1);
	size_t length;

	if (!realty_base64url_decode(slice->start, slice->length, (uint8_t *)text, &length) ||
		!pg_verify_mbstr(PG_UTF8, text, (int)length, true))
	{
		pfree(text);
		return NULL;
	}
	text[length] = '\0';
	return text;
}

bool
realty_jws_header_allows(const char *json, JwsAlgorithm algorithm, const char **key_id)
{
	JsonMembers members;
	const JsonMember *alg;

	if (json == NULL || strlen(json) > JWS_HEADER_MAX ||
		!realty_json_members_read(json, &members))
		return false;
	/* Extensions that must be understood: we understand none (RFC 7515, 4.1.11). */
	if (realty_json_member(&members, "crit") != NULL)
		return false;
	*key_id = realty_json_string(&members, "kid");
	alg = realty_json_member(&members, "alg");
	return alg != NULL && alg->kind == JSON_KIND_STRING &&
		   strcmp(alg->text, realty_jws_algorithm_name(algorithm)) == 0;
}

static bool
is_base64url(const JwsSlice *slice)
{
	uint8_t *bytes = palloc(realty_base64url_decoded_size(slice->length) + 1);
	size_t length;
	bool strict = realty_base64url_decode(slice->start, slice->length, bytes, &length);

	pfree(bytes);
	return strict;
}

/*
 * realty.jws_verify(token text, key bytea, algorithm text) → boolean
 *
 * For keys that are not text, as RFC 7515's example A.1 has one. What the payload says is
 * not looked at: it need not be JSON here, nor text. But base64url it is, or two readers
 * could take two different things out of one signed token.
 */
Datum
realty_jws_verify(PG_FUNCTION_ARGS)
{
	text *token = PG_GETARG_TEXT_PP(0);
	bytea *key = PG_GETARG_BYTEA_PP(1);
	text *name = PG_GETARG_TEXT_PP(2);
	JwsAlgorithm algorithm;
	const char *key_id;
	JwsParts parts;

	if (!realty_jws_algorithm_find(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name),
								   &algorithm))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown signature algorithm"),
						errhint("Use HS256, HS384 or HS512.")));
	if (!realty_jws_split(VARDATA_ANY(token), VARSIZE_ANY_EXHDR(token), &parts) ||
		!is_base64url(&parts.payload))
		PG_RETURN_BOOL(false);
	if (!realty_jws_signature_holds(algorithm, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key),
									&parts))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(
		realty_jws_header_allows(realty_jws_text(&parts.header), algorithm, &key_id));
}
