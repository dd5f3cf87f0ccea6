/*
 * jsonb_member.c
 *		Members of a JSON object, read by name.
 *
 * The server's own reader asserts that it is given an object. Bodies, details of errors
 * and columns of type jsonb may hold anything, so that is looked at here.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "platform/jsonb_member.h"

JsonbContainer *
realty_jsonb_object(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data)
			   ? value->val.binary.data
			   : NULL;
}

bool
realty_jsonb_member(JsonbContainer *object, const char *name, JsonbValue *value)
{
	return object != NULL && JsonContainerIsObject(object) &&
		   getKeyJsonValueFromContainer(object, name, (int)strlen(name), value) != NULL;
}

char *
realty_jsonb_text(JsonbContainer *object, const char *name)
{
	JsonbValue value;

	if (!realty_jsonb_member(object, name, &value) || value.type != jbvString)
		return NULL;
	return pnstrdup(value.val.string.val, value.val.string.len);
}

char *
realty_jsonb_text_or_number(JsonbContainer *object, const char *name)
{
	JsonbValue value;

	if (!realty_jsonb_member(object, name, &value) || value.type != jbvNumeric)
		return realty_jsonb_text(object, name);
	return DatumGetCString(
		DirectFunctionCall1(numeric_out, NumericGetDatum(value.val.numeric)));
}
