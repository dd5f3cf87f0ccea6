/*
 * network.c
 *		Reads addresses, networks and origins strictly, for settings and for headers.
 */
#include "common/network.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

bool
realty_address_read(const char *text, int *family, unsigned char *bytes)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	memset(bytes, 0, 16);
	*family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(*family, text, bytes) != 1)
		return false;
	if (*family == AF_INET6 && memcmp(bytes, mapped, sizeof mapped) == 0)
	{
		*family = AF_INET;
		memmove(bytes, bytes + 12, 4);
		memset(bytes + 4, 0, 12);
	}
	return true;
}

bool
realty_network_read(Network *network, const char *text)
{
	char address[INET6_ADDRSTRLEN] = "";
	size_t length = strcspn(text, "/");
	const char *bits = text[length] == '/' ? text + length + 1 : NULL;
	char *end = NULL;
	int max;

	if (length >= sizeof address)
		return false;
	memcpy(address, text, length);
	if (!realty_address_read(address, &network->family, network->bytes))
		return false;
	max = network->family == AF_INET ? 32 : 128;
	network->bits = bits ? (int)strtol(bits, &end, 10) : max;
	return (bits == NULL || (end > bits && *end == '\0')) && network->bits >= 0 &&
		   network->bits <= max;
}

bool
realty_network_has(const Network *network, int family, const unsigned char *bytes)
{
	int whole = network->bits / 8;
	int left = network->bits % 8;

	return network->family == family &&
		   memcmp(network->bytes, bytes, (size_t)whole) == 0 &&
		   (left == 0 || (network->bytes[whole] ^ bytes[whole]) >> (8 - left) == 0);
}

bool
realty_is_origin(const char *text)
{
	const char *host = strstr(text, "://");

	return host && host > text && host[3] && !strpbrk(host + 3, "/?#@*\\\"'") &&
		   !strchr(text, '*');
}
