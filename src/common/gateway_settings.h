/*
 * gateway_settings.h
 *		The numbers that the server's settings realty.gateway_* and the gateway's flags
 *		share: flag, default and bounds of each.
 *
 * The supervisor passes each as a flag. Names, units and help stand where they are
 * shown: supervisor/settings.c, gateway/config.c.
 */
#ifndef REALTY_COMMON_GATEWAY_SETTINGS_H
#define REALTY_COMMON_GATEWAY_SETTINGS_H

typedef struct GatewayNumber
{
	const char *flag; /* without its dashes */
	int default_value;
	int min;
	int max;
} GatewayNumber;

enum
{
	GATEWAY_TIMEOUT,
	GATEWAY_QUEUE,
	GATEWAY_CLIENTS,
	GATEWAY_CLIENTS_PER_ADDRESS,
	GATEWAY_HEAD_TIMEOUT,
	GATEWAY_MIN_RATE,
	GATEWAY_IDLE_TIMEOUT,
	GATEWAY_DRAIN_TIMEOUT,
	GATEWAY_GZIP_FROM,
	GATEWAY_MAX_URL,
	GATEWAY_MAX_HEAD,
	GATEWAY_MAX_BODY,
	GATEWAY_BODY_MEMORY,
	GATEWAY_SLOW_REQUEST,
	GATEWAY_STREAMS,
	GATEWAY_REPLICA_LAG,
	GATEWAY_REPLICA_WAIT,
	GATEWAY_STREAM_HEARTBEAT,
	GATEWAY_STREAM_INTERVAL,
	GATEWAY_NUMBERS
};

extern const GatewayNumber realty_gateway_numbers[GATEWAY_NUMBERS];

#endif
