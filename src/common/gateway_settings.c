/*
 * gateway_settings.c
 *		The table of the numbers that the server and the gateway share.
 */
#include "common/gateway_settings.h"

#include <limits.h>

const GatewayNumber realty_gateway_numbers[GATEWAY_NUMBERS] = {
	[GATEWAY_TIMEOUT] = {"timeout", 30, 1, 3600},
	[GATEWAY_QUEUE] = {"queue", 256, 0, 65536},
	[GATEWAY_CLIENTS] = {"clients", 1000, 1, 65536},
	[GATEWAY_CLIENTS_PER_ADDRESS] = {"clients-per-address", 256, 0, 65536},
	[GATEWAY_HEAD_TIMEOUT] = {"head-timeout", 20, 1, 3600},
	[GATEWAY_MIN_RATE] = {"min-rate", 1024, 0, INT_MAX},
	[GATEWAY_IDLE_TIMEOUT] = {"idle-timeout", 75, 1, 3600},
	[GATEWAY_DRAIN_TIMEOUT] = {"drain-timeout", 10, 0, 3600},
	[GATEWAY_GZIP_FROM] = {"gzip-from", 1024, 0, INT_MAX},
	[GATEWAY_MAX_URL] = {"max-url", 4096, 64, 65536},
	[GATEWAY_MAX_HEAD] = {"max-head", 8192, 1024, 1048576},
	[GATEWAY_MAX_BODY] = {"max-body", 4194304, 0, 268435456},
	[GATEWAY_BODY_MEMORY] = {"body-memory", 67108864, 0, INT_MAX},
	[GATEWAY_SLOW_REQUEST] = {"slow-request", 1000, 0, INT_MAX},
	[GATEWAY_STREAMS] = {"streams", 1000, 0, 65536},
	[GATEWAY_REPLICA_LAG] = {"replica-lag", 10000, 100, 3600000},
	[GATEWAY_REPLICA_WAIT] = {"replica-wait", 100, 0, 60000},
	[GATEWAY_STREAM_HEARTBEAT] = {"stream-heartbeat", 15, 1, 3600},
	[GATEWAY_STREAM_INTERVAL] = {"stream-interval", 100, 0, 60000},
};
