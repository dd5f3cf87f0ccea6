/*
 * network.h
 *		IP addresses and networks as text, and origins of web pages: what settings of the
 *		server and of the gateway accept.
 */
#ifndef REALTY_COMMON_NETWORK_H
#define REALTY_COMMON_NETWORK_H

#include <stdbool.h>

typedef struct Network
{
	int family;
	unsigned char bytes[16]; /* of which IPv4 uses four */
	int bits;
} Network;

/* Fills 16 bytes; an IPv4-mapped IPv6 address counts as IPv4. False: it is no address. */
extern bool realty_address_read(const char *text, int *family, unsigned char *bytes);

/* "192.0.2.0/24"; without a length it is that address alone. False: it is none. */
extern bool realty_network_read(Network *network, const char *text);

extern bool realty_network_has(const Network *network, int family,
							   const unsigned char *bytes);

/*
 * scheme://host[:port] and nothing behind it. Credentials are allowed across origins,
 * so an origin must be named in full: a wildcard would open every signed-in user's
 * data to every page.
 */
extern bool realty_is_origin(const char *text);

#endif
