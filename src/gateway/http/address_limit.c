/*
 * address_limit.c
 *	  Counts connections or requests in flight by address.
 *
 * Threat: one address takes everything. An IPv6 customer owns a network of 64 bits,
 * so that much of it is one address here, as it is for the database's rate limits.
 * The table's hash is keyed at random, so that addresses cannot be chosen to meet in
 * one chain.
 *
 * Only addresses that have something open are in the table.
 */
#include "gateway/http/address_limit.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/network.h"

#define CHAINS 4096

struct AddressCount
{
	AddressCount *next;
	int family;
	unsigned char bytes[16];
	int count;
};

static AddressCount *chains[CHAINS];
static uint64_t hash_key;

static AddressCount **
chain_of(int family, const unsigned char *bytes)
{
	uint64_t hash;

	while (hash_key == 0 && getrandom(&hash_key, sizeof hash_key, 0) < 0)
		hash_key = 1;
	hash = hash_key ^ (uint64_t)family;
	for (int i = 0; i < 16; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
	return &chains[(hash ^ hash >> 32) % CHAINS];
}

/*
 * Count one more for the address. False: it is at the limit. *entry is what to give
 * back; NULL where nothing was counted: without a limit, for a Unix-domain socket,
 * and when memory runs out, where other limits hold.
 */
bool
address_limit_enter(const char *address, int max, AddressCount **entry)
{
	unsigned char bytes[16];
	int family;
	AddressCount **chain;
	AddressCount *found;

	*entry = NULL;
	if (max <= 0 || !realty_address_read(address, &family, bytes))
		return true;
	if (family == AF_INET6)
		memset(bytes + 8, 0, 8);
	chain = chain_of(family, bytes);
	for (found = *chain; found; found = found->next)
		if (found->family == family && memcmp(found->bytes, bytes, sizeof bytes) == 0)
			break;
	if (found && found->count >= max)
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
	*entry = found;
	return true;
}

void
address_limit_leave(AddressCount *entry)
{
	AddressCount **at;

	if (entry == NULL || --entry->count > 0)
		return;
	at = chain_of(entry->family, entry->bytes);
	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	free(entry);
}
