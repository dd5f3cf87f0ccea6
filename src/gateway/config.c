/*
 * config.c
 *	  The gateway's settings: one table gives the flags, the environment variables, the
 *	  defaults and the text of --help.
 *
 * A flag wins over the environment, the environment over the default. Bounds and defaults
 * of numbers that are settings of the server too are in common/gateway_settings.c. The
 * database is reached by libpq's own rules (PGHOST, PGPORT, PGPASSFILE, PGSSLMODE, a
 * service file): nothing of that is repeated here, and there is no flag for a secret,
 * which every user of the machine could read in the list of processes.
 */
#include "gateway/config.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/gateway_settings.h"

typedef struct Setting
{
	const char *flag;            /* of a text; NULL for a number */
	const GatewayNumber *number; /* NULL for a text */
	const char *variable;
	const char *default_text; /* of a text */
	size_t offset;
	const char *help;
} Setting;

#define SHARED(name) realty_gateway_numbers[GATEWAY_##name]
#define TEXT(flag, variable, text, field)                                                \
	flag, NULL, variable, text, offsetof(Config, field)
#define NUMBER(number, variable, field)                                                  \
	NULL, &(number), variable, NULL, offsetof(Config, field)

/* Numbers that the supervisor does not pass on from a setting of its own. */
static const GatewayNumber own_port = {"port", 8000, 0, 65535};
static const GatewayNumber own_connections = {"connections", 16, 1, 256};
static const GatewayNumber own_access_log = {"access-log", 1, 0, 1};

static const Setting settings[] = {
	{TEXT("address", "REALTY_HTTP_ADDRESS", "127.0.0.1", address),
	 "address to listen on; * means all"},
	{NUMBER(own_port, "REALTY_HTTP_PORT", port), "port to listen on; 0 none"},
	{TEXT("socket", "REALTY_HTTP_SOCKET", "", socket),
	 "Unix-domain socket to listen on beside the port"},
	{TEXT("database", "PGDATABASE", "postgres", database),
	 "database, or a libpq connection string"},
	{TEXT("user", "PGUSER", "realty_gateway", user), "database role to log in as"},
	{TEXT("replicas", "REALTY_GATEWAY_REPLICAS", "", replicas),
	 "standbys that take GETs: libpq connection strings, separated by commas"},
	{NUMBER(SHARED(REPLICA_LAG), "REALTY_GATEWAY_REPLICA_LAG", replica_lag),
	 "milliseconds that a replica may be behind; then it gets no GET"},
	{NUMBER(SHARED(REPLICA_WAIT), "REALTY_GATEWAY_REPLICA_WAIT", replica_wait),
	 "milliseconds that a GET waits there for its client's last write"},
	{NUMBER(own_connections, "REALTY_GATEWAY_CONNECTIONS", connections),
	 "connections to the database"},
	{NUMBER(SHARED(QUEUE), "REALTY_GATEWAY_QUEUE", queue),
	 "requests that may wait for a connection; one more gets 503"},
	{NUMBER(SHARED(CLIENTS), "REALTY_GATEWAY_CLIENTS", clients),
	 "HTTP connections at one time"},
	{NUMBER(SHARED(CLIENTS_PER_ADDRESS), "REALTY_GATEWAY_CLIENTS_PER_ADDRESS",
			clients_per_address),
	 "of these from one address; one more gets 429; 0 any"},
	{TEXT("cors-origins", "REALTY_CORS_ORIGINS", "", cors_origins),
	 "origins that browsers may call from, separated by commas"},
	{TEXT("trusted-proxies", "REALTY_TRUSTED_PROXIES", "", trusted_proxies),
	 "addresses whose X-Forwarded-For counts, as 10.0.0.0/8, ::1, unix"},
	{TEXT("metrics", "REALTY_GATEWAY_METRICS", "loopback", metrics),
	 "clients that may read /metrics: off, loopback, or addresses as above"},
	{TEXT("docs", "REALTY_GATEWAY_DOCS", REALTY_DOCS_DIRECTORY, docs),
	 "directory of the files of /docs"},
	{NUMBER(SHARED(TIMEOUT), "REALTY_GATEWAY_TIMEOUT", timeout),
	 "seconds a request may take; then 504"},
	{NUMBER(SHARED(HEAD_TIMEOUT), "REALTY_GATEWAY_HEAD_TIMEOUT", head_timeout),
	 "seconds until the head of a request must be complete; then 408"},
	{NUMBER(SHARED(MIN_RATE), "REALTY_GATEWAY_MIN_RATE", min_rate),
	 "bytes a second of bodies and answers, after --head-timeout; 0 any"},
	{NUMBER(SHARED(IDLE_TIMEOUT), "REALTY_GATEWAY_IDLE_TIMEOUT", idle_timeout),
	 "seconds an HTTP connection may be silent"},
	{NUMBER(SHARED(DRAIN_TIMEOUT), "REALTY_GATEWAY_DRAIN_TIMEOUT", drain_timeout),
	 "seconds that requests in flight get at a stop"},
	{NUMBER(SHARED(STREAMS), "REALTY_GATEWAY_STREAMS", streams),
	 "streams that may be open at one time; one more gets 503"},
	{NUMBER(SHARED(STREAM_HEARTBEAT), "REALTY_GATEWAY_STREAM_HEARTBEAT",
			stream_heartbeat),
	 "seconds between a stream's heartbeats; a reader that takes nothing for as long is "
	 "dropped"},
	{NUMBER(SHARED(STREAM_INTERVAL), "REALTY_GATEWAY_STREAM_INTERVAL", stream_interval),
	 "milliseconds between two requests for stream events"},
	{NUMBER(SHARED(GZIP_FROM), "REALTY_GATEWAY_GZIP_FROM", gzip_from),
	 "bytes from which an answer is compressed for clients that accept gzip; 0 never"},
	{NUMBER(SHARED(MAX_URL), "REALTY_GATEWAY_MAX_URL", max_url),
	 "bytes of a URL; more is 414"},
	{NUMBER(SHARED(MAX_HEAD), "REALTY_GATEWAY_MAX_HEAD", max_head),
	 "bytes of request line and headers; more is 431"},
	{NUMBER(SHARED(MAX_BODY), "REALTY_GATEWAY_MAX_BODY", max_body),
	 "bytes of a body; more is 413"},
	{NUMBER(SHARED(BODY_MEMORY), "REALTY_GATEWAY_BODY_MEMORY", body_memory),
	 "bytes of all bodies in flight; more is 503"},
	{NUMBER(own_access_log, "REALTY_GATEWAY_ACCESS_LOG", access_log),
	 "1: a line of JSON on stderr for each request"},
	{NUMBER(SHARED(SLOW_REQUEST), "REALTY_GATEWAY_SLOW_REQUEST", slow_request),
	 "milliseconds from which a request is slow and always logged; 0 none"},
};

#define SETTINGS (sizeof settings / sizeof *settings)

static const char *
setting_flag(const Setting *setting)
{
	return setting->number ? setting->number->flag : setting->flag;
}

static bool
setting_assign(Config *config, const Setting *setting, const char *text, const char *from)
{
	const GatewayNumber *bounds = setting->number;
	char *field = (char *)config + setting->offset;
	char *end;
	long number;

	if (bounds == NULL)
	{
		memcpy(field, &text, sizeof text);
		return true;
	}
	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || end == text || *end || number < bounds->min || number > bounds->max)
	{
		fprintf(stderr, "realty-gateway: %s must be a number from %d to %d, not \"%s\"\n",
				from, bounds->min, bounds->max, text);
		return false;
	}
	*(int *)field = (int)number;
	return true;
}

static bool
config_default(Config *config)
{
	memset(config, 0, sizeof *config);
	for (size_t i = 0; i < SETTINGS; i++)
	{
		const Setting *setting = &settings[i];
		const char *text = getenv(setting->variable);

		if (text && *text)
		{
			if (!setting_assign(config, setting, text, setting->variable))
				return false;
		}
		else if (setting->number)
			*(int *)((char *)config + setting->offset) = setting->number->default_value;
		else
			(void)setting_assign(config, setting, setting->default_text, NULL);
	}
	return true;
}

static void
config_help(void)
{
	puts("realty-gateway serves the HTTP API of the PostgreSQL extension realty.\n\n"
		 "Usage: realty-gateway [--check] [--FLAG VALUE]...\n\n"
		 "  --check                log in, ask the database whether it is ready, and "
		 "exit\n"
		 "  --help, --version\n");
	for (size_t i = 0; i < SETTINGS; i++)
	{
		const Setting *setting = &settings[i];
		char flag[32];
		char number[16];

		snprintf(flag, sizeof flag, "--%s", setting_flag(setting));
		snprintf(number, sizeof number, "%d",
				 setting->number ? setting->number->default_value : 0);
		printf("  %-22s %s\n  %-22s %s, default \"%s\"\n", flag, setting->help, "",
			   setting->variable, setting->number ? number : setting->default_text);
	}
	puts("\nThe database is found as libpq does it: PGHOST, PGPORT, PGPASSFILE and so "
		 "on.\n"
		 "A listening socket that systemd or the supervisor passes on (LISTEN_FDS) is\n"
		 "used instead of --address, --port and --socket. SIGTERM: answer what is in "
		 "flight, stop.");
}

static const Setting *
setting_find(const char *flag, size_t length)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strlen(setting_flag(&settings[i])) == length &&
			strncmp(setting_flag(&settings[i]), flag, length) == 0)
			return &settings[i];
	return NULL;
}

/* "--flag value" or "--flag=value"; *at moves on by what was used beyond one word. */
static bool
config_flag(Config *config, int argc, char **argv, int *at)
{
	const char *flag = argv[*at];
	const char *equals = strchr(flag, '=');
	size_t length = equals ? (size_t)(equals - flag) : strlen(flag);
	const Setting *setting = NULL;

	if (length > 2 && strncmp(flag, "--", 2) == 0)
		setting = setting_find(flag + 2, length - 2);
	if (setting == NULL)
	{
		fprintf(stderr, "realty-gateway: unknown argument \"%s\", see --help\n", flag);
		return false;
	}
	if (equals == NULL && *at + 1 >= argc)
	{
		fprintf(stderr, "realty-gateway: %s needs a value\n", flag);
		return false;
	}
	return setting_assign(config, setting, equals ? equals + 1 : argv[++*at], flag);
}

ConfigVerdict
config_read(Config *config, int argc, char **argv)
{
	if (!config_default(config))
		return CONFIG_WRONG;
	for (int i = 1; i < argc; i++)
	{
		if (strcmp(argv[i], "--help") == 0)
		{
			config_help();
			return CONFIG_DONE;
		}
		if (strcmp(argv[i], "--version") == 0)
		{
			puts("realty-gateway " REALTY_VERSION);
			return CONFIG_DONE;
		}
		if (strcmp(argv[i], "--check") == 0)
			config->check = true;
		else if (!config_flag(config, argc, argv, &i))
			return CONFIG_WRONG;
	}
	return CONFIG_RUN;
}
