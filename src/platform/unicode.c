/*
 * unicode.c
 *		What a character is, and when two texts are the same to a reader.
 *
 * Keys made here stand in generated columns under unique indexes, so they may depend on
 * nothing that changes: no locale, no ICU. NFKC is the server's; classes and case folding
 * are tables made from Unicode's data. Unicode promises that neither changes for a
 * character that is assigned.
 *
 * Texts may have any length that a value can have, and a cancellation ends all of it.
 *
 * All of it is linear in the text, also for one made to be dear: normalisation sorts the
 * marks of one letter by insertion, so of a run of marks only the first thirty count, as
 * in Unicode's stream-safe format (UAX #15).
 */
#include "postgres.h"

#include "common/unicode_norm.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include <sodium.h>

#include "platform/unicode.h"

typedef enum UnicodeClass
{
	UNICODE_OTHER, /* digits and signs */
	UNICODE_LETTER,
	UNICODE_MARK,
	UNICODE_VIRAMA, /* a mark that a joiner may follow anywhere (RFC 5892, appendix A) */
	UNICODE_PICTURE,
	UNICODE_UNKNOWN, /* for private use, or not assigned yet */
	UNICODE_BLANK,
	UNICODE_JOINER,
	UNICODE_SELECTOR, /* picture or plain sign */
	UNICODE_IDEOGRAPH_SELECTOR,
	UNICODE_HIDDEN /* controls, formats, directions, what has no width */
} UnicodeClass;

typedef struct UnicodeRun
{
	uint32 first;
	uint32 last;
	UnicodeClass class;
} UnicodeRun;

typedef struct UnicodeFold
{
	uint32 first;
	uint32 last;
	int step;
	int distance;
} UnicodeFold;

#include "platform/unicode_tables.h"

#define MARKS_MAX 30
#define KEY_MAX 1000  /* bytes */
#define TEXT_MAX 8192 /* bytes; nothing that has a key is stored that long */
#define HASHED_AT_ONCE (1024 * 1024)
#define KEYCAP 0x20e3
#define LAST_PLANES 0xf0000 /* of private characters, to the end */

static UnicodeClass
class_of(pg_wchar c)
{
	size_t low = 0;
	size_t high = lengthof(unicode_classes);

	if (c >= LAST_PLANES)
		return (c & 0xfffe) == 0xfffe ? UNICODE_HIDDEN : UNICODE_UNKNOWN;
	while (low < high)
	{
		size_t middle = (low + high) / 2;

		if (c > unicode_classes[middle].last)
			low = middle + 1;
		else if (c < unicode_classes[middle].first)
			high = middle;
		else
			return unicode_classes[middle].class;
	}
	return UNICODE_OTHER;
}

static pg_wchar
fold(pg_wchar c)
{
	size_t low = 0;
	size_t high = lengthof(unicode_folds);

	while (low < high)
	{
		size_t middle = (low + high) / 2;
		const UnicodeFold *run = &unicode_folds[middle];

		if (c > run->last)
			low = middle + 1;
		else if (c < run->first)
			high = middle;
		else
			return (c - run->first) % run->step == 0 ? c + run->distance : c;
	}
	return c;
}

/* What word processors make of - ' " and /, and nobody tells from them. */
static pg_wchar
plain_sign(pg_wchar c)
{
	switch (c)
	{
	case 0x2010: /* hyphen, figure dash, en dash, em dash, bar, minus */
	case 0x2012:
	case 0x2013:
	case 0x2014:
	case 0x2015:
	case 0x2212:
		return '-';
	case 0x2018:
	case 0x2019:
	case 0x201b:
		return '\'';
	case 0x201c:
	case 0x201d:
	case 0x201f:
		return '"';
	case 0x2044:
	case 0x2215:
		return '/';
	default:
		return c;
	}
}

static bool
is_ascii(const char *text, int length)
{
	for (int i = 0; i < length; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (IS_HIGHBIT_SET(text[i]))
			return false;
	}
	return true;
}

/* One character of UTF-8 that is known to be valid; the database is. */
static pg_wchar
next_character(const char **at)
{
	pg_wchar c = utf8_to_unicode((const unsigned char *)*at);

	*at += pg_utf_mblen((const unsigned char *)*at);
	return c;
}

/* ---- what shows ---- */

static bool
shows(UnicodeClass class)
{
	return class == UNICODE_OTHER || class == UNICODE_LETTER ||
		   class == UNICODE_PICTURE || class == UNICODE_UNKNOWN;
}

bool
realty_text_is_visible(const char *text, int length)
{
	const char *end = text + length;

	if (length > 0 && *text > ' ' && *text < 0x7f) /* most texts begin so */
		return true;
	while (text < end)
	{
		CHECK_FOR_INTERRUPTS();
		if (shows(class_of(next_character(&text))))
			return true;
	}
	return false;
}

static bool
is_line_break(pg_wchar c)
{
	return c == '\n' || c == '\r' || c == '\t' || c == 0x2028 || c == 0x2029;
}

static bool
is_of_letter(UnicodeClass class)
{
	return class == UNICODE_LETTER || class == UNICODE_MARK || class == UNICODE_VIRAMA;
}

/* A joiner between letters, behind a virama, or between the pictures of one. */
static bool
joins(UnicodeClass before, UnicodeClass after)
{
	return before == UNICODE_VIRAMA || (is_of_letter(before) && is_of_letter(after)) ||
		   ((before == UNICODE_PICTURE || before == UNICODE_SELECTOR) &&
			after == UNICODE_PICTURE);
}

static bool
is_in_place(UnicodeClass class, UnicodeClass before, pg_wchar next)
{
	switch (class)
	{
	case UNICODE_HIDDEN:
		return false;
	case UNICODE_JOINER:
		return joins(before, class_of(next));
	case UNICODE_SELECTOR:
		return before == UNICODE_PICTURE || next == KEYCAP;
	case UNICODE_IDEOGRAPH_SELECTOR:
		return before == UNICODE_LETTER;
	default:
		return true;
	}
}

static bool
ascii_is_clean(const char *text, int length, bool breaks)
{
	for (int i = 0; i < length; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (((unsigned char)text[i] < ' ' || text[i] == 0x7f) &&
			!(breaks && is_line_break(text[i])))
			return false;
	}
	return true;
}

bool
realty_text_is_clean(const char *text, int length, bool breaks)
{
	const char *end = text + length;
	UnicodeClass before = UNICODE_BLANK;

	if (is_ascii(text, length))
		return ascii_is_clean(text, length, breaks);
	while (text < end)
	{
		pg_wchar c = next_character(&text);
		const char *ahead = text;
		UnicodeClass class = class_of(c);

		CHECK_FOR_INTERRUPTS();
		if (!(breaks && is_line_break(c)) &&
			!is_in_place(class, before, text < end ? next_character(&ahead) : ' '))
			return false;
		before = class;
	}
	return true;
}

/*
 * What is for private use looks like anything, and like nothing elsewhere; what is not
 * assigned yet may be a letter one day, with a capital and so with another key.
 */
bool
realty_text_is_known(const char *text, int length)
{
	const char *end = text + length;

	if (is_ascii(text, length))
		return true;
	while (text < end)
		if (class_of(next_character(&text)) == UNICODE_UNKNOWN)
			return false;
	return true;
}

bool
realty_text_has_plain_letters(const char *text, int length)
{
	const char *end = text + length;

	while (text < end)
	{
		pg_wchar c = next_character(&text);

		CHECK_FOR_INTERRUPTS();
		if (c > 0x7f && !is_of_letter(class_of(c)))
			return false;
	}
	return true;
}

/* ---- trimming ---- */

static bool
is_blank(pg_wchar c)
{
	return is_line_break(c) || c == 0x0b || c == 0x0c || c == 0x85 ||
		   class_of(c) == UNICODE_BLANK;
}

const char *
realty_text_trim(const char *text, int *length)
{
	const char *end = text + *length;
	const char *last = text;
	const char *at = text;

	while (at < end)
	{
		const char *start = at;

		CHECK_FOR_INTERRUPTS();
		if (!is_blank(next_character(&at)))
			last = at;
		else if (text == start)
			text = last = at;
	}
	*length = (int)(last - text);
	return text;
}

/* ---- the identity ---- */

static char *
ascii_identity(const char *text, int length)
{
	char *key = palloc(length + 1);
	int count = 0;

	for (int i = 0; i < length; i++)
	{
		char c = pg_ascii_tolower((unsigned char)text[i]);

		if (c == ' ' || (c >= '\t' && c <= '\r'))
			c = ' ';
		else if (c < ' ' || c == 0x7f)
			continue;
		if (c != ' ' || (count > 0 && key[count - 1] != ' '))
			key[count++] = c;
	}
	if (count > 0 && key[count - 1] == ' ')
		count--;
	key[count] = '\0';
	return key;
}

/* What counts of the text, blanks as ' '; ends with 0. */
static pg_wchar *
widen(const char *text, int length)
{
	pg_wchar *wide = palloc((length + 1) * sizeof(pg_wchar));
	const char *end = text + length;
	int count = 0;
	int marks = 0;

	while (text < end)
	{
		pg_wchar c = next_character(&text);
		UnicodeClass class = class_of(c);

		if (is_blank(c))
			c = ' ';
		else if (class >= UNICODE_JOINER)
			continue;
		marks = class == UNICODE_MARK || class == UNICODE_VIRAMA ? marks + 1 : 0;
		if (marks <= MARKS_MAX)
			wide[count++] = c;
	}
	wide[count] = 0;
	return wide;
}

static char *
narrow(const pg_wchar *wide)
{
	size_t count = 0;
	char *text;
	char *at;

	while (wide[count] != 0)
		count++;
	at = text = palloc(count * 4 + 1);
	for (; *wide != 0; wide++)
	{
		if (*wide == ' ' && (at == text || at[-1] == ' '))
			continue;
		unicode_to_utf8(*wide, (unsigned char *)at);
		at += pg_utf_mblen((unsigned char *)at);
	}
	if (at > text && at[-1] == ' ')
		at--;
	*at = '\0';
	return text;
}

/*
 * A key fits an index's row (2,704 bytes, of two keys and more): few names are that long,
 * but one letter can stand for eighteen. The hash of all of it stands for the rest.
 */
static char *
bounded(char *key)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	int length = (int)strlen(key);
	int kept;

	if (length <= KEY_MAX)
		return key;
	crypto_hash_sha256(hash, (unsigned char *)key, length);
	kept = pg_mbcliplen(key, length, KEY_MAX - 2 * (int)sizeof(hash));
	sodium_bin2hex(key + kept, 2 * sizeof(hash) + 1, hash, sizeof(hash));
	return key;
}

/* Of what is asked for in vain, without the memory and time of reading it as people do.
 */
static char *
hash_of(const char *text, int length)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *key = palloc(2 * sizeof(hash) + 1);
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (int piece; length > 0; text += piece, length -= piece)
	{
		CHECK_FOR_INTERRUPTS();
		piece = Min(length, HASHED_AT_ONCE);
		crypto_hash_sha256_update(&state, (const unsigned char *)text, piece);
	}
	crypto_hash_sha256_final(&state, hash);
	return sodium_bin2hex(key, 2 * sizeof(hash) + 1, hash, sizeof(hash));
}

/*
 * Folding can leave what normalises further, and normalising what folds; so twice, as
 * Unicode's NFKC_Casefold asks for. What has no width goes again: it can come out of a
 * character that had one.
 */
char *
realty_text_identity(const char *text, int length)
{
	char *key;

	if (length > TEXT_MAX)
		return hash_of(text, length);
	if (is_ascii(text, length))
		return bounded(ascii_identity(text, length));
	for (int round = 0;; round++)
	{
		pg_wchar *wide = unicode_normalize(UNICODE_NFKC, widen(text, length));

		for (pg_wchar *c = wide; *c != 0; c++)
			*c = plain_sign(fold(*c));
		key = narrow(wide);
		if (round > 0)
			return bounded(key);
		text = key;
		length = (int)strlen(key);
	}
}
