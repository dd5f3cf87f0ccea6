/*
 * register.c
 *		New accounts: user, password and profile, or all violations at once.
 *
 * The tables' own constraints judge the values, through realty.row_faults, so that
 * a registration reports the violations of three tables in one answer and has no
 * rules of its own but those of passwords. user_type decides whether there is a
 * profile to judge.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include <math.h>

#include "auth/accounts.h"
#include "auth/password.h"
#include "auth/password_policy.h"
#include "auth/sessions.h"
#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/unicode.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_register);
PG_FUNCTION_INFO_V1(realty_create_admin);

/* Whose columns an argument fills. */
#define OF_USER 1
#define OF_BUILDER 2
#define OF_CUSTOMER 4

typedef struct RegisterArgument
{
	const char *name;
	int owners;
	Oid type;
} RegisterArgument;

/* In the order of api.register. */
static const RegisterArgument arguments[] = {
	{"email", OF_USER, TEXTOID},
	{"password", 0, TEXTOID},
	{"user_type", OF_USER, TEXTOID},
	{"full_name", OF_USER, TEXTOID},
	{"phone", OF_USER, TEXTOID},
	{"company_name", OF_BUILDER, TEXTOID},
	{"license_number", OF_BUILDER, TEXTOID},
	{"address", OF_BUILDER | OF_CUSTOMER, TEXTOID},
	{"city", OF_BUILDER | OF_CUSTOMER, TEXTOID},
	{"state", OF_BUILDER | OF_CUSTOMER, TEXTOID},
	{"website", OF_BUILDER, TEXTOID},
	{"description", OF_BUILDER, TEXTOID},
	{"logo_url", OF_BUILDER, TEXTOID},
	{"budget_min", OF_CUSTOMER, NUMERICOID},
	{"budget_max", OF_CUSTOMER, NUMERICOID},
	{"preferences", OF_CUSTOMER, JSONBOID}};

#define ARGUMENT_EMAIL 0
#define ARGUMENT_PASSWORD 1
#define ARGUMENT_USER_TYPE 2
#define ARGUMENT_FULL_NAME 3

static RealtyStatement email_known = {"SELECT 1 FROM realty.users WHERE email_key = "
									  "(SELECT realty.identity_key($1->>'email'))",
									  1,
									  {JSONBOID},
									  NULL};

static RealtyStatement violations_find = {
	"SELECT realty.row_faults($1::pg_catalog.regclass, $2, $3::pg_catalog.text[])",
	3,
	{TEXTOID, JSONBOID, TEXTOID},
	NULL};

static RealtyStatement violation_read = {
	"SELECT f->>'field', f->>'message' "
	"FROM pg_catalog.jsonb_array_elements($1) WITH ORDINALITY e(f, n) ORDER BY n",
	1,
	{JSONBOID},
	NULL};

static RealtyStatement user_insert = {
	"INSERT INTO realty.users (email, user_type, full_name, phone) VALUES "
	"($1->>'email', $1->>'user_type', $1->>'full_name', $1->>'phone') "
	"ON CONFLICT DO NOTHING RETURNING id",
	1,
	{JSONBOID},
	NULL};

static RealtyStatement builder_insert = {
	"INSERT INTO realty.builders (user_id, company_name, license_number, address, city, "
	"state, website, description, logo_url) VALUES ($2, $1->>'company_name', "
	"$1->>'license_number', $1->>'address', $1->>'city', $1->>'state', $1->>'website', "
	"$1->>'description', $1->>'logo_url') ON CONFLICT DO NOTHING RETURNING id",
	2,
	{JSONBOID, INT8OID},
	NULL};

static RealtyStatement customer_insert = {
	"INSERT INTO realty.customers (user_id, address, city, state, budget_min, "
	"budget_max, "
	"preferences) VALUES ($2, $1->>'address', $1->>'city', $1->>'state', "
	"($1->>'budget_min')::pg_catalog.numeric, ($1->>'budget_max')::pg_catalog.numeric, "
	"coalesce($1->'preferences', '{}')) RETURNING id",
	2,
	{JSONBOID, INT8OID},
	NULL};

static JsonbValue
text_value(const char *words)
{
	JsonbValue value = {.type = jbvString};

	value.val.string.val = unconstify(char *, words);
	value.val.string.len = (int)strlen(words);
	return value;
}

/* A document goes as it is: printing it could take any amount of room. */
static JsonbValue
argument_value(Datum value, Oid type)
{
	JsonbValue document = {.type = jbvBinary};

	if (type == TEXTOID)
		return text_value(TextDatumGetCString(value));
	if (type == NUMERICOID)
		return text_value(DatumGetCString(DirectFunctionCall1(numeric_out, value)));
	document.val.binary.data = &DatumGetJsonbP(value)->root;
	document.val.binary.len = VARSIZE(DatumGetJsonbP(value)) - VARHDRSZ;
	return document;
}

/* As the trigger of the table stores it, so that what is judged is what is stored. */
static Datum
trimmed(text *email)
{
	int length = VARSIZE_ANY_EXHDR(email);
	const char *start = realty_text_trim(VARDATA_ANY(email), &length);

	return PointerGetDatum(cstring_to_text_with_len(start, length));
}

/* The arguments that are given and belong to that owner, as one object. */
static Datum
record_of(FunctionCallInfo fcinfo, int owner)
{
	JsonbInState state = {0};

	compat_push_jsonb(&state, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < (int)lengthof(arguments); i++)
	{
		JsonbValue key;
		JsonbValue value;

		if (PG_ARGISNULL(i) || (arguments[i].owners & owner) == 0)
			continue;
		key = text_value(arguments[i].name);
		value = argument_value(i == ARGUMENT_EMAIL ? trimmed(PG_GETARG_TEXT_PP(i))
												   : PG_GETARG_DATUM(i),
							   arguments[i].type);
		compat_push_jsonb(&state, WJB_KEY, &key);
		compat_push_jsonb(&state, WJB_VALUE, &value);
	}
	compat_push_jsonb(&state, WJB_END_OBJECT, NULL);
	return JsonbPGetDatum(JsonbValueToJsonb(state.result));
}

static void
add_row_violations(Violations *violations, OwnerSql *sql, const char *table, Datum record,
				   const char *skip)
{
	Datum values[] = {CStringGetTextDatum(table), record, CStringGetTextDatum(skip)};
	Datum list;

	realty_execute(&violations_find, values, NULL, true, 0);
	list = realty_result_required(1, JSONBOID);
	realty_execute(&violation_read, &list, NULL, true, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
		realty_violations_add(
			violations, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1),
			SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2));
}

/* Columns of the other kind of profile are refused, never dropped. */
static void
add_strangers(Violations *violations, FunctionCallInfo fcinfo, int owner)
{
	const char *message = owner == OF_BUILDER ? "is not a field of builders"
											  : "is not a field of customers";

	for (int i = 0; i < (int)lengthof(arguments); i++)
		if (!PG_ARGISNULL(i) && i != ARGUMENT_PASSWORD &&
			(arguments[i].owners & (OF_USER | owner)) == 0)
			realty_violations_add(violations, arguments[i].name, message);
}

/* OF_BUILDER or OF_CUSTOMER; 0 for any other type, an administrator's too. */
static int
profile_wanted(FunctionCallInfo fcinfo)
{
	char *user_type;

	if (PG_ARGISNULL(ARGUMENT_USER_TYPE))
		return 0;
	user_type = TextDatumGetCString(PG_GETARG_DATUM(ARGUMENT_USER_TYPE));
	if (strcmp(user_type, "builder") == 0)
		return OF_BUILDER;
	return strcmp(user_type, "customer") == 0 ? OF_CUSTOMER : 0;
}

static char *
text_given(FunctionCallInfo fcinfo, int at)
{
	return PG_ARGISNULL(at) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(at));
}

static void
check_all(FunctionCallInfo fcinfo, OwnerSql *sql, const char *password)
{
	int profile = profile_wanted(fcinfo);
	Violations violations;

	realty_violations_init(&violations);
	add_row_violations(&violations, sql, "realty.users", record_of(fcinfo, OF_USER),
					   "{user_type}");
	if (profile == 0)
		realty_violations_add(&violations, "user_type",
							  PG_ARGISNULL(ARGUMENT_USER_TYPE)
								  ? "is required"
								  : "must be one of builder, customer");
	realty_password_judge(&violations, "password", password,
						  (PasswordOwner){text_given(fcinfo, ARGUMENT_EMAIL),
										  text_given(fcinfo, ARGUMENT_FULL_NAME)});
	if (profile != 0)
	{
		add_row_violations(&violations, sql,
						   profile == OF_BUILDER ? "realty.builders" : "realty.customers",
						   record_of(fcinfo, profile), "{user_id}");
		add_strangers(&violations, fcinfo, profile);
	}
	realty_violations_raise(&violations);
}

static void
refuse_duplicate(const char *what)
{
	ereport(ERROR,
			(realty_errcode(REALTY_DUPLICATE), errmsg("%s is registered already", what),
			 errhint("Log in instead, or use another one.")));
}

/*
 * Asked before the costly hash, which is made before anything is written; the unique
 * index decides all the same.
 */
static int64
insert_user(Datum record, const char *password)
{
	int64 user_id;
	char *hash;

	realty_execute(&email_known, &record, NULL, false, 1);
	if (SPI_processed > 0)
		refuse_duplicate("this e-mail address");
	hash = realty_password_make(password);
	realty_execute(&user_insert, &record, NULL, false, 0);
	if (SPI_processed == 0)
		refuse_duplicate("this e-mail address");
	user_id = realty_result_int64(1);
	realty_account_set_hash(user_id, hash);
	return user_id;
}

static int64
insert_profile(Datum record, int profile, int64 user_id)
{
	Datum values[] = {record, Int64GetDatum(user_id)};

	realty_execute(profile == OF_BUILDER ? &builder_insert : &customer_insert, values,
				   NULL, false, 0);
	if (SPI_processed == 0)
		refuse_duplicate("this licence number");
	return realty_result_int64(1);
}

static Jsonb *
open_account(FunctionCallInfo fcinfo, OwnerSql *sql, const char *password)
{
	int profile = profile_wanted(fcinfo);
	JwtSubject subject = {.user_type = profile == OF_BUILDER ? "builder" : "customer"};

	subject.user_id = insert_user(record_of(fcinfo, OF_USER), password);
	subject.profile_id =
		insert_profile(record_of(fcinfo, profile), profile, subject.user_id);
	return realty_account_sign_in(sql, &subject);
}

/*
 * api.register(email, password, user_type, …) → {user, token, refresh_token, expires_in}
 */
Datum
realty_register(PG_FUNCTION_ARGS)
{
	Secret secret;
	SecretVerdict verdict = realty_secret_current(&secret);
	char *password = NULL;
	Jsonb *answer;
	OwnerSql sql;

	if (verdict != SECRET_FOUND)
		realty_secret_refuse(verdict);
	if (!PG_ARGISNULL(ARGUMENT_PASSWORD))
		password = realty_secret_copy(PG_GETARG_TEXT_PP(ARGUMENT_PASSWORD));
	realty_owner_sql_begin(&sql);
	check_all(fcinfo, &sql, password);
	answer = open_account(fcinfo, &sql, password);
	realty_owner_sql_end(&sql);
	PG_RETURN_JSONB_P(answer);
}

static Datum
admin_record(text *email)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoString(&json,
						   "{\"user_type\":\"admin\",\"full_name\":\"Administrator\"");
	if (email != NULL)
	{
		appendStringInfoString(&json, ",\"email\":");
		escape_json(&json, TextDatumGetCString(trimmed(email)));
	}
	appendStringInfoChar(&json, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/*
 * realty.create_admin(email text, password text) → id of the new administrator
 *
 * For the owner alone: the first administrator cannot be made by another one.
 */
Datum
realty_create_admin(PG_FUNCTION_ARGS)
{
	Datum record = admin_record(PG_ARGISNULL(0) ? NULL : PG_GETARG_TEXT_PP(0));
	char *password = NULL;
	Violations violations;
	OwnerSql sql;
	int64 user_id;

	if (!PG_ARGISNULL(1))
		password = realty_secret_copy(PG_GETARG_TEXT_PP(1));
	realty_violations_init(&violations);
	realty_owner_sql_begin(&sql);
	add_row_violations(&violations, &sql, "realty.users", record, "{}");
	realty_password_judge(&violations, "password", password,
						  (PasswordOwner){text_given(fcinfo, 0), NULL});
	realty_violations_raise(&violations);
	user_id = insert_user(record, password);
	realty_owner_sql_end(&sql);
	PG_RETURN_INT64(user_id);
}
