/*
 * Any X-Forwarded-For, from a trusted proxy (first byte even) or from somebody else: the
 * client stays an address, and a stranger's word changes nothing.
 */
#include "fuzz.h"

#include <arpa/inet.h>

#include "gateway/http/proxy.h"

static Proxies proxies;

static bool
is_address(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool stranger = size > 0 && data[0] % 2 != 0;
	char client[INET6_ADDRSTRLEN];
	char *header;

	if (proxies.count == 0)
		EXPECT(proxies_read(&proxies, "10.0.0.0/9, 2001:db8::/33, 192.0.2.1, unix"));
	header = size > 0 ? terminated(data + 1, size - 1) : NULL;
	strcpy(client, stranger ? "198.51.100.7" : "10.1.2.3");
	proxies_client(&proxies, header, client, sizeof client);
	EXPECT(is_address(client));
	EXPECT(!stranger || strcmp(client, "198.51.100.7") == 0);
	free(header);
	return 0;
}
