/*
 * text_rules.c
 *		What texts may hold, for the CHECKs of the tables; and the keys by which two of
 * them are one, for generated columns under unique indexes.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "platform/unicode.h"

PG_FUNCTION_INFO_V1(realty_identity_key);
PG_FUNCTION_INFO_V1(realty_unit_key);
PG_FUNCTION_INFO_V1(realty_has_text);
PG_FUNCTION_INFO_V1(realty_is_line);
PG_FUNCTION_INFO_V1(realty_are_lines);
PG_FUNCTION_INFO_V1(realty_is_prose);

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

	PG_RETURN_TEXT_P(cstring_to_text(psprintf(
		"%s\n%s", realty_text_identity(VARDATA_ANY(tower), VARSIZE_ANY_EXHDR(tower)),
		realty_text_identity(VARDATA_ANY(number), VARSIZE_ANY_EXHDR(number)))));
}

/* realty.has_text(what text, most integer) → boolean: so many characters, one shows */
Datum
realty_has_text(PG_FUNCTION_ARGS)
{
	text *what = PG_GETARG_TEXT_PP(0);
	int length = VARSIZE_ANY_EXHDR(what);

	PG_RETURN_BOOL(pg_mbstrlen_with_len(VARDATA_ANY(what), length) <=
					   PG_GETARG_INT32(1) &&
				   realty_text_is_visible(VARDATA_ANY(what), length));
}

static bool
is_line(text *what)
{
	int length = VARSIZE_ANY_EXHDR(what);

	return realty_text_is_clean(VARDATA_ANY(what), length, false) &&
		   (length == 0 || realty_text_is_visible(VARDATA_ANY(what), length));
}

/* realty.is_line(what text) → boolean: empty, or one line that shows */
Datum
realty_is_line(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(is_line(PG_GETARG_TEXT_PP(0)));
}

/* realty.are_lines(what text[]) → boolean; a NULL among them is another rule's */
Datum
realty_are_lines(PG_FUNCTION_ARGS)
{
	Datum *texts;
	bool *nulls;
	int count;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT, &texts,
					  &nulls, &count);
	for (int i = 0; i < count; i++)
		if (!nulls[i] && !is_line(DatumGetTextPP(texts[i])))
			PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(true);
}

/* realty.is_prose(what text) → boolean: the same with line breaks and tabs */
Datum
realty_is_prose(PG_FUNCTION_ARGS)
{
	text *what = PG_GETARG_TEXT_PP(0);

	PG_RETURN_BOOL(
		realty_text_is_clean(VARDATA_ANY(what), VARSIZE_ANY_EXHDR(what), true));
}
