/*
 * base64url.h
 *		Bytes as letters that need no escape in a URL.
 *
 * base64url of RFC 7515: the alphabet of RFC 4648 section 5, no padding.
 *
 * Decoding is strict, because a lenient decoder gives one signature many
 * spellings: padding, white space, the letters of plain base64, and unused bits
 * that are not zero are all refused.
 */
#ifndef REALTY_COMMON_BASE64URL_H
#define REALTY_COMMON_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that length bytes need when encoded; no terminator is written or counted. */
extern size_t realty_base64url_encoded_size(size_t length);
extern size_t realty_base64url_encode(const uint8_t *bytes, size_t length, char *out);

/* Most bytes that length letters can decode to. */
extern size_t realty_base64url_decoded_size(size_t length);
extern bool realty_base64url_decode(const char *letters, size_t length, uint8_t *out,
									size_t *written);

#endif
