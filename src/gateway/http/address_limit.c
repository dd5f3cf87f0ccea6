/*
 * address_limit.c
 *	  How many each address has, of connections or of requests in flight.
 *
 * Threat: one address takes all there is. An IPv6 customer owns a network of 64 bits, so
 * that much of it is one address here, as it is for the database's rate limits. The
 * table's hash is keyed at random: nobody can choose addresses that meet in one chain.
 *
 * Only addresses that have something now are in the table.
 */
#include "gateway/http/address_limit.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/http/proxy.h"

#define CHAINS 4096

struct CrowdPlace
{
	CrowdPlace *next;
	int family;
	unsigned char bytes[16];
	int count;
};

static CrowdPlace *chains[CHAINS];
static uint64_t crowd_key;

static CrowdPlace **
crowd_chain(int family, const unsigned char *bytes)
{
	uint64_t hash;

	while (crowd_key == 0 && getrandom(&crowd_key, sizeof crowd_key, 0) < 0)
		crowd_key = 1;
	hash = crowd_key ^ (uint64_t)family;
	for (int i = 0; i < 16; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
	return &chains[(hash ^ hash >> 32) % CHAINS];
}

/*
 * Count one more for the address. False: it has its most already. *place is what to give
 * back; NULL where nothing was counted: without a limit, for a Unix-domain socket, and
 * when memory runs out, where other limits hold.
 */
bool
crowd_enter(const char *address, int most, CrowdPlace **place)
{
	unsigned char bytes[16];
	int family;
	CrowdPlace **chain;
	CrowdPlace *found;

	*place = NULL;
	if (most <= 0 || !address_read(address, &family, bytes))
		return true;
	if (family == AF_INET6)
		memset(bytes + 8, 0, 8);
	chain = crowd_chain(family, bytes);
	for (found = *chain; found; found = found->next)
		if (found->family == family && memcmp(found->bytes, bytes, sizeof bytes) == 0)
			break;
	if (found && found->count >= most)
		return false;
	if (found == NULL && (found = calloc(1, sizeof *found)) != NULL)
	{
		found->family = family;
		memcpy(found->bytes, bytes, sizeof bytes);
		found->next = *chain;
		*chain = found;
	}
	if (found)
		found->count++;
	*place = found;
	return true;
}

void
crowd_leave(CrowdPlace *place)
{
	CrowdPlace **at;

	if (place == NULL || --place->count > 0)
		return;
	at = crowd_chain(place->family, place->bytes);
	while (*at != place)
		at = &(*at)->next;
	*at = place->next;
	free(place);
}
