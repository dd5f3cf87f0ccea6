/*
 * config.c
 *	  The gateway's settings: one table gives the flags, the environment variables,
 *	  the defaults, the bounds and the text of --help.
 *
 * A flag wins over the environment, the environment over the default. The database is
 * reached by libpq's own rules (PGHOST, PGPORT, PGPASSFILE, PGSSLMODE, a service
 * file): nothing of that is repeated here, and there is no flag for a secret, which
 * every user of the machine could read in the list of processes.
 */
#include "gateway/config.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef REALTY_VERSION
#define REALTY_VERSION "unknown"
#endif

#ifndef REALTY_DOCS_DIRECTORY
#define REALTY_DOCS_DIRECTORY ""
#endif

typedef enum SettingType
{
	SETTING_TEXT,
	SETTING_NUMBER
} SettingType;

typedef struct Setting
{
	const char *flag;
	const char *variable;
	const char *default_value;
	SettingType type;
	int min;
	int max;
	size_t offset;
	const char *help;
} Setting;

#define TEXT(field) SETTING_TEXT, 0, 0, offsetof(Config, field)
#define NUMBER(field, min, max) SETTING_NUMBER, min, max, offsetof(Config, field)

static const Setting settings[] = {
	{"address", "REALTY_HTTP_ADDRESS", "127.0.0.1", TEXT(address),
	 "address to listen on; * means all"},
	{"port", "REALTY_HTTP_PORT", "8000", NUMBER(port, 0, 65535),
	 "port to listen on; 0 none"},
	{"socket", "REALTY_HTTP_SOCKET", "", TEXT(socket),
	 "Unix-domain socket to listen on beside the port"},
	{"database", "PGDATABASE", "postgres", TEXT(database),
	 "database, or a libpq connection string"},
	{"user", "PGUSER", "realty_gateway", TEXT(user), "database role to log in as"},
	{"replicas", "REALTY_GATEWAY_REPLICAS", "", TEXT(replicas),
	 "standbys that take GETs: libpq connection strings, parted by commas"},
	{"replica-lag", "REALTY_GATEWAY_REPLICA_LAG", "10000",
	 NUMBER(replica_lag, 100, 3600000),
	 "milliseconds that a replica may be behind; then it gets no GET"},
	{"replica-wait", "REALTY_GATEWAY_REPLICA_WAIT", "100", NUMBER(replica_wait, 0, 60000),
	 "milliseconds that a GET waits there for what its client wrote"},
	{"connections", "REALTY_GATEWAY_CONNECTIONS", "16", NUMBER(connections, 1, 256),
	 "connections to the database"},
	{"queue", "REALTY_GATEWAY_QUEUE", "256", NUMBER(queue, 0, 65536),
	 "requests that may wait for a connection; one more gets 503"},
	{"clients", "REALTY_GATEWAY_CLIENTS", "1000", NUMBER(clients, 1, 65536),
	 "HTTP connections at one time"},
	{"clients-per-address", "REALTY_GATEWAY_CLIENTS_PER_ADDRESS", "256",
	 NUMBER(clients_per_address, 0, 65536),
	 "of these from one address; one more gets 429; 0 any"},
	{"cors-origins", "REALTY_CORS_ORIGINS", "", TEXT(cors_origins),
	 "origins that browsers may call from, separated by commas"},
	{"trusted-proxies", "REALTY_TRUSTED_PROXIES", "", TEXT(trusted_proxies),
	 "addresses whose X-Forwarded-For counts, as 10.0.0.0/8, ::1, unix"},
	{"metrics", "REALTY_GATEWAY_METRICS", "loopback", TEXT(metrics),
	 "who may read /metrics: off, loopback, or addresses as above"},
	{"docs", "REALTY_GATEWAY_DOCS", REALTY_DOCS_DIRECTORY, TEXT(docs),
	 "directory of the files of /docs"},
	{"timeout", "REALTY_GATEWAY_TIMEOUT", "30", NUMBER(timeout, 1, 3600),
	 "seconds a request may take; then 504"},
	{"head-timeout", "REALTY_GATEWAY_HEAD_TIMEOUT", "20", NUMBER(head_timeout, 1, 3600),
	 "seconds until the head of a request must be complete; then 408"},
	{"min-rate", "REALTY_GATEWAY_MIN_RATE", "1024", NUMBER(min_rate, 0, INT_MAX),
	 "bytes a second of bodies and answers, after --head-timeout; 0 any"},
	{"idle-timeout", "REALTY_GATEWAY_IDLE_TIMEOUT", "75", NUMBER(idle_timeout, 1, 3600),
	 "seconds an HTTP connection may be silent"},
	{"drain-timeout", "REALTY_GATEWAY_DRAIN_TIMEOUT", "10",
	 NUMBER(drain_timeout, 0, 3600), "seconds that requests in flight get at a stop"},
	{"streams", "REALTY_GATEWAY_STREAMS", "1000", NUMBER(streams, 0, 65536),
	 "streams that may be open at one time; one more gets 503"},
	{"stream-heartbeat", "REALTY_GATEWAY_STREAM_HEARTBEAT", "15",
	 NUMBER(stream_heartbeat, 1, 3600),
	 "seconds between a stream's heartbeats; who takes nothing for as long is dropped"},
	{"stream-interval", "REALTY_GATEWAY_STREAM_INTERVAL", "100",
	 NUMBER(stream_interval, 0, 60000),
	 "milliseconds between two looks for news of streams"},
	{"gzip-from", "REALTY_GATEWAY_GZIP_FROM", "1024", NUMBER(gzip_from, 0, INT_MAX),
	 "bytes from which an answer is compressed for who takes gzip; 0 never"},
	{"max-url", "REALTY_GATEWAY_MAX_URL", "4096", NUMBER(max_url, 64, 65536),
	 "bytes of a URL; more is 414"},
	{"max-head", "REALTY_GATEWAY_MAX_HEAD", "8192", NUMBER(max_head, 1024, 1048576),
	 "bytes of request line and headers; more is 431"},
	{"max-body", "REALTY_GATEWAY_MAX_BODY", "4194304", NUMBER(max_body, 0, 268435456),
	 "bytes of a body; more is 413"},
	{"body-memory", "REALTY_GATEWAY_BODY_MEMORY", "67108864",
	 NUMBER(body_memory, 0, INT_MAX), "bytes of all bodies in flight; more is 503"},
	{"access-log", "REALTY_GATEWAY_ACCESS_LOG", "1", NUMBER(access_log, 0, 1),
	 "1: a line of JSON on stderr for each request"},
	{"slow-request", "REALTY_GATEWAY_SLOW_REQUEST", "1000",
	 NUMBER(slow_request, 0, INT_MAX),
	 "milliseconds from which a request is slow and told whatever; 0 none"},
};

#define SETTINGS (sizeof settings / sizeof *settings)

static bool
setting_assign(Config *config, const Setting *setting, const char *text, const char *from)
{
	char *place = (char *)config + setting->offset;
	char *end;
	long number;

	if (setting->type == SETTING_TEXT)
	{
		memcpy(place, &text, sizeof text);
		return true;
	}
	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || end == text || *end || number < setting->min || number > setting->max)
	{
		fprintf(stderr, "realty-gateway: %s must be a number from %d to %d, not \"%s\"\n",
				from, setting->min, setting->max, text);
		return false;
	}
	*(int *)place = (int)number;
	return true;
}

static bool
config_default(Config *config)
{
	memset(config, 0, sizeof *config);
	for (size_t i = 0; i < SETTINGS; i++)
	{
		const char *text = getenv(settings[i].variable);

		if (text == NULL || *text == '\0')
			text = settings[i].default_value;
		if (!setting_assign(config, &settings[i], text, settings[i].variable))
			return false;
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
		char flag[32];

		snprintf(flag, sizeof flag, "--%s", settings[i].flag);
		printf("  %-22s %s\n  %-22s %s, default \"%s\"\n", flag, settings[i].help, "",
			   settings[i].variable, settings[i].default_value);
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
		if (strlen(settings[i].flag) == length &&
			strncmp(settings[i].flag, flag, length) == 0)
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
