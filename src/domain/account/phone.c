/*
 * phone.c
 *		Telephone numbers as they are typed, and as they are dialled.
 *
 * What was typed stays. Beside it a trigger keeps the number in E.164
 * (+919845012345), for filters, for programs that dial, and so that two spellings
 * of one number compare equal. A number without its country is one of the site's
 * country. Numbers are not verified; one whose E.164 form cannot be determined has
 * none, and is no error.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "domain/account/calling_codes.h"
#include "domain/row.h"
#include "platform/compat.h"
#include "platform/owner_sql.h"
#include "platform/unicode.h"

PG_FUNCTION_INFO_V1(realty_is_phone);
PG_FUNCTION_INFO_V1(realty_phone_e164);
PG_FUNCTION_INFO_V1(realty_users_contact);

#define DIGITS_MIN 7
#define DIGITS_MAX 15 /* E.164 */

typedef struct Phone
{
	char digits[DIGITS_MAX + 1];
	int count;
	bool international; /* with a plus */
} Phone;

/*
 * Digits, and between them blanks, dots, hyphens and brackets that close; a plus before
 * the first digit. The zero of "+44 (0)20 …" is dialled within the country only.
 */
static bool
parse_ascii(const char *text, Phone *phone)
{
	int open = 0;

	memset(phone, 0, sizeof(*phone));
	for (const char *at = text; *at != '\0'; at++)
	{
		if (*at == '(' && phone->international && strncmp(at, "(0)", 3) == 0)
		{
			at += 2;
			continue;
		}
		if (*at >= '0' && *at <= '9')
		{
			if (phone->count == DIGITS_MAX)
				return false;
			phone->digits[phone->count++] = *at;
		}
		else if (*at == '+' && phone->count == 0 && !phone->international)
			phone->international = true;
		else if (*at == '('   ? open++ > 0
				 : *at == ')' ? --open < 0
							  : strchr(" .-", *at) == NULL)
			return false;
	}
	return phone->count >= DIGITS_MIN && open == 0;
}

/* Full-width digits and blanks of other kinds are those of ASCII. */
static bool
parse(text *what, Phone *phone)
{
	const char *start = VARDATA_ANY(what);
	int length = VARSIZE_ANY_EXHDR(what);

	return realty_text_is_clean(start, length, false) &&
		   parse_ascii(realty_text_identity(start, length), phone);
}

/* realty.is_phone(phone text) → boolean */
Datum
realty_is_phone(PG_FUNCTION_ARGS)
{
	Phone phone;

	PG_RETURN_BOOL(parse(PG_GETARG_TEXT_PP(0), &phone));
}

/* The entry of a country, behind its letters; NULL for none. */
static const char *
country_find(const char *country)
{
	for (size_t i = 0; i < lengthof(calling_codes); i++)
		if (strlen(country) == 2 && pg_strncasecmp(country, calling_codes[i], 2) == 0)
			return calling_codes[i] + 2;
	return NULL;
}

/* Without what is dialled before it within the country. */
static const char *
national_digits(const Phone *phone, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(phone->digits, prefix, length) == 0 &&
				   phone->count - (int)length >= DIGITS_MIN
			   ? phone->digits + length
			   : phone->digits;
}

/* With the country's code before it, unless it stands there without its plus. */
static char *
complete(const Phone *phone, const char *country)
{
	size_t code = strspn(country, "0123456789");
	const char *prefix = country[code] == '\0' ? "0" : country + code + 1;

	if (phone->count > 10 && strncmp(phone->digits, country, code) == 0)
		return pstrdup(phone->digits);
	return psprintf("%.*s%s", (int)code, country, national_digits(phone, prefix));
}

/* In E.164, or NULL when it cannot be determined. */
static char *
e164_of(const Phone *phone, const char *country)
{
	char *digits;

	if (phone->international)
		digits = pstrdup(phone->digits);
	else if (strncmp(phone->digits, "00", 2) == 0)
		digits = pstrdup(phone->digits + 2);
	else
		digits = country ? complete(phone, country) : pstrdup("");
	if (digits[0] == '0' || strlen(digits) <= DIGITS_MIN || strlen(digits) > DIGITS_MAX ||
		(digits[0] == '1' && strlen(digits) != 11)) /* North America */
		return NULL;
	return psprintf("+%s", digits);
}

/* realty.phone_e164(phone text, country text) → text */
Datum
realty_phone_e164(PG_FUNCTION_ARGS)
{
	Phone phone;
	char *number = NULL;

	if (parse(PG_GETARG_TEXT_PP(0), &phone))
		number = e164_of(&phone, country_find(text_to_cstring(PG_GETARG_TEXT_PP(1))));
	if (number == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(number));
}

/* ---- the trigger ---- */

static RealtyStatement number_in_e164 = {
	.sql = "SELECT realty.phone_e164($1, realty.setting('country') #>> '{}')",
	.nargs = 1,
	.types = {TEXTOID},
};

static void
keep_e164(Row *row)
{
	char *phone = realty_row_text(row, "phone");
	char *number = NULL;
	OwnerSql sql;

	if (phone != NULL)
	{
		Datum value = CStringGetTextDatum(phone);

		realty_owner_sql_begin(&sql);
		realty_execute(&number_in_e164, &value, NULL, true, 1);
		number = realty_owner_sql_text_or_null(&sql, 1);
		realty_owner_sql_end(&sql);
	}
	if (number == NULL)
		realty_row_set_null(row, "phone_e164");
	else
		realty_row_set(row, "phone_e164", TEXTOID, CStringGetTextDatum(number));
}

/*
 * Trigger BEFORE INSERT OR UPDATE, each row of users. An UPDATE of phone_e164 alone has
 * it made anew, as after a change of the site's country.
 */
Datum
realty_users_contact(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.users_contact");
	bool is_insert = TRIGGER_FIRED_BY_INSERT(data->tg_event);
	Row row;
	Row old_row;

	realty_row_new(&row, data);
	if (!is_insert)
		realty_row_old(&old_row, data);
	realty_row_trim(&row, "email"); /* the keyboard of a phone adds a blank */
	if (is_insert || realty_row_differs(&old_row, &row, "phone") ||
		realty_row_differs(&old_row, &row, "phone_e164"))
		keep_e164(&row);
	return PointerGetDatum(realty_row_result(&row));
}
