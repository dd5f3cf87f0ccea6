/*
 * audit_image.c
 *		The image of a row in the audit trail, of a bounded size.
 *
 * Lines of the trail are never removed, so a row of the largest texts and
 * documents, changed a thousand times, must not stay there a thousand times in
 * full. Of an image that is too large the largest members are cut: a text keeps its
 * beginning, a document becomes null, and the member _cut says how many bytes each
 * of them had.
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/jsonb.h"

#include "platform/compat.h"
#include "platform/json_bounds.h"

PG_FUNCTION_INFO_V1(realty_audit_image);

#define IMAGE_BYTES 65536 /* as the CHECKs of audit_log have it */
#define MEMBER_FIRST 8192 /* what is larger is cut first */
#define MEMBER_LAST 128   /* that many of each column fit, whatever the table */
#define CUT "_cut"

/* The name of a member, and a value of ours. */
static void
push(JsonbInState *state, const char *name, int length, JsonbValue value)
{
	JsonbValue key = {.type = jbvString};

	key.val.string.val = unconstify(char *, name);
	key.val.string.len = length;
	compat_push_jsonb(state, WJB_KEY, &key);
	compat_push_jsonb(state, WJB_VALUE, &value);
}

static JsonbValue
shortened(const JsonbValue *value, int most)
{
	JsonbValue cut = {.type = jbvNull};

	if (value->type != jbvString)
		return cut;
	cut = *value;
	cut.val.string.len = pg_mbcliplen(value->val.string.val, value->val.string.len, most);
	return cut;
}

static JsonbValue
number(int64 count)
{
	JsonbValue value = {.type = jbvNumeric};

	value.val.numeric = int64_to_numeric(count);
	return value;
}

/* The row with each member above that size cut. */
static Jsonb *
cut_members(Jsonb *row, int most)
{
	JsonbInState state = {0};
	JsonbInState sizes = {0};
	JsonbIterator *it = JsonbIteratorInit(&row->root);
	JsonbValue key;
	JsonbValue value;

	compat_push_jsonb(&state, WJB_BEGIN_OBJECT, NULL);
	compat_push_jsonb(&sizes, WJB_BEGIN_OBJECT, NULL);
	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		int64 size;

		(void)JsonbIteratorNext(&it, &value, true);
		size = realty_json_member_size(&value);
		if (size > most)
		{
			push(&sizes, key.val.string.val, key.val.string.len, number(size));
			value = shortened(&value, most);
		}
		push(&state, key.val.string.val, key.val.string.len, value);
	}
	compat_push_jsonb(&sizes, WJB_END_OBJECT, NULL);
	push(&state, CUT, (int)strlen(CUT), *sizes.result);
	compat_push_jsonb(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(state.result);
}

/* realty.audit_image(image jsonb) → jsonb */
Datum
realty_audit_image(PG_FUNCTION_ARGS)
{
	Jsonb *row = PG_GETARG_JSONB_P(0);
	Jsonb *image = row;

	for (int most = MEMBER_FIRST; JB_ROOT_IS_OBJECT(row) && most >= MEMBER_LAST &&
								  !realty_json_text_is_within(&image->root, IMAGE_BYTES);
		 most /= 4)
		image = cut_members(row, most);
	PG_RETURN_JSONB_P(image);
}
