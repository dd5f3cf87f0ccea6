/*
 * setting.c
 *		Settings of the site: those that realty knows, with their types and defaults, and
 *		the user that wrote each.
 *
 * The defaults stand here; realty.system_settings has what a site changed, and any
 * setting of its own, which may be any JSON.
 */
#include "postgres.h"

#include <limits.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"

#include "domain/account/mailbox.h"
#include "domain/current_user.h"
#include "domain/domain.h"
#include "domain/row.h"
#include "domain/validate.h"
#include "platform/unicode.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_known_settings);
PG_FUNCTION_INFO_V1(realty_setting_fault);
PG_FUNCTION_INFO_V1(realty_settings_guard);

/* TEXT, EMAIL: from..to characters; NUMBER, INTEGER: the range. */
typedef enum SettingKind
{
	SETTING_TEXT,
	SETTING_EMAIL,
	SETTING_TIME_ZONE,
	SETTING_NUMBER,
	SETTING_INTEGER
} SettingKind;

typedef struct Setting
{
	const char *key;
	SettingKind kind;
	int from;
	int to;
	const char *value; /* JSON */
	const char *description;
} Setting;

/* Everybody may read these. */
static const Setting known[] = {
	{"area_unit", SETTING_TEXT, 1, 20, "\"sq ft\"", "Unit of carpet and built-up area."},
	{"booking_terms", SETTING_TEXT, 0, 20000, "\"\"", "Shown before a booking."},
	{"country", SETTING_TEXT, 2, 2, "\"IN\"",
	 "Country of the site (ISO 3166), and of phone numbers without a country code."},
	{"currency", SETTING_TEXT, 3, 3, "\"INR\"", "Currency of every amount (ISO 4217)."},
	{"currency_symbol", SETTING_TEXT, 0, 10, "\"\xe2\x82\xb9\"",
	 "How amounts are shown."},
	{"financial_year_start_month", SETTING_INTEGER, 1, 12, "4",
	 "The month in which receipt numbers start again at 1."},
	{"refund_percent", SETTING_NUMBER, 0, 100, "100",
	 "Percentage of the paid amount that is refunded when a booking is cancelled."},
	{"site_name", SETTING_TEXT, 1, 200, "\"Realty\"", "Name of the site."},
	{"support_email", SETTING_EMAIL, 0, 254, "\"\"", "E-mail address for support."},
	{"support_user_id", SETTING_INTEGER, 0, INT_MAX, "0",
	 "The account that every user may write messages to; 0: none."},
	{"time_zone", SETTING_TIME_ZONE, 1, 100, "\"Asia/Kolkata\"",
	 "The time zone of builders that set none of their own, and of lists across "
	 "builders."},
};

static const char *
kind_name(SettingKind kind)
{
	static const char *const names[] = {[SETTING_TEXT] = "text",
										[SETTING_EMAIL] = "text",
										[SETTING_TIME_ZONE] = "time_zone",
										[SETTING_NUMBER] = "number",
										[SETTING_INTEGER] = "integer"};

	return names[kind];
}

static const Setting *
setting_find(const char *key)
{
	for (size_t i = 0; i < lengthof(known); i++)
		if (strcmp(known[i].key, key) == 0)
			return &known[i];
	return NULL;
}

/* ---- does a value fit? ---- */

static bool
text_fits(const Setting *setting, const JsonbValue *value)
{
	const char *text = value->val.string.val;
	int length;

	if (value->type != jbvString ||
		!realty_text_is_clean(text, value->val.string.len, true))
		return false;
	length = pg_mbstrlen_with_len(text, value->val.string.len);
	if (length < setting->from || length > setting->to)
		return false;
	if (setting->kind == SETTING_EMAIL)
		return length == 0 || realty_mailbox_is_one(text, value->val.string.len);
	return setting->kind != SETTING_TIME_ZONE ||
		   realty_time_zone_is_known(pnstrdup(text, value->val.string.len));
}

static bool
number_fits(const Setting *setting, const JsonbValue *value)
{
	Datum number;

	if (value->type != jbvNumeric)
		return false;
	number = NumericGetDatum(value->val.numeric);
	if (setting->kind == SETTING_INTEGER &&
		!DatumGetBool(DirectFunctionCall2(numeric_eq, number,
										  DirectFunctionCall1(numeric_floor, number))))
		return false;
	return DatumGetBool(DirectFunctionCall2(
			   numeric_ge, number, NumericGetDatum(int64_to_numeric(setting->from)))) &&
		   DatumGetBool(DirectFunctionCall2(
			   numeric_le, number, NumericGetDatum(int64_to_numeric(setting->to))));
}

static char *
expectation(const Setting *setting)
{
	switch (setting->kind)
	{
	case SETTING_TEXT:
		if (setting->from == setting->to)
			return psprintf("must be a text of %d characters", setting->to);
		return psprintf("must be a text of %d to %d characters", setting->from,
						setting->to);
	case SETTING_EMAIL:
		return pstrdup("must be an e-mail address, or empty");
	case SETTING_TIME_ZONE:
		return pstrdup("must be the name of a time zone, as Asia/Kolkata");
	case SETTING_INTEGER:
		return psprintf("must be a whole number from %d to %d", setting->from,
						setting->to);
	case SETTING_NUMBER:
		break;
	}
	return psprintf("must be a number from %d to %d", setting->from, setting->to);
}

/* What is wrong with this value of a setting that realty knows; NULL when nothing is. */
static char *
violation_of(const Setting *setting, Jsonb *value)
{
	JsonbValue scalar;
	bool fits = false;

	if (JB_ROOT_IS_SCALAR(value) && JsonbExtractScalar(&value->root, &scalar))
		fits = setting->kind <= SETTING_TIME_ZONE ? text_fits(setting, &scalar)
												  : number_fits(setting, &scalar);
	return fits ? NULL : expectation(setting);
}

/*
 * realty.setting_fault(key text, value jsonb) → text
 */
Datum
realty_setting_fault(PG_FUNCTION_ARGS)
{
	const Setting *setting = setting_find(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	char *violation = setting ? violation_of(setting, PG_GETARG_JSONB_P(1)) : NULL;

	if (violation == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(violation));
}

/*
 * realty.known_settings() → (key, kind, value, description)
 */
Datum
realty_known_settings(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *)fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (size_t i = 0; i < lengthof(known); i++)
	{
		Datum values[] = {CStringGetTextDatum(known[i].key),
						  CStringGetTextDatum(kind_name(known[i].kind)),
						  DirectFunctionCall1(jsonb_in, CStringGetDatum(known[i].value)),
						  CStringGetTextDatum(known[i].description)};
		bool nulls[lengthof(values)] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum)0;
}

/* ---- writing one ---- */

static void
check_known(TriggerData *data, Row *row)
{
	const Setting *setting = setting_find(realty_row_text(row, "key"));
	Violations violations;
	char *violation;
	bool isnull;
	Datum value = realty_row_datum(row, "value", JSONBOID, &isnull);

	if (setting == NULL || isnull)
		return;
	realty_violations_init(&violations);
	violation = violation_of(setting, DatumGetJsonbP(value));
	if (violation != NULL)
		realty_violations_add(&violations, "value", violation);
	if (violations.count > 0)
		realty_validate_tuple(data->tg_relation, row->tuple, NIL, false, &violations);
	realty_violations_raise(&violations);
	realty_row_set(row, "is_public", BOOLOID, BoolGetDatum(true));
}

/* Trigger BEFORE INSERT OR UPDATE, each row. */
Datum
realty_settings_guard(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.settings_guard");
	/* an upsert sets the key to what it is; another one would be another setting */
	static const char *const fixed[] = {"key", NULL};
	Caller caller = realty_caller();
	Row old_row;
	Row row;

	realty_row_new(&row, data);
	realty_row_old(&old_row, data);
	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		realty_row_refuse_changed(&old_row, &row, fixed);
	if (!realty_row_is_null(&row, "key"))
		check_known(data, &row);
	if (caller.user_id == 0)
		realty_row_set_null(&row, "updated_by");
	else
		realty_row_set(&row, "updated_by", INT8OID, Int64GetDatum(caller.user_id));
	return PointerGetDatum(realty_row_result(&row));
}
