/*
 * shape.c
 *		The form of lists and addresses: for CHECKs, so on every surface alike.
 *
 * A page shows the addresses of images, attachments and models as links and
 * sources. One that a browser takes for script (javascript:, in any case, behind
 * blanks or controls, which browsers skip) runs in the session of its reader. So an
 * address begins with http:// or https:// and a host, or is a path of our own, and
 * holds nothing that a browser drops, folds or turns round before it reads it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "platform/compat.h"
#include "platform/json_bounds.h"
#include "platform/unicode.h"

PG_FUNCTION_INFO_V1(realty_is_web_address);
PG_FUNCTION_INFO_V1(realty_are_short_texts);
PG_FUNCTION_INFO_V1(realty_is_media_list);
PG_FUNCTION_INFO_V1(realty_is_feature_list);

#define LIST_BYTES 65536
#define LIST_MOST 100     /* elements, or members of an object */
#define ADDRESS_MOST 1000 /* characters */
#define WORDS_MOST 500    /* characters of a title, a caption, a value */
#define FEATURE_MOST 200  /* characters of a feature's name */

/* ---- addresses ---- */

/* Blanks, controls, what is not seen and what turns the direction of writing. */
static bool
is_unseen(pg_wchar c)
{
	return c <= ' ' || (c >= 0x7f && c <= 0xa0) || c == 0xad || c == 0x1680 ||
		   c == 0x180e || (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
		   (c >= 0x205f && c <= 0x206f) || c == 0x3000 || c == 0xfeff;
}

/* A backslash is a slash to browsers; the others end an attribute or a tag. */
static bool
letters_are_safe(const char *text, int length)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + length;

	while (at < end)
	{
		int bytes = pg_utf_mblen(at);

		CHECK_FOR_INTERRUPTS();
		if (at + bytes > end || is_unseen(utf8_to_unicode(at)) ||
			(bytes == 1 && strchr("\"<>\\`", *at) != NULL))
			return false;
		at += bytes;
	}
	return true;
}

/* What stands behind the slashes of http://, or 0. */
static int
scheme_length(const char *text, int length)
{
	if (length > 7 && pg_strncasecmp(text, "http://", 7) == 0)
		return 7;
	return length > 8 && pg_strncasecmp(text, "https://", 8) == 0 ? 8 : 0;
}

/* Before the path an @ ends a name and a password: a secret, or a host that is none. */
static bool
names_user(const char *host, int length)
{
	for (int i = 0; i < length && strchr("/?#", host[i]) == NULL; i++)
		if (host[i] == '@')
			return true;
	return false;
}

static bool
is_web_address(const char *text, int length, int most)
{
	int scheme = scheme_length(text, length);

	if (pg_mbstrlen_with_len(text, length) > most || !letters_are_safe(text, length) ||
		!realty_text_is_clean(text, length, false))
		return false;
	if (scheme > 0)
		return strchr("/?#:", text[scheme]) == NULL &&
			   !names_user(text + scheme, length - scheme);
	/* two slashes name another host */
	return length > 0 && text[0] == '/' && (length == 1 || text[1] != '/');
}

/* realty.is_web_address(address text, most integer) → boolean */
Datum
realty_is_web_address(PG_FUNCTION_ARGS)
{
	text *address = PG_GETARG_TEXT_PP(0);

	PG_RETURN_BOOL(is_web_address(VARDATA_ANY(address), VARSIZE_ANY_EXHDR(address),
								  PG_GETARG_INT32(1)));
}

/* ---- lists of texts ---- */

static bool
has_text(const char *text, int length, int most)
{
	return pg_mbstrlen_with_len(text, length) <= most &&
		   realty_text_is_clean(text, length, false) &&
		   realty_text_is_visible(text, length);
}

/*
 * realty.are_short_texts(texts text[], most_texts integer, most_characters integer)
 *		→ boolean
 *
 * One dimension, so that its JSON is a list of texts.
 */
Datum
realty_are_short_texts(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	Datum *texts;
	bool *nulls;
	int count;

	if (ARR_NDIM(array) > 1 ||
		ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) > PG_GETARG_INT32(1))
		PG_RETURN_BOOL(false);
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &texts, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (nulls[i] ||
			!has_text(VARDATA_ANY(DatumGetPointer(texts[i])),
					  VARSIZE_ANY_EXHDR(DatumGetPointer(texts[i])), PG_GETARG_INT32(2)))
			PG_RETURN_BOOL(false);
	}
	PG_RETURN_BOOL(true);
}

/* ---- lists of JSON ---- */

/* What a member of an element may hold. */
typedef enum MemberKind
{
	MEMBER_ADDRESS,
	MEMBER_WORDS,
	MEMBER_NUMBER,
	MEMBER_TRUTH,
	MEMBER_SCALAR
} MemberKind;

typedef struct Member
{
	const char *name;
	MemberKind kind;
} Member;

/* Images, media and attachments: the first one must be there. */
static const Member media_members[] = {
	{"url", MEMBER_ADDRESS},      {"thumbnail_url", MEMBER_ADDRESS},
	{"name", MEMBER_WORDS},       {"title", MEMBER_WORDS},
	{"caption", MEMBER_WORDS},    {"alt", MEMBER_WORDS},
	{"kind", MEMBER_WORDS},       {"type", MEMBER_WORDS},
	{"media_type", MEMBER_WORDS}, {"size_bytes", MEMBER_NUMBER},
	{"width", MEMBER_NUMBER},     {"height", MEMBER_NUMBER},
	{"duration", MEMBER_NUMBER},  {"position", MEMBER_NUMBER},
	{"is_cover", MEMBER_TRUTH},   {NULL, MEMBER_WORDS}};

static const Member feature_members[] = {{"name", MEMBER_WORDS},
										 {"value", MEMBER_SCALAR},
										 {"unit", MEMBER_WORDS},
										 {"count", MEMBER_NUMBER},
										 {NULL, MEMBER_WORDS}};

static bool
string_has_text(const JsonbValue *value, int most)
{
	return value->type == jbvString &&
		   has_text(value->val.string.val, value->val.string.len, most);
}

static bool
is_scalar(const JsonbValue *value)
{
	return value->type == jbvNull || value->type == jbvBool ||
		   value->type == jbvNumeric ||
		   (value->type == jbvString &&
			pg_mbstrlen_with_len(value->val.string.val, value->val.string.len) <=
				WORDS_MOST &&
			realty_text_is_clean(value->val.string.val, value->val.string.len, true));
}

static bool
member_fits(const Member *member, const JsonbValue *value)
{
	if (value->type == jbvNull)
		return true;
	switch (member->kind)
	{
	case MEMBER_ADDRESS:
		return value->type == jbvString &&
			   is_web_address(value->val.string.val, value->val.string.len, ADDRESS_MOST);
	case MEMBER_WORDS:
		return value->type == jbvString && is_scalar(value);
	case MEMBER_NUMBER:
		return value->type == jbvNumeric;
	case MEMBER_TRUTH:
		return value->type == jbvBool;
	case MEMBER_SCALAR:
		return is_scalar(value);
	}
	return false;
}

static const Member *
find_member(const Member *members, const JsonbValue *key)
{
	for (; members->name != NULL; members++)
		if ((int)strlen(members->name) == key->val.string.len &&
			memcmp(members->name, key->val.string.val, key->val.string.len) == 0)
			return members;
	return NULL;
}

/* An object of these members and no other, the first of which is no null. */
static bool
object_fits(const Member *members, JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	bool complete = false;
	JsonbValue key;
	JsonbValue value;

	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		const Member *member = find_member(members, &key);

		(void)JsonbIteratorNext(&it, &value, true);
		if (member == NULL || !member_fits(member, &value))
			return false;
		complete = complete || (member == members && value.type != jbvNull);
	}
	return complete;
}

static bool
is_object(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data);
}

static bool
is_medium(const JsonbValue *value)
{
	return value->type == jbvString
			   ? is_web_address(value->val.string.val, value->val.string.len,
								ADDRESS_MOST)
			   : is_object(value) && object_fits(media_members, value->val.binary.data);
}

static bool
is_feature(const JsonbValue *value)
{
	return string_has_text(value, FEATURE_MOST) ||
		   (is_object(value) && object_fits(feature_members, value->val.binary.data));
}

static bool
is_list_of(Jsonb *list, bool (*fits)(const JsonbValue *value))
{
	JsonbIterator *it = JsonbIteratorInit(&list->root);
	JsonbValue value;

	(void)JsonbIteratorNext(&it, &value, true);
	while (JsonbIteratorNext(&it, &value, true) == WJB_ELEM)
		if (!fits(&value))
			return false;
	return true;
}

/* Small enough for each of its elements to be looked at. */
static bool
is_short_list(Jsonb *list)
{
	return JB_ROOT_COUNT(list) <= LIST_MOST &&
		   realty_json_is_bounded(&list->root, LIST_BYTES);
}

/* realty.is_media_list(list jsonb) → boolean */
Datum
realty_is_media_list(PG_FUNCTION_ARGS)
{
	Jsonb *list = PG_GETARG_JSONB_P(0);

	PG_RETURN_BOOL(JB_ROOT_IS_ARRAY(list) && !JB_ROOT_IS_SCALAR(list) &&
				   is_short_list(list) && is_list_of(list, is_medium));
}

/* Features by name: {"balcony": true, "parking": 2}. */
static bool
are_named_features(Jsonb *object)
{
	JsonbIterator *it = JsonbIteratorInit(&object->root);
	JsonbValue key;
	JsonbValue value;

	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		(void)JsonbIteratorNext(&it, &value, true);
		if (!string_has_text(&key, FEATURE_MOST) || !is_scalar(&value))
			return false;
	}
	return true;
}

/* realty.is_feature_list(list jsonb) → boolean */
Datum
realty_is_feature_list(PG_FUNCTION_ARGS)
{
	Jsonb *list = PG_GETARG_JSONB_P(0);

	if (JB_ROOT_COUNT(list) == 0) /* as most are */
		PG_RETURN_BOOL(true);
	if (JB_ROOT_IS_SCALAR(list) || !is_short_list(list))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(JB_ROOT_IS_OBJECT(list) ? are_named_features(list)
										   : is_list_of(list, is_feature));
}
