/*
 * settings.c
 *		The settings of the supervised gateway.
 *
 * All of them follow a reload. The worker applies them; no session reads them, and
 * none can change one for itself. The listener is off until asked for, and then on
 * 127.0.0.1: a server gains no open port by loading a library.
 */
#include "postgres.h"

#include <sys/un.h>

#include "miscadmin.h"
#include "port.h"
#include "utils/guc.h"

#include "common/gateway_settings.h"
#include "common/network.h"
#include "supervisor/settings.h"

SupervisorSettings realty_supervisor_settings;

static bool
cors_origins_check(char **newval, void **extra, GucSource source)
{
	char *copy = *newval ? pstrdup(*newval) : pstrdup("");
	char *rest = NULL;

	for (char *item = strtok_r(copy, ", \t\r\n", &rest); item;
		 item = strtok_r(NULL, ", \t\r\n", &rest))
	{
		if (realty_is_origin(item))
			continue;
		GUC_check_errdetail("\"%s\" is not an origin.", item);
		GUC_check_errhint("Write scheme://host[:port] for each front end, separated by "
						  "commas; wildcards are not possible.");
		return false;
	}
	return true;
}

static bool
trusted_proxies_check(char **newval, void **extra, GucSource source)
{
	char *copy = *newval ? pstrdup(*newval) : pstrdup("");
	char *rest = NULL;
	Network network;

	for (char *item = strtok_r(copy, ", \t", &rest); item;
		 item = strtok_r(NULL, ", \t", &rest))
	{
		if (strcmp(item, "unix") == 0 || realty_network_read(&network, item))
			continue;
		GUC_check_errdetail("\"%s\" is not an address.", item);
		GUC_check_errhint("Write addresses or networks, as 10.0.0.0/8 or ::1, or unix.");
		return false;
	}
	return true;
}

static bool
http_socket_check(char **newval, void **extra, GucSource source)
{
	struct sockaddr_un address;

	if (*newval == NULL || **newval == '\0')
		return true;
	if (is_absolute_path(*newval) && strlen(*newval) < sizeof address.sun_path)
		return true;
	GUC_check_errdetail("\"%s\" is not an absolute path of at most %d bytes.", *newval,
						(int)sizeof address.sun_path - 1);
	return false;
}

static bool
metrics_check(char **newval, void **extra, GucSource source)
{
	if (strcmp(*newval, "off") == 0 || strcmp(*newval, "loopback") == 0)
		return true;
	if (trusted_proxies_check(newval, extra, source))
		return **newval != '\0';
	GUC_check_errhint("Write off, loopback, or addresses and networks, as 10.0.0.0/8.");
	return false;
}

/* As in postgresql://user:password@host. */
static bool
url_has_password(const char *url)
{
	while ((url = strstr(url, "://")) != NULL)
	{
		size_t length;

		url += strlen("://");
		length = strcspn(url, "@/, ");
		if (url[length] == '@' && memchr(url, ':', length) != NULL)
			return true;
	}
	return false;
}

/*
 * It becomes an argument of a program, which the whole host can read. Nor does the
 * error repeat the value, since the log keeps errors.
 */
static bool
replicas_check(char **newval, void **extra, GucSource source)
{
	if (*newval == NULL ||
		(strstr(*newval, "password") == NULL && !url_has_password(*newval)))
		return true;
	GUC_check_errmsg("invalid value for parameter \"realty.gateway_replicas\"");
	GUC_check_errdetail("A connection string here may not have a password.");
	GUC_check_errhint("Name a passfile in it, or let the host in by its certificate.");
	return false;
}

static bool
not_empty_check(char **newval, void **extra, GucSource source)
{
	return *newval && **newval;
}

/* Numbers that are the gateway's alone. Each becomes a flag of its program. */
typedef struct NumberSetting
{
	int number; /* in realty_gateway_numbers */
	const char *name;
	const char *text;
	int *value;
	int unit;
} NumberSetting;

static int values[18];

static const NumberSetting numbers[] = {
	{GATEWAY_TIMEOUT, "realty.gateway_timeout",
	 "How long a request may take; then it is cancelled.", &values[0], GUC_UNIT_S},
	{GATEWAY_QUEUE, "realty.gateway_queue",
	 "How many requests may wait for a connection of the gateway.", &values[1], 0},
	{GATEWAY_CLIENTS, "realty.gateway_clients",
	 "How many HTTP connections the gateway has at one time.", &values[2], 0},
	{GATEWAY_CLIENTS_PER_ADDRESS, "realty.gateway_clients_per_address",
	 "How many of these one address may have; 0 means any number.", &values[3], 0},
	{GATEWAY_HEAD_TIMEOUT, "realty.gateway_head_timeout",
	 "How long the head of a request may take to arrive.", &values[4], GUC_UNIT_S},
	{GATEWAY_MIN_RATE, "realty.gateway_min_rate",
	 "Bytes a second at which bodies and answers must move; 0 means any.", &values[5], 0},
	{GATEWAY_IDLE_TIMEOUT, "realty.gateway_idle_timeout",
	 "How long an HTTP connection may be silent.", &values[6], GUC_UNIT_S},
	{GATEWAY_DRAIN_TIMEOUT, "realty.gateway_drain_timeout",
	 "How long requests in flight may take when a gateway stops.",
	 &realty_supervisor_settings.gateway_drain_timeout, GUC_UNIT_S},
	{GATEWAY_GZIP_FROM, "realty.gateway_gzip_from",
	 "The size from which an answer is compressed; 0 means never.", &values[7],
	 GUC_UNIT_BYTE},
	{GATEWAY_MAX_URL, "realty.gateway_max_url", "The size of the longest URL.",
	 &values[8], GUC_UNIT_BYTE},
	{GATEWAY_MAX_HEAD, "realty.gateway_max_head",
	 "The size of the longest request line and headers.", &values[9], GUC_UNIT_BYTE},
	{GATEWAY_MAX_BODY, "realty.gateway_max_body", "The size of the largest body.",
	 &values[10], GUC_UNIT_BYTE},
	{GATEWAY_BODY_MEMORY, "realty.gateway_body_memory",
	 "The memory that all bodies in flight may take together.", &values[11],
	 GUC_UNIT_BYTE},
	{GATEWAY_SLOW_REQUEST, "realty.slow_request",
	 "The time from which a request is logged as slow; 0 means never.", &values[12],
	 GUC_UNIT_MS},
	{GATEWAY_STREAMS, "realty.gateway_streams",
	 "How many streams of events may be open at one time.", &values[13], 0},
	{GATEWAY_REPLICA_LAG, "realty.gateway_replica_lag",
	 "How far a replica that takes GETs may be behind.", &values[14], GUC_UNIT_MS},
	{GATEWAY_REPLICA_WAIT, "realty.gateway_replica_wait",
	 "How long a GET waits on a replica for its client's last write.", &values[15],
	 GUC_UNIT_MS},
	{GATEWAY_STREAM_HEARTBEAT, "realty.gateway_stream_heartbeat",
	 "The time between two heartbeats of a stream.", &values[16], GUC_UNIT_S},
	{GATEWAY_STREAM_INTERVAL, "realty.gateway_stream_interval",
	 "The minimum time between two requests for stream events.", &values[17],
	 GUC_UNIT_MS},
};

static void
define_numbers(void)
{
	for (size_t i = 0; i < lengthof(numbers); i++)
	{
		const NumberSetting *setting = &numbers[i];
		const GatewayNumber *shared = &realty_gateway_numbers[setting->number];

		DefineCustomIntVariable(setting->name, setting->text, NULL, setting->value,
								shared->default_value, shared->min, shared->max,
								PGC_SIGHUP, setting->unit, NULL, NULL, NULL);
	}
}

/* Adds them as flags to the arguments of the gateway's program. */
List *
realty_supervisor_numbers(List *arguments)
{
	for (size_t i = 0; i < lengthof(numbers); i++)
	{
		const char *flag = realty_gateway_numbers[numbers[i].number].flag;

		arguments = lappend(lappend(arguments, psprintf("--%s", flag)),
							psprintf("%d", *numbers[i].value));
	}
	return arguments;
}

static void
define_listener(SupervisorSettings *settings)
{
	/* HTTP without another service to install and to watch. */
	DefineCustomBoolVariable("realty.gateway",
							 "Runs the HTTP gateway as a child of the server.", NULL,
							 &settings->gateway, false, PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"realty.http_port", "The port that the HTTP gateway listens on.",
		"0 means none: the Unix-domain socket alone.", &settings->http_port, 8000, 0,
		65535, PGC_SIGHUP, 0, NULL, NULL, NULL);
	/* Anything but loopback wants a proxy in front that speaks TLS. */
	DefineCustomStringVariable("realty.http_address",
							   "The address that the HTTP gateway listens on.",
							   "'*' means all addresses.", &settings->http_address,
							   "127.0.0.1", PGC_SIGHUP, 0, not_empty_check, NULL, NULL);
	/*
	 * For a proxy on the same host: no port, and the directory's mode says which
	 * users may connect.
	 */
	DefineCustomStringVariable(
		"realty.http_socket", "A Unix-domain socket that the HTTP gateway listens on.",
		"An absolute path; empty means none.", &settings->http_socket, "", PGC_SIGHUP, 0,
		http_socket_check, NULL, NULL);
	DefineCustomStringVariable(
		"realty.cors_origins", "The origins that browsers may call the API from.",
		"Separated by commas, without wildcards.", &settings->cors_origins, "",
		PGC_SIGHUP, 0, cors_origins_check, NULL, NULL);
	/* Without it all clients behind a proxy share the proxy's rate limit. */
	DefineCustomStringVariable(
		"realty.trusted_proxies", "Proxies whose X-Forwarded-For names the client.",
		"Addresses and networks separated by commas, and unix for a Unix-domain socket.",
		&settings->trusted_proxies, "", PGC_SIGHUP, 0, trusted_proxies_check, NULL, NULL);
}

static void
define_gateway(SupervisorSettings *settings)
{
	/*
	 * It has numbers of the business: for clients that are not named the path does
	 * not exist.
	 */
	DefineCustomStringVariable(
		"realty.metrics", "Clients that may read /metrics of the HTTP gateway.",
		"off, loopback, or addresses and networks separated by commas.",
		&settings->metrics, "loopback", PGC_SIGHUP, 0, metrics_check, NULL, NULL);
	/* A proxy may write one already: a line is some 200 bytes. */
	DefineCustomBoolVariable(
		"realty.access_log", "Writes a line of JSON to the log for each HTTP request.",
		NULL, &settings->access_log, true, PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("realty.database", "The database that the gateway serves.",
							   NULL, &settings->database, "postgres", PGC_SIGHUP, 0,
							   not_empty_check, NULL, NULL);
	/* Each one is a backend, counted in max_connections. */
	DefineCustomIntVariable("realty.gateway_connections",
							"The number of database connections of the gateway.",
							"0 means four for each core, from 8 to 32.",
							&settings->gateway_connections, 0, 0, 256, PGC_SIGHUP, 0,
							NULL, NULL, NULL);
	/* For sites where one server cannot answer all reads. */
	DefineCustomStringVariable(
		"realty.gateway_replicas", "Standbys that take the GETs of the HTTP gateway.",
		"Connection strings separated by commas, without passwords.",
		&settings->gateway_replicas, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, replicas_check,
		NULL, NULL);
	DefineCustomStringVariable(
		"realty.gateway_program", "The gateway's program file.",
		"Empty means realty-gateway beside the server's own program.",
		&settings->gateway_program, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, NULL, NULL, NULL);
}

void
realty_supervisor_define_settings(void)
{
	define_listener(&realty_supervisor_settings);
	define_gateway(&realty_supervisor_settings);
	define_numbers();
}

char *
realty_supervisor_program(void)
{
	char directory[MAXPGPATH];

	if (realty_supervisor_settings.gateway_program[0])
		return pstrdup(realty_supervisor_settings.gateway_program);
	strlcpy(directory, my_exec_path, sizeof directory);
	get_parent_directory(directory);
	return psprintf("%s/realty-gateway", directory);
}
