/*
 * text_rules.c
 *		What texts may hold, for the CHECKs of the tables; and the keys by which two of
 * them are one, for generated columns under unique indexes.
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "platform/compat.h"
#include "platform/unicode.h"

PG_FUNCTION_INFO_V1(realty_identity_key);
PG_FUNCTION_INFO_V1(realty_unit_key);
PG_FUNCTION_INFO_V1(realty_has_text);
PG_FUNCTION_INFO_V1(realty_is_line);
PG_FUNCTION_INFO_V1(realty_is_line_or_empty);
PG_FUNCTION_INFO_V1(realty_is_prose);
PG_FUNCTION_INFO_V1(realty_has_known_characters);

/* realty.identity_key(what text) → text */
Datum
realty_identity_key(PG_FUNCTION_ARGS)
{
	text *what = PG_GETARG_TEXT_PP(0);

	PG_RETURN_TEXT_P(cstring_to_text(
		realty_text_identity(VARDATA_ANY(what), VARSIZE_ANY_EXHDR(what))));
}

/*
 * realty.unit_key(tower text, unit_number text) → text
 *
 * Of both, with a line break between them, which no key has: A, 1 2 is not A 1, 2.
 */
Datum
realty_unit_key(PG_FUNCTION_ARGS)
{
	text *tower = PG_GETARG_TEXT_PP(0);
	text *number = PG_GETARG_TEXT_PP(1);
	char *first = realty_text_identity(VARDATA_ANY(tower), VARSIZE_ANY_EXHDR(tower));
	char *second = realty_text_identity(VARDATA_ANY(number), VARSIZE_ANY_EXHDR(number));
	size_t length = strlen(first);
	size_t rest = strlen(second);
	text *key = palloc(VARHDRSZ + length + 1 + rest);

	SET_VARSIZE(key, VARHDRSZ + length + 1 + rest);
	memcpy(VARDATA(key), first, length);
	VARDATA(key)[length] = '\n';
	memcpy(VARDATA(key) + length + 1, second, rest);
	PG_RETURN_TEXT_P(key);
}

/* realty.has_text(what text, most integer) → boolean: so many characters, one shows */
Datum
realty_has_text(PG_FUNCTION_ARGS)
{
	text *what = PG_GETARG_TEXT_PP(0);
	int length = VARSIZE_ANY_EXHDR(what);

	/* so many bytes are no more characters */
	PG_RETURN_BOOL(
		(length <= PG_GETARG_INT32(1) ||
		 pg_mbstrlen_with_len(VARDATA_ANY(what), length) <= PG_GETARG_INT32(1)) &&
		realty_text_is_visible(VARDATA_ANY(what), length));
}

/* realty.is_line(what text) → boolean */
Datum
realty_is_line(PG_FUNCTION_ARGS)
{
	text *what = PG_GETARG_TEXT_PP(0);

	PG_RETURN_BOOL(
		realty_text_is_clean(VARDATA_ANY(what), VARSIZE_ANY_EXHDR(what), false));
}

/* realty.is_line_or_empty(what text) → boolean */
Datum
realty_is_line_or_empty(PG_FUNCTION_ARGS)
{
	text *what = PG_GETARG_TEXT_PP(0);
	int length = VARSIZE_ANY_EXHDR(what);

	PG_RETURN_BOOL(length == 0 ||
				   (realty_text_is_clean(VARDATA_ANY(what), length, false) &&
					realty_text_is_visible(VARDATA_ANY(what), length)));
}

/* realty.is_prose(what text) → boolean: line breaks and tabs, too */
Datum
realty_is_prose(PG_FUNCTION_ARGS)
{
	text *what = PG_GETARG_TEXT_PP(0);

	PG_RETURN_BOOL(
		realty_text_is_clean(VARDATA_ANY(what), VARSIZE_ANY_EXHDR(what), true));
}

/* realty.has_known_characters(what text) → boolean: none for private use or unassigned */
Datum
realty_has_known_characters(PG_FUNCTION_ARGS)
{
	text *what = PG_GETARG_TEXT_PP(0);

	PG_RETURN_BOOL(realty_text_is_known(VARDATA_ANY(what), VARSIZE_ANY_EXHDR(what)));
}
