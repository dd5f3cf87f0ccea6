#ifndef REALTY_GATEWAY_CONFIG_H
#define REALTY_GATEWAY_CONFIG_H

#include <stdbool.h>

#define MAX_SERVERS 17 /* the primary and its replicas */

typedef struct Config
{
	const char *address;
	const char *database; /* a name or a libpq connection string */
	const char *user;
	const char *cors_origins;
	const char *trusted_proxies;
	const char *socket;   /* path of a Unix-domain socket, empty for none */
	const char *metrics;  /* who may read /metrics */
	const char *docs;     /* directory of Swagger UI's files */
	const char *replicas; /* connection strings parted by commas */
	const char *conninfo; /* of one replica; NULL: of the primary */
	const char *server;   /* what the log calls that replica */
	int server_number;    /* 0: the primary */
	int replica_lag;      /* ms that a replica may be behind */
	int replica_wait;     /* ms that a GET waits for its own writes there */
	int port;
	int connections; /* to the database */
	int queue;       /* requests that may wait for a connection */
	int clients;     /* HTTP connections at one time */
	int clients_per_address;
	int timeout;          /* seconds a request may take */
	int head_timeout;     /* seconds from the first moment to the end of the head */
	int min_rate;         /* bytes a second of bodies and answers, after that time */
	int idle_timeout;     /* seconds an HTTP connection may be silent */
	int drain_timeout;    /* seconds that requests in flight have at a stop */
	int streams;          /* open at one time */
	int stream_heartbeat; /* seconds */
	int stream_interval;  /* ms between two looks for news */
	int gzip_from;        /* bytes of a body that is worth it, 0 never */
	int max_url;          /* bytes */
	int max_head;         /* bytes of request line and headers */
	int max_body;         /* bytes */
	int body_memory;      /* bytes that all bodies in flight may take together */
	int access_log;       /* a line for each request? */
	int slow_request;     /* ms from which a request gets a line whatever; 0 never */
	bool check;
} Config;

typedef enum ConfigVerdict
{
	CONFIG_RUN,
	CONFIG_DONE, /* --help, --version: said what was asked for */
	CONFIG_WRONG /* said on stderr what is wrong */
} ConfigVerdict;

ConfigVerdict config_read(Config *config, int argc, char **argv);

#endif
