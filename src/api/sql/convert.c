/*
 * convert.c
 *		Values from JSON, a query string or a path to datums, without raising.
 *
 * PostgreSQL 15's input functions report bad input by ERROR, which costs a
 * subtransaction each, and stops at the first. So the types our tables use are checked
 * here first, more strictly than the input functions do (no 'today', no 1e3 for an
 * integer, no rounding of a third decimal), and then given to them. Any other type goes
 * through its input function inside a subtransaction.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "api/sql/convert.h"
#include "platform/compat.h"
#include "platform/subxact.h"

/* ---- numbers ---- */

static const char *
convert_integer(const ApiType *type, const char *text, Datum *value)
{
	bool negative = text[0] == '-';
	const char *digits = text + negative;
	uint64 number = 0; /* takes any nineteen digits */
	uint64 bound = type->oid == INT2OID   ? PG_INT16_MAX
				   : type->oid == INT4OID ? PG_INT32_MAX
										  : PG_INT64_MAX;

	if (digits[0] == '\0' || strspn(digits, "0123456789") != strlen(digits))
		return "must be a whole number";
	while (digits[0] == '0')
		digits++;
	if (strlen(digits) > 19)
		return "is out of range";
	for (; *digits; digits++)
		number = number * 10 + (uint64)(*digits - '0');
	if (number > bound + negative)
		return "is out of range";
	if (negative)
		number = -number;
	*value = type->oid == INT2OID   ? Int16GetDatum((int16)number)
			 : type->oid == INT4OID ? Int32GetDatum((int32)number)
									: Int64GetDatum((int64)number);
	return NULL;
}

/* [-]digits[.digits], short enough to be no attack; counts both parts' significant
 * digits. */
static bool
decimal_parts(const char *text, int *whole, int *fraction)
{
	const char *at = text + (text[0] == '-');

	*whole = (int)strspn(at, "0123456789");
	*fraction = 0;
	if (*whole == 0 || strlen(text) > 60)
		return false;
	while (*whole > 0 && at[0] == '0')
	{
		at++;
		(*whole)--;
	}
	at += *whole;
	if (*at == '\0')
		return true;
	if (*at != '.')
		return false;
	*fraction = (int)strspn(at + 1, "0123456789");
	if (*fraction == 0 || at[1 + *fraction] != '\0')
		return false;
	for (at += *fraction; *fraction > 0 && *at == '0'; at--)
		(*fraction)--;
	return true;
}

static const char *
convert_number(const ApiType *type, const char *text, Datum *value)
{
	int whole;
	int fraction;

	if (!decimal_parts(text, &whole, &fraction))
		return strlen(text) > 60 ? "is out of range" : "must be a number";
	if (type->typmod >= (int32)VARHDRSZ)
	{
		int precision = ((type->typmod - VARHDRSZ) >> 16) & 0xffff;
		/* eleven bits with a sign: below 0 it rounds to tens, hundreds, … */
		int scale = (((type->typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024;

		if (fraction > Max(scale, 0))
			return psprintf("must have at most %d decimals", Max(scale, 0));
		if (whole > Max(precision - scale, 0))
			return "is out of range";
	}
	*value =
		DirectFunctionCall3(numeric_in, CStringGetDatum(text),
							ObjectIdGetDatum(InvalidOid), Int32GetDatum(type->typmod));
	return NULL;
}

const char *
realty_convert_minor(const char *text, bool up, bool *exact, Datum *value)
{
	bool negative = text[0] == '-';
	int whole;
	int fraction;
	int64 minor = 0;
	const char *point;

	if (!decimal_parts(text, &whole, &fraction))
		return "must be a number";
	if (whole > 15)
		return "is out of range";
	for (const char *at = text + negative; *at && *at != '.'; at++)
		minor = minor * 10 + (*at - '0');
	point = strchr(text, '.');
	for (int i = 1; i <= 2; i++)
		minor = minor * 10 + (i <= fraction ? point[i] - '0' : 0);
	*exact = fraction <= 2;
	if (!*exact && up != negative)
		minor++;
	*value = Int64GetDatum(negative ? -minor : minor);
	return NULL;
}

/* ---- dates and times ---- */

/* Exactly `count` digits at *at; moves on. */
static bool
take_digits(const char **at, int count, int *number)
{
	*number = 0;
	for (int i = 0; i < count; i++, (*at)++)
	{
		if (**at < '0' || **at > '9')
			return false;
		*number = *number * 10 + (**at - '0');
	}
	return true;
}

static bool
take_char(const char **at, const char *any_of)
{
	if (**at == '\0' || strchr(any_of, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

static bool
take_date(const char **at)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year;
	int month;
	int day;

	if (!take_digits(at, 4, &year) || !take_char(at, "-") ||
		!take_digits(at, 2, &month) || !take_char(at, "-") || !take_digits(at, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	return month != 2 || day < 29 ||
		   (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* Z, +hh, +hhmm or +hh:mm, or nothing. */
static bool
take_zone(const char **at)
{
	int hours;
	int minutes = 0;

	if (**at == '\0' || take_char(at, "Zz"))
		return true;
	if (!take_char(at, "+-") || !take_digits(at, 2, &hours) || hours > 15)
		return false;
	if (**at == '\0')
		return true;
	(void)take_char(at, ":");
	return take_digits(at, 2, &minutes) && minutes < 60;
}

static bool
take_clock(const char **at)
{
	int hour;
	int minute;
	int second;
	size_t fraction;

	if (!take_digits(at, 2, &hour) || !take_char(at, ":") ||
		!take_digits(at, 2, &minute) || hour > 23 || minute > 59)
		return false;
	if (!take_char(at, ":"))
		return true;
	if (!take_digits(at, 2, &second) || second > 59)
		return false;
	if (!take_char(at, "."))
		return true;
	fraction = strspn(*at, "0123456789");
	*at += fraction;
	return fraction >= 1 && fraction <= 9;
}

static Datum
call_input(const ApiType *type, const char *text)
{
	Oid input;
	Oid io_param;

	getTypeInputInfo(type->oid, &input, &io_param);
	return OidInputFunctionCall(input, unconstify(char *, text), io_param, type->typmod);
}

static const char *
convert_date(const ApiType *type, const char *text, Datum *value)
{
	const char *at = text;

	if (!take_date(&at) || *at != '\0')
		return "must be a date, as 2026-01-31";
	*value = call_input(type, text);
	return NULL;
}

static const char *
convert_time(const ApiType *type, const char *text, Datum *value)
{
	const char *at = text;

	if (!take_date(&at) || (*at != '\0' && (!take_char(&at, "Tt ") || !take_clock(&at) ||
											!take_zone(&at) || *at != '\0')))
		return "must be a time, as 2026-01-31T10:00:00Z";
	*value = call_input(type, text);
	return NULL;
}

void
realty_convert_local(const char *text, const char *zone, int64 later, Datum *value)
{
	Timestamp local = DatumGetTimestamp(
		DirectFunctionCall3(timestamp_in, CStringGetDatum(text),
							ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));

	*value = DirectFunctionCall2(timestamp_zone, CStringGetTextDatum(zone),
								 TimestampGetDatum(local + later));
}

/* ---- everything else ---- */

static const char *
convert_boolean(const char *text, Datum *value)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return "must be true or false";
	*value = BoolGetDatum(text[0] == 't');
	return NULL;
}

typedef struct TextInput
{
	const ApiType *type;
	const char *text;
	Datum value;
} TextInput;

static void
read_input(void *arg)
{
	TextInput *input = arg;

	input->value = call_input(input->type, input->text);
}

/* The input function of a type we know nothing of may raise: in a subtransaction. */
static const char *
convert_other(const ApiType *type, const char *text, Datum *value)
{
	TextInput input = {.type = type, .text = text};
	ErrorData *error = realty_subxact_run(read_input, &input);

	if (error == NULL)
	{
		*value = input.value;
		return NULL;
	}
	if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION &&
		ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION)
		ReThrowError(error);
	return "is not valid";
}

const char *
realty_convert_text(const ApiType *type, const char *text, Datum *value)
{
	switch (type->kind)
	{
	case API_INTEGER:
		return convert_integer(type, text, value);
	case API_NUMBER:
		return convert_number(type, text, value);
	case API_BOOLEAN:
		return convert_boolean(text, value);
	case API_DATE:
		return convert_date(type, text, value);
	case API_TIME:
		return convert_time(type, text, value);
	case API_TEXT:
		*value = CStringGetTextDatum(text);
		return NULL;
	case API_TEXT_LIST:
	case API_JSON:
	case API_OTHER:
		break;
	}
	return convert_other(type, text, value);
}

static const char *
convert_list(JsonbValue *json, Datum *value)
{
	JsonbContainer *array;
	Datum *items;
	uint32 count;

	if (json->type != jbvBinary || !JsonContainerIsArray(json->val.binary.data))
		return "must be a list of texts";
	array = json->val.binary.data;
	count = JsonContainerSize(array);
	items = palloc(sizeof(Datum) * Max(count, 1));
	for (uint32 i = 0; i < count; i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(array, i);

		CHECK_FOR_INTERRUPTS();
		if (item->type != jbvString)
			return "must be a list of texts";
		items[i] = PointerGetDatum(
			cstring_to_text_with_len(item->val.string.val, item->val.string.len));
	}
	*value = PointerGetDatum(
		construct_array(items, (int)count, TEXTOID, -1, false, TYPALIGN_INT));
	return NULL;
}

/* A number as text. To JSON Schema 2.0 and 2e0 are integers as 2 is; "2.0" is a text. */
static char *
number_text(ApiKind kind, Numeric number)
{
	Datum value = NumericGetDatum(number);

	if (kind == API_INTEGER)
		value = DirectFunctionCall1(numeric_trim_scale, value);
	return DatumGetCString(DirectFunctionCall1(numeric_out, value));
}

/* A scalar as the text that realty_convert_text reads; NULL for lists and objects. */
static char *
scalar_text(ApiKind kind, const JsonbValue *json)
{
	switch (json->type)
	{
	case jbvString:
		return pnstrdup(json->val.string.val, json->val.string.len);
	case jbvNumeric:
		return number_text(kind, json->val.numeric);
	case jbvBool:
		return pstrdup(json->val.boolean ? "true" : "false");
	default:
		return NULL;
	}
}

static const char *
expectation(ApiKind kind)
{
	switch (kind)
	{
	case API_INTEGER:
		return "must be a whole number";
	case API_NUMBER:
		return "must be a number";
	case API_BOOLEAN:
		return "must be true or false";
	case API_DATE:
		return "must be a date, as 2026-01-31";
	case API_TIME:
		return "must be a time, as 2026-01-31T10:00:00Z";
	case API_TEXT:
		return "must be a text";
	default:
		return "is not valid";
	}
}

/* "12.50" is taken for a number, since clients write money so; true is no text. */
static bool
json_fits(ApiKind kind, const JsonbValue *json)
{
	switch (kind)
	{
	case API_INTEGER:
	case API_NUMBER:
		return json->type == jbvNumeric || json->type == jbvString;
	case API_BOOLEAN:
		return json->type == jbvBool;
	case API_DATE:
	case API_TIME:
	case API_TEXT:
		return json->type == jbvString;
	default:
		return true;
	}
}

static const char *
convert_json_document(const ApiType *type, JsonbValue *json, Datum *value)
{
	Jsonb *document = JsonbValueToJsonb(json);

	if (type->oid == JSONBOID)
		*value = JsonbPGetDatum(document);
	else
		*value =
			CStringGetTextDatum(JsonbToCString(NULL, &document->root, VARSIZE(document)));
	return NULL;
}

const char *
realty_convert_json(const ApiType *type, JsonbValue *json, Datum *value, bool *isnull)
{
	char *text;

	*isnull = json->type == jbvNull;
	*value = (Datum)0;
	if (*isnull)
		return NULL;
	if (type->kind == API_JSON)
		return convert_json_document(type, json, value);
	if (type->kind == API_TEXT_LIST)
		return convert_list(json, value);
	text = json_fits(type->kind, json) ? scalar_text(type->kind, json) : NULL;
	if (text == NULL)
		return expectation(type->kind);
	return realty_convert_text(type, text, value);
}
