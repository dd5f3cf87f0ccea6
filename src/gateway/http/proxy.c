/*
 * proxy.c
 *	  The client's address behind proxies.
 *
 * Threat: any client can write X-Forwarded-For. Only entries written by a trusted
 * proxy count, and each proxy appends one: so the list is read from its end, and the
 * first address that is not a trusted proxy's is the client. Entries before it are
 * the client's own invention.
 */
#include "gateway/http/proxy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A list with commas, as --trusted-proxies and --metrics have it. Says on stderr what
 * is no address.
 */
bool
proxies_read(Proxies *proxies, const char *list)
{
	char *copy = strdup(list);
	char *rest = NULL;
	bool good = copy != NULL;

	memset(proxies, 0, sizeof *proxies);
	proxies->ranges = calloc(strlen(list) / 2 + 1, sizeof *proxies->ranges);
	good = good && proxies->ranges;
	for (char *item = good ? strtok_r(copy, ", \t", &rest) : NULL; item && good;
		 item = strtok_r(NULL, ", \t", &rest))
	{
		if (strcmp(item, "unix") == 0)
			proxies->local = true;
		else if (!(good = realty_network_read(&proxies->ranges[proxies->count++], item)))
			fprintf(stderr,
					"realty-gateway: \"%s\" is not an address, such as 192.0.2.1, "
					"2001:db8::/32 or unix\n",
					item);
	}
	free(copy);
	return good;
}

/* An empty address is that of a Unix-domain socket. */
bool
proxies_trust(const Proxies *proxies, const char *address)
{
	unsigned char bytes[16];
	int family;

	if (*address == '\0')
		return proxies->local;
	if (!realty_address_read(address, &family, bytes))
		return false;
	for (int i = 0; i < proxies->count; i++)
		if (realty_network_has(&proxies->ranges[i], family, bytes))
			return true;
	return false;
}

/*
 * The last entry of the list before *end, which moves in front of it. False: no more.
 */
static bool
entry_before(const char *list, size_t *end, char *entry, size_t size)
{
	size_t stop = *end;
	size_t start;

	while (stop > 0 && strchr(", \t", list[stop - 1]))
		stop--;
	start = stop;
	while (start > 0 && !strchr(", \t", list[start - 1]))
		start--;
	*end = start;
	if (start == stop || stop - start >= size)
		return false;
	memcpy(entry, list + start, stop - start);
	entry[stop - start] = '\0';
	return true;
}

/*
 * client holds the address at the other end of the socket; past trusted proxies it
 * becomes the one that they name.
 */
void
proxies_client(const Proxies *proxies, const char *forwarded, char *client, size_t size)
{
	size_t end = forwarded ? strlen(forwarded) : 0;
	char entry[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	int family;

	while (proxies_trust(proxies, client) &&
		   entry_before(forwarded ? forwarded : "", &end, entry, sizeof entry) &&
		   realty_address_read(entry, &family, bytes))
		inet_ntop(family, bytes, client, size);
}
