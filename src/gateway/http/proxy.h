#ifndef REALTY_GATEWAY_HTTP_PROXY_H
#define REALTY_GATEWAY_HTTP_PROXY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/network.h"

/* Proxies whose X-Forwarded-For counts. */
typedef struct Proxies
{
	Network *ranges;
	int count;
	bool local; /* "unix": any client of a Unix-domain socket */
} Proxies;

bool proxies_read(Proxies *proxies, const char *list);
bool proxies_trust(const Proxies *proxies, const char *address);
void proxies_client(const Proxies *proxies, const char *forwarded, char *client,
					size_t size);

#endif
