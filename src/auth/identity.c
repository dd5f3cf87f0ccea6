/*
 * identity.c
 *		The current user: verified claims, for the transaction.
 *
 * The threat is a caller that claims another identity. There are three ways to have
 * one: realty.request and realty.authenticate (and pre_request with a bearer token)
 * check a token and then write the setting realty.identity, which only a superuser
 * may write by hand; and PostgREST's own request.jwt.claims is read, but only while
 * session_user is realty_authenticator or a member of it. session_user, since SET
 * ROLE cannot change it, and without the superuser short cut, so that psql as
 * postgres is not believed by chance.
 *
 * The identity lives in a setting, not in a variable of ours, because settings
 * follow savepoints, nest levels and parallel workers. The check hook parses it
 * once, the assign hook only copies: nothing here reads a table.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "auth/database_identity.h"
#include "auth/identity.h"
#include "platform/compat.h"
#include "platform/error_codes.h"

PG_FUNCTION_INFO_V1(realty_user_id);
PG_FUNCTION_INFO_V1(realty_profile_id);
PG_FUNCTION_INFO_V1(realty_user_type);
PG_FUNCTION_INFO_V1(realty_session_id);
PG_FUNCTION_INFO_V1(realty_request_id);
PG_FUNCTION_INFO_V1(realty_require_builder);
PG_FUNCTION_INFO_V1(realty_require_customer);

#define POSTGREST_LOGIN "realty_authenticator"
#define CLAIMS_MAX 8192

/* user, profile and session id, type of user ("-" for none), then the request's id. */
#define IDENTITY_FORMAT INT64_FORMAT " " INT64_FORMAT " " INT64_FORMAT " %s %s"

static const Identity nobody;

static char *identity_setting = NULL;
static Identity current_identity;

const char *
realty_role_of_user_type(const char *user_type)
{
	if (strcmp(user_type, "customer") == 0)
		return "realty_customer";
	if (strcmp(user_type, "builder") == 0)
		return "realty_builder";
	if (strcmp(user_type, "admin") == 0)
		return "realty_admin";
	return NULL;
}

void
realty_identity_take_request_id(Identity *identity, const char *request_id)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
								"abcdefghijklmnopqrstuvwxyz0123456789-_.:=+/";
	size_t length = strlen(request_id);

	identity->request_id[0] = '\0';
	if (length < sizeof(identity->request_id) && strspn(request_id, plain) == length)
		memcpy(identity->request_id, request_id, length + 1);
}

static bool
read_number(const char **text, int64 *number)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*number = strtoll(*text, &end, 10);
	if (errno != 0 || *end != ' ')
		return false;
	*text = end + 1;
	return true;
}

static bool
parse_identity(const char *text, Identity *identity)
{
	char user_type[sizeof(identity->user_type)];
	const char *space;

	if (!read_number(&text, &identity->user_id) ||
		!read_number(&text, &identity->profile_id) ||
		!read_number(&text, &identity->session_id))
		return false;
	space = strchr(text, ' ');
	if (space == NULL || (size_t)(space - text) >= sizeof(user_type))
		return false;
	memcpy(user_type, text, (size_t)(space - text));
	user_type[space - text] = '\0';
	realty_identity_take_request_id(identity, space + 1);
	if (identity->user_id == 0)
		return true;
	if (realty_role_of_user_type(user_type) == NULL)
		return false;
	strlcpy(identity->user_type, user_type, sizeof(identity->user_type));
	identity->present = true;
	return true;
}

static bool
identity_check(char **value, void **extra, GucSource source)
{
	Identity *identity = guc_malloc(LOG, sizeof(Identity));

	if (identity == NULL)
	{
		GUC_check_errcode(ERRCODE_OUT_OF_MEMORY);
		GUC_check_errmsg("out of memory");
		return false;
	}
	memset(identity, 0, sizeof(Identity));
	if (**value != '\0' && !parse_identity(*value, identity))
	{
		guc_free(identity);
		return false;
	}
	*extra = identity;
	return true;
}

static void
identity_assign(const char *value, void *extra)
{
	current_identity = extra != NULL ? *(const Identity *)extra : nobody;
}

void
realty_identity_init(void)
{
	DefineCustomStringVariable("realty.identity", "The verified identity of the caller.",
							   "Written by realty itself, after it has verified a token.",
							   &identity_setting, "", PGC_SUSET,
							   GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							   identity_check, identity_assign, NULL);
}

void
realty_identity_set(const Identity *identity, GucAction action)
{
	char value[256];

	if (!identity->present && identity->request_id[0] == '\0')
		value[0] = '\0';
	else
		snprintf(value, sizeof(value), IDENTITY_FORMAT,
				 identity->present ? identity->user_id : 0, identity->profile_id,
				 identity->session_id, identity->present ? identity->user_type : "-",
				 identity->request_id);
	(void)set_config_option("realty.identity", value, PGC_SUSET, PGC_S_SESSION, action,
							true, 0, false);
}

/* profile_id must be there: null for an administrator, a positive number for others. */
static bool
take_profile(const JsonMembers *claims, Identity *identity)
{
	const JsonMember *profile = realty_json_member(claims, "profile_id");

	if (profile == NULL)
		return false;
	if (profile->kind == JSON_KIND_NUMBER)
		return realty_json_positive(profile->text, &identity->profile_id);
	return profile->kind == JSON_KIND_OTHER && strcmp(identity->user_type, "admin") == 0;
}

bool
realty_identity_from_claims(const JsonMembers *claims, Identity *identity)
{
	const char *type = realty_json_string(claims, "type");
	const char *role = realty_json_string(claims, "role");
	const char *user_type = realty_json_string(claims, "user_type");
	const JsonMember *session = realty_json_member(claims, "sid");

	memset(identity, 0, sizeof(*identity));
	if (type == NULL || strcmp(type, "access") != 0 || role == NULL ||
		user_type == NULL || realty_role_of_user_type(user_type) == NULL ||
		strcmp(role, realty_role_of_user_type(user_type)) != 0)
		return false;
	strlcpy(identity->user_type, user_type, sizeof(identity->user_type));
	if (!realty_json_positive(realty_json_string(claims, "sub"), &identity->user_id) ||
		session == NULL || session->kind != JSON_KIND_NUMBER ||
		!realty_json_positive(session->text, &identity->session_id) ||
		!take_profile(claims, identity))
		return false;
	identity->present = true;
	return true;
}

bool
realty_session_is_postgrest(void)
{
	Oid login = get_role_oid(POSTGREST_LOGIN, true);

	return OidIsValid(login) && (GetSessionUserId() == login ||
								 is_member_of_role_nosuper(GetSessionUserId(), login));
}

/* Never raises: it is called by policies, where an error would reveal something. */
static void
read_claims(const char *json, Identity *identity)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "realty claims",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext before = MemoryContextSwitchTo(scratch);
	JsonMembers claims;

	if (!realty_json_members_read(json, &claims) || !realty_database_is_named(&claims) ||
		!realty_identity_from_claims(&claims, identity))
		*identity = nobody;
	MemoryContextSwitchTo(before);
	MemoryContextDelete(scratch);
}

/*
 * The claims of PostgREST. The setting's text is the cache's key, compared at every
 * call: it has no hook of ours, and comparing is much cheaper than parsing.
 */
static const Identity *
identity_of_postgrest(void)
{
	static char cached_claims[CLAIMS_MAX];
	static Identity cached_identity;
	static uint64 cached_generation;
	const char *json = GetConfigOption("request.jwt.claims", true, false);

	if (json == NULL || *json == '\0' || strlen(json) >= CLAIMS_MAX ||
		!realty_session_is_postgrest())
		return &nobody;
	if (strcmp(json, cached_claims) != 0 ||
		cached_generation != realty_database_generation())
	{
		cached_claims[0] = '\0';
		cached_generation = realty_database_generation();
		read_claims(json, &cached_identity);
		strlcpy(cached_claims, json, CLAIMS_MAX);
	}
	return &cached_identity;
}

const Identity *
realty_identity(void)
{
	if (current_identity.present)
		return &current_identity;
	return identity_of_postgrest();
}

const Identity *
realty_require_identity(void)
{
	const Identity *identity = realty_identity();

	if (!identity->present)
		ereport(ERROR, (realty_errcode(REALTY_UNAUTHENTICATED),
						errmsg("sign in to do this"), errhint("Send an access token.")));
	return identity;
}

Datum
realty_user_id(PG_FUNCTION_ARGS)
{
	const Identity *identity = realty_identity();

	if (!identity->present)
		PG_RETURN_NULL();
	PG_RETURN_INT64(identity->user_id);
}

Datum
realty_profile_id(PG_FUNCTION_ARGS)
{
	const Identity *identity = realty_identity();

	if (!identity->present || identity->profile_id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(identity->profile_id);
}

Datum
realty_user_type(PG_FUNCTION_ARGS)
{
	const Identity *identity = realty_identity();

	if (!identity->present)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(identity->user_type));
}

Datum
realty_session_id(PG_FUNCTION_ARGS)
{
	const Identity *identity = realty_identity();

	if (!identity->present)
		PG_RETURN_NULL();
	PG_RETURN_INT64(identity->session_id);
}

/* Also of a request without a token. */
Datum
realty_request_id(PG_FUNCTION_ARGS)
{
	if (current_identity.request_id[0] == '\0')
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(current_identity.request_id));
}

static int64
require_profile(const char *user_type)
{
	const Identity *identity = realty_identity();

	if (!identity->present)
		ereport(ERROR,
				(realty_errcode(REALTY_UNAUTHENTICATED), errmsg("sign in to do this"),
				 errhint("Send an access token of a %s.", user_type)));
	if (strcmp(identity->user_type, user_type) != 0 || identity->profile_id == 0)
		ereport(ERROR, (realty_errcode(REALTY_FORBIDDEN),
						errmsg("only a %s can do this", user_type)));
	return identity->profile_id;
}

Datum
realty_require_builder(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(require_profile("builder"));
}

Datum
realty_require_customer(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(require_profile("customer"));
}
