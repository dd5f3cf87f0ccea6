/*
 * diagnostics.c
 *	  Logs what is wrong with a database connection, and what to do about it.
 *
 * The same problem comes back with every attempt on every connection; it is logged
 * when it is new and then once a minute, so that a night without the database does
 * not fill the disk.
 */
#include "gateway/db/diagnostics.h"

#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/loop.h"

#define REPEAT_AFTER 60000 /* ms */

/* What was logged last about one server. */
typedef struct LastReport
{
	char key[256];
	int64_t at;
	bool connected;
} LastReport;

static LastReport last_reports[MAX_SERVERS];

static bool
is_new(LastReport *last, const char *sqlstate, const char *message)
{
	char key[sizeof last->key];
	int64_t now = loop_now();

	strncpy(key, *sqlstate ? sqlstate : message, sizeof key - 1);
	key[sizeof key - 1] = '\0';
	if (strcmp(key, last->key) == 0 && now - last->at < REPEAT_AFTER)
		return false;
	strcpy(last->key, key);
	last->at = now;
	return true;
}

static void
explain_login(const Config *config)
{
	const struct passwd *self = getpwuid(geteuid());
	const char *name = self ? self->pw_name : "postgres";

	log_line("CREATE EXTENSION realty makes the role; for its login");
	log_line("add this line to pg_hba.conf, above the other \"local\" lines:");
	log_line("    local   all   %s   peer map=realty", config->user);
	log_line("and this line to pg_ident.conf:");
	log_line("    realty   %s   %s", name, config->user);
	log_line("then reload the server: SELECT pg_reload_conf();");
}

typedef struct Diagnosis
{
	const char *prefix; /* of the SQLSTATE */
	const char *text;
	void (*more)(const Config *config);
} Diagnosis;

static const Diagnosis diagnoses[] = {
	{"28", "the server refused the login", explain_login},
	{"3D", "that database does not exist; set realty.database or --database", NULL},
	{"3F", "run CREATE EXTENSION realty in that database", NULL},
	{"42883", "run CREATE EXTENSION realty in that database, or update it", NULL},
	{"42P01", "run CREATE EXTENSION realty in that database, or update it", NULL},
	{"42501", "this role may not call realty.request_raw; log in as realty_gateway",
	 NULL},
	{"53300", "raise max_connections, or lower the gateway's --connections", NULL},
	{"57P03", "the server does not accept connections yet", NULL},
	{"57P01", "the server closed the connection", NULL},
	{"57014", "a connection stopped answering and was closed", NULL},
};

void
diagnostics_report(const Config *config, const char *sqlstate, const char *message)
{
	LastReport *last = &last_reports[config->server_number];

	if (sqlstate == NULL)
		sqlstate = "";
	last->connected = false;
	if (!is_new(last, sqlstate, message))
		return;
	if (*message == '\0')
		message = "it broke";
	if (config->server_number > 0)
		log_line("no connection to replica %s: %.400s", config->server, message);
	else
		log_line("no connection to database \"%s\" as %s: %.400s", config->database,
				 config->user, message);
	for (size_t i = 0; i < sizeof diagnoses / sizeof *diagnoses; i++)
		if (strncmp(sqlstate, diagnoses[i].prefix, strlen(diagnoses[i].prefix)) == 0)
		{
			log_line("%s", diagnoses[i].text);
			if (diagnoses[i].more)
				diagnoses[i].more(config);
			return;
		}
}

/* < 0: one is older than other; each is numbers parted by dots. */
static long
version_compare(const char *one, const char *other)
{
	while (*one || *other)
	{
		char *after_one;
		char *after_other;
		long difference = strtol(one, &after_one, 10) - strtol(other, &after_other, 10);

		if (difference != 0)
			return difference;
		one = after_one + strcspn(after_one, "0123456789");
		other = after_other + strcspn(after_other, "0123456789");
	}
	return 0;
}

/*
 * The version of the extension in the database. Another one than ours is served all
 * the same, since a rolling upgrade goes through that; but it is said, once for each.
 */
void
diagnostics_version(const char *version)
{
	static char said[32];

	if (strcmp(version, REALTY_VERSION) == 0 ||
		strncmp(version, said, sizeof said - 1) == 0)
		return;
	snprintf(said, sizeof said, "%s", version);
	log_line("the database has realty %s, this gateway is of %s: %s", said,
			 REALTY_VERSION,
			 version_compare(version, REALTY_VERSION) < 0
				 ? "run ALTER EXTENSION realty UPDATE in that database"
				 : "install the gateway of that version and restart it");
}

/* A connection works. */
void
diagnostics_clear(const Config *config)
{
	LastReport *last = &last_reports[config->server_number];

	last->key[0] = '\0';
	if (!last->connected && config->server_number > 0)
		log_line("connected to replica %s", config->server);
	else if (!last->connected)
		log_line("connected to the database as %s", config->user);
	last->connected = true;
}
