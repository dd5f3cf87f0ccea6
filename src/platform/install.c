/*
 * install.c
 *		What CREATE EXTENSION needs and plain SQL cannot say.
 *
 * Roles belong to the cluster, the extension to one database: a second database
 * or a restore finds them there already. An existing role is taken as it is,
 * unless it could walk past row security, which would void every policy.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_authid.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "platform/install.h"

PG_FUNCTION_INFO_V1(realty_install);

typedef struct InstalledRole
{
	const char *name;
	const char *create;
} InstalledRole;

/* In order: the logins are made members of the four roles before them. */
static const InstalledRole roles[] = {
	{"realty_anon", "CREATE ROLE realty_anon NOLOGIN"},
	{"realty_customer", "CREATE ROLE realty_customer NOLOGIN"},
	{"realty_builder", "CREATE ROLE realty_builder NOLOGIN"},
	{"realty_admin", "CREATE ROLE realty_admin NOLOGIN"},
	{"realty_analyst", "CREATE ROLE realty_analyst NOLOGIN"},
	{"realty_authenticator", "CREATE ROLE realty_authenticator LOGIN NOINHERIT"},
	{"realty_gateway", "CREATE ROLE realty_gateway LOGIN NOINHERIT"},
};

bool
realty_is_installed_role(const char *name)
{
	for (int i = 0; i < (int)lengthof(roles); i++)
		if (strcmp(name, roles[i].name) == 0)
			return true;
	return false;
}

static const char *const memberships =
	"GRANT realty_anon, realty_customer, realty_builder, realty_admin "
	"TO realty_authenticator, realty_gateway";

/*
 * A statement of these logins carries passwords and tokens as parameters, and the
 * server would log them with the statement (log_min_duration_statement,
 * log_statement). Requests run at read committed, whatever the database's default:
 * there the loser of a race learns what was lost (a setting of the role counts
 * behind a pooler too).
 */
static const char *const role_settings[] = {
	"ALTER ROLE realty_gateway SET default_transaction_isolation = 'read committed'",
	"ALTER ROLE realty_authenticator SET log_parameter_max_length = 0",
	"ALTER ROLE realty_authenticator SET log_parameter_max_length_on_error = 0",
	"ALTER ROLE realty_gateway SET log_parameter_max_length = 0",
	"ALTER ROLE realty_gateway SET log_parameter_max_length_on_error = 0",
};

/*
 * A request through PostgREST is SQL that its client shapes, so it gets bounds that hold
 * whatever PostgREST is configured to read. One that the role has already is the
 * operator's, and stays.
 */
static const char *const bounds[][2] = {
	{"statement_timeout", "10s"},
	{"work_mem", "4MB"},
	{"temp_file_limit", "256MB"},
};

static void
check_encoding(void)
{
	if (GetDatabaseEncoding() == PG_UTF8)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("realty needs a database with encoding UTF8"),
			 errdetail("This database has encoding %s.", GetDatabaseEncodingName()),
			 errhint("CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and "
					 "create the extension there.")));
}

/* True when the role is there; raises when it could pass by row security. */
static bool
role_is_there(const char *name)
{
	HeapTuple tuple = SearchSysCache1(AUTHNAME, CStringGetDatum(name));
	Form_pg_authid form;
	bool climbs;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_authid)GETSTRUCT(tuple);
	climbs = form->rolsuper || form->rolbypassrls;
	ReleaseSysCache(tuple);
	if (climbs)
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
						errmsg("role \"%s\" exists and can bypass row security", name),
						errhint("ALTER ROLE %s NOSUPERUSER NOBYPASSRLS, or rename it.",
								quote_identifier(name))));
	return true;
}

static void
run(const char *sql)
{
	if (SPI_execute(sql, false, 0) < 0)
		elog(ERROR, "could not run \"%s\"", sql);
}

static void
bound_postgrest(const char *name, const char *value)
{
	run(psprintf("SELECT FROM pg_catalog.pg_db_role_setting s, "
				 "pg_catalog.unnest(s.setconfig) c "
				 "WHERE s.setrole = 'realty_authenticator'::pg_catalog.regrole "
				 "AND pg_catalog.split_part(c, '=', 1) = '%s'",
				 name));
	if (SPI_processed == 0)
		run(psprintf("ALTER ROLE realty_authenticator SET %s = '%s'", name, value));
}

Datum
realty_install(PG_FUNCTION_ARGS)
{
	check_encoding();
	SPI_connect();
	for (size_t i = 0; i < lengthof(roles); i++)
		if (!role_is_there(roles[i].name))
			run(roles[i].create);
	run(memberships);
	for (size_t i = 0; i < lengthof(role_settings); i++)
		run(role_settings[i]);
	for (size_t i = 0; i < lengthof(bounds); i++)
		bound_postgrest(bounds[i][0], bounds[i][1]);
	SPI_finish();
	PG_RETURN_VOID();
}
