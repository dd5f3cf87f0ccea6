/*
 * json_writer.c
 *		JSON written piece by piece, with the commas between.
 */
#include "postgres.h"

#include "utils/json.h"

#include "api/json_writer.h"

static void
begin(StringInfo json, const char *name)
{
	char last = json->len > 0 ? json->data[json->len - 1] : '{';

	if (last != '{' && last != '[')
		appendStringInfoChar(json, ',');
	if (name == NULL)
		return;
	escape_json(json, name);
	appendStringInfoChar(json, ':');
}

void
realty_json_open(StringInfo json, const char *name)
{
	begin(json, name);
	appendStringInfoChar(json, '{');
}

void
realty_json_close(StringInfo json)
{
	appendStringInfoChar(json, '}');
}

void
realty_json_open_list(StringInfo json, const char *name)
{
	begin(json, name);
	appendStringInfoChar(json, '[');
}

void
realty_json_close_list(StringInfo json)
{
	appendStringInfoChar(json, ']');
}

void
realty_json_text(StringInfo json, const char *name, const char *value)
{
	begin(json, name);
	escape_json(json, value);
}

void
realty_json_number(StringInfo json, const char *name, int64 value)
{
	begin(json, name);
	appendStringInfo(json, INT64_FORMAT, value);
}

void
realty_json_flag(StringInfo json, const char *name, bool value)
{
	begin(json, name);
	appendStringInfoString(json, value ? "true" : "false");
}

void
realty_json_raw(StringInfo json, const char *name, const char *value)
{
	begin(json, name);
	appendStringInfoString(json, value);
}

void
realty_json_ref(StringInfo json, const char *name, const char *kind, const char *to)
{
	realty_json_open(json, name);
	realty_json_text(json, "$ref", psprintf("#/components/%s/%s", kind, to));
	realty_json_close(json);
}
