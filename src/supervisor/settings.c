/*
 * settings.c
 *		The settings of the supervised gateway.
 *
 * All of them follow a reload. The worker applies them; no session reads them, and none
 * can change one for itself. The listener is off until asked for, and then on 127.0.0.1:
 * a server gains no open port by loading a library.
 */
#include "postgres.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "miscadmin.h"
#include "port.h"
#include "utils/guc.h"

#include "supervisor/settings.h"

SupervisorSettings realty_supervisor_settings;

/*
 * Credentials are allowed across origins, so an origin must be named in full; a wildcard
 * would open every signed-in user's data to every page.
 */
static bool
cors_origins_check(char **newval, void **extra, GucSource source)
{
	char *copy = *newval ? pstrdup(*newval) : pstrdup("");
	char *rest = NULL;

	for (char *item = strtok_r(copy, ", \t\r\n", &rest); item;
		 item = strtok_r(NULL, ", \t\r\n", &rest))
	{
		char *host = strstr(item, "://");

		if (host && host > item && host[3] && !strpbrk(host + 3, "/?#@*\\\"'"))
			continue;
		GUC_check_errdetail("\"%s\" is not an origin.", item);
		GUC_check_errhint("Write scheme://host[:port] for each front end, separated by "
						  "commas; wildcards are not possible.");
		return false;
	}
	return true;
}

static bool
is_network(const char *text)
{
	const char *slash = strchr(text, '/');
	char *address = slash ? pnstrdup(text, slash - text) : pstrdup(text);
	bool six = strchr(address, ':') != NULL;
	unsigned char bytes[16];
	char *end = NULL;
	long bits = slash ? strtol(slash + 1, &end, 10) : 0;

	return inet_pton(six ? AF_INET6 : AF_INET, address, bytes) == 1 &&
		   (slash == NULL ||
			(end > slash + 1 && *end == '\0' && bits >= 0 && bits <= (six ? 128 : 32)));
}

static bool
trusted_proxies_check(char **newval, void **extra, GucSource source)
{
	char *copy = *newval ? pstrdup(*newval) : pstrdup("");
	char *rest = NULL;

	for (char *item = strtok_r(copy, ", \t", &rest); item;
		 item = strtok_r(NULL, ", \t", &rest))
	{
		if (strcmp(item, "unix") == 0 || is_network(item))
			continue;
		GUC_check_errdetail("\"%s\" is not an address.", item);
		GUC_check_errhint("Write addresses or networks, as 10.0.0.0/8 or ::1, or unix.");
		return false;
	}
	return true;
}

static bool
not_empty_check(char **newval, void **extra, GucSource source)
{
	return *newval && **newval;
}

static void
define_listener(SupervisorSettings *settings)
{
	/* For whoever wants HTTP without another service to install and to watch. */
	DefineCustomBoolVariable("realty.gateway",
							 "Runs the HTTP gateway as a child of the server.", NULL,
							 &settings->gateway, false, PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"realty.http_port", "The port that the HTTP gateway listens on.", NULL,
		&settings->http_port, 8000, 1, 65535, PGC_SIGHUP, 0, NULL, NULL, NULL);
	/* Anything but loopback wants a proxy in front that speaks TLS. */
	DefineCustomStringVariable("realty.http_address",
							   "The address that the HTTP gateway listens on.",
							   "'*' means all addresses.", &settings->http_address,
							   "127.0.0.1", PGC_SIGHUP, 0, not_empty_check, NULL, NULL);
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
	DefineCustomStringVariable("realty.database", "The database that the gateway serves.",
							   NULL, &settings->database, "postgres", PGC_SIGHUP, 0,
							   not_empty_check, NULL, NULL);
	/* Each one is a backend, counted in max_connections. */
	DefineCustomIntVariable("realty.gateway_connections",
							"The number of database connections of the gateway.", NULL,
							&settings->gateway_connections, 4, 1, 256, PGC_SIGHUP, 0,
							NULL, NULL, NULL);
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
