/*
 * search.c
 *		Text as a search sees it: words without accents, case or punctuation; and the
 *		queries of schema/65_api_functions/search.sql, as kept statements.
 *
 * Documents and queries go through the same folding, so "bengalūru" finds Bengaluru
 * and the other way round, and "A-1204" is the words a and 1204. A query's words
 * are quoted one by one, so no input is an operator.
 *
 * Folding is linear in the text, also for one made to be slow: the server's
 * normalisation sorts the marks of one letter by insertion, so it gets the text in
 * pieces, which end before a letter without marks wherever there is one.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "common/unicode_norm.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/formatting.h"
#include "utils/tuplestore.h"

#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/kept_statement.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_search_text);
PG_FUNCTION_INFO_V1(realty_search_query);
PG_FUNCTION_INFO_V1(realty_project_hits);
PG_FUNCTION_INFO_V1(realty_builder_hits);
PG_FUNCTION_INFO_V1(realty_unit_hits);

#define QUERY_MAX 200 /* bytes */
#define QUERY_WORDS_MAX 10
#define PIECE_LEAST 256 /* characters */
#define PIECE_MOST 1024

/* Letters that are no plain letter with a mark on it. */
static const struct
{
	pg_wchar letter;
	const char *plain;
} letters[] = {{0x00df, "ss"}, {0x00e6, "ae"}, {0x00c6, "ae"}, {0x0153, "oe"},
			   {0x0152, "oe"}, {0x00f8, "o"},  {0x00d8, "o"},  {0x0111, "d"},
			   {0x0110, "d"},  {0x0142, "l"},  {0x0141, "l"},  {0x0131, "i"},
			   {0x00fe, "th"}, {0x00de, "th"}, {0x00f0, "d"},  {0x00d0, "d"}};

static bool
is_mark(pg_wchar c)
{
	return c >= 0x0300 && c <= 0x036f;
}

static bool
parts_words(pg_wchar c)
{
	if (c < 0x80)
		return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				 (c >= '0' && c <= '9'));
	return (c >= 0x80 && c <= 0xbf) || c == 0xd7 || c == 0xf7 ||
		   (c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x303f) ||
		   (c >= 0xfe00 && c <= 0xfe0f) || c >= 0x1f000;
}

static void
append_letter(StringInfo folded, pg_wchar c)
{
	unsigned char bytes[8];

	for (size_t i = 0; i < lengthof(letters); i++)
		if (letters[i].letter == c)
		{
			appendStringInfoString(folded, letters[i].plain);
			return;
		}
	unicode_to_utf8(c, bytes);
	appendBinaryStringInfo(folded, (char *)bytes, pg_utf_mblen(bytes));
}

static void
append_plain(StringInfo folded, const pg_wchar *plain)
{
	for (const pg_wchar *c = plain; *c; c++)
		if (parts_words(*c))
		{
			if (folded->len > 0 && folded->data[folded->len - 1] != ' ')
				appendStringInfoChar(folded, ' ');
		}
		else if (!is_mark(*c))
			append_letter(folded, *c);
}

static int
piece_of(const pg_wchar *wide)
{
	int length = 0;

	while (length < PIECE_MOST && wide[length] != 0 &&
		   (length < PIECE_LEAST || wide[length] >= 0x0300))
		length++;
	return length;
}

/* Words in lower case with single spaces between them. */
static char *
fold(const char *text, int length)
{
	pg_wchar *wide = palloc((length + 1) * sizeof(pg_wchar));
	StringInfoData folded;

	pg_mb2wchar_with_len(text, wide, length);
	initStringInfo(&folded);
	while (*wide)
	{
		int piece = piece_of(wide);
		pg_wchar next = wide[piece];
		pg_wchar *plain;

		CHECK_FOR_INTERRUPTS();
		wide[piece] = 0;
		plain = unicode_normalize(UNICODE_NFKD, wide);
		append_plain(&folded, plain);
		pfree(plain);
		wide += piece;
		*wide = next;
	}
	if (folded.len > 0 && folded.data[folded.len - 1] == ' ')
		folded.data[--folded.len] = '\0';
	return str_tolower(folded.data, folded.len, DEFAULT_COLLATION_OID);
}

/* realty.search_text(what text) → text */
Datum
realty_search_text(PG_FUNCTION_ARGS)
{
	text *what = PG_GETARG_TEXT_PP(0);

	PG_RETURN_TEXT_P(cstring_to_text(fold(VARDATA_ANY(what), VARSIZE_ANY_EXHDR(what))));
}

/* What tsquery reads; NULL when there is no word. Error PT422 when it is too long. */
static char *
query_of(const text *q, const char *between)
{
	StringInfoData query;
	char *rest = NULL;
	int words = 0;

	if (VARSIZE_ANY_EXHDR(q) > QUERY_MAX)
		realty_violation_raise("q", "must have at most 200 bytes");
	initStringInfo(&query);
	for (char *word = strtok_r(fold(VARDATA_ANY(q), VARSIZE_ANY_EXHDR(q)), " ", &rest);
		 word != NULL; word = strtok_r(NULL, " ", &rest))
	{
		if (++words > QUERY_WORDS_MAX)
			realty_violation_raise("q", "must have at most 10 words");
		appendStringInfo(&query, "%s'%s':*", words > 1 ? between : "", word);
	}
	return words == 0 ? NULL : query.data;
}

/*
 * realty.search_query(q text, any_word boolean) → tsquery
 *
 * Each word counts from its beginning. Error PT422 naming q when it is too long; NULL
 * when it holds no word.
 */
Datum
realty_search_query(PG_FUNCTION_ARGS)
{
	char *query = query_of(PG_GETARG_TEXT_PP(0), PG_GETARG_BOOL(1) ? " | " : " & ");

	if (query == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(DirectFunctionCall1(tsqueryin, CStringGetDatum(query)));
}

static RealtyStatement projects_found = {
	.sql = "SELECT id, rank FROM realty.projects_found($1)",
	.nargs = 1,
	.types = {TEXTOID},
};

static RealtyStatement builders_found = {
	.sql = "SELECT id, rank FROM realty.builders_found($1)",
	.nargs = 1,
	.types = {TEXTOID},
};

static RealtyStatement units_found = {
	.sql = "SELECT id, rank FROM realty.units_found($1)",
	.nargs = 1,
	.types = {TEXTOID},
};

static Datum
give_hits(FunctionCallInfo fcinfo, RealtyStatement *found)
{
	ReturnSetInfo *result = (ReturnSetInfo *)fcinfo->resultinfo;
	Datum q = PG_GETARG_DATUM(0);

	if (query_of(DatumGetTextPP(q), " ") == NULL)
		realty_violation_raise("q", "holds no word");
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	realty_execute(found, &q, NULL, true, 0);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		CHECK_FOR_INTERRUPTS();
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
	}
	SPI_finish();
	return (Datum)0;
}

/*
 * api.project_hits(q text) → SETOF (id bigint, rank real); error PT422; as the next
 * two.
 */
Datum
realty_project_hits(PG_FUNCTION_ARGS)
{
	return give_hits(fcinfo, &projects_found);
}

Datum
realty_builder_hits(PG_FUNCTION_ARGS)
{
	return give_hits(fcinfo, &builders_found);
}

Datum
realty_unit_hits(PG_FUNCTION_ARGS)
{
	return give_hits(fcinfo, &units_found);
}
