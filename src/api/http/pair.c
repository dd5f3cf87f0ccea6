/*
 * pair.c
 *		A name and a value: a header, or a parameter of the query string.
 */
#include "postgres.h"

#include "api/http/pair.h"
#include "platform/compat.h"

ApiPair *
realty_pair_find(const ApiPair *pairs, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (pg_strcasecmp(pairs[i].name, name) == 0)
			return unconstify(ApiPair *, &pairs[i]);
	return NULL;
}

static void
push_text(JsonbInState *state, JsonbIteratorToken token, const char *text)
{
	JsonbValue json = {.type = jbvString};

	json.val.string.val = unconstify(char *, text);
	json.val.string.len = (int)strlen(text);
	compat_push_jsonb(state, token, &json);
}

Jsonb *
realty_pairs_jsonb(const ApiPair *pairs, int count)
{
	JsonbInState state = {0};

	compat_push_jsonb(&state, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < count; i++)
	{
		push_text(&state, WJB_KEY, pairs[i].name);
		push_text(&state, WJB_VALUE, pairs[i].value);
	}
	compat_push_jsonb(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(state.result);
}
