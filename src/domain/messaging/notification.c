/*
 * notification.c
 *		The texts of notifications, and waking the streams that wait for them.
 *
 * Texts are templates with names in braces. Templates are rows, so a site can use
 * its own wording and language; a translator moves {project} where the sentence
 * needs it. Filling is one pass: a customer named "{builder}" is shown as just
 * that. What a template makes of long facts is cut, so that no text makes a
 * notification too large to be stored, which would fail the statement that it
 * reports.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "domain/row.h"
#include "platform/wake.h"

PG_FUNCTION_INFO_V1(realty_fill_template);
PG_FUNCTION_INFO_V1(realty_notifications_stamp);

/* As notifications_body_is_short has it. */
#define TEXT_MOST 20000 /* characters */

/* The fact of that name is appended; false when there is none. */
static bool
append_fact(StringInfo text, Jsonb *facts, const char *name, int length)
{
	JsonbValue value;

	if (getKeyJsonValueFromContainer(&facts->root, name, length, &value) == NULL)
		return false;
	if (value.type == jbvString)
		appendBinaryStringInfo(text, value.val.string.val, value.val.string.len);
	else if (value.type == jbvNumeric)
		appendStringInfoString(text,
							   DatumGetCString(DirectFunctionCall1(
								   numeric_out, NumericGetDatum(value.val.numeric))));
	return true;
}

/* realty.fill_template(template text, facts jsonb) → text */
Datum
realty_fill_template(PG_FUNCTION_ARGS)
{
	char *rest = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Jsonb *facts = PG_GETARG_JSONB_P(1);
	StringInfoData text;
	char *brace;

	if (!JB_ROOT_IS_OBJECT(facts))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the facts of a template must be a JSON object")));
	initStringInfo(&text);
	while (text.len <= TEXT_MOST * MAX_MULTIBYTE_CHAR_LEN &&
		   (brace = strchr(rest, '{')) != NULL)
	{
		int length = strspn(brace + 1, "abcdefghijklmnopqrstuvwxyz_");

		appendBinaryStringInfo(&text, rest, brace - rest);
		if (brace[length + 1] == '}' && append_fact(&text, facts, brace + 1, length))
			rest = brace + length + 2;
		else
		{
			appendStringInfoChar(&text, '{');
			rest = brace + 1;
		}
	}
	appendStringInfoString(&text, rest);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(
		text.data, pg_mbcharcliplen(text.data, text.len, TEXT_MOST)));
}

/*
 * Trigger BEFORE INSERT, each row: which transaction wrote it. Always enabled: a
 * restore brings the numbers of another cluster along, which would be news one day.
 */
Datum
realty_notifications_stamp(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.notifications_stamp");
	FullTransactionId xact = GetTopFullTransactionId();
	Row row;

	realty_row_new(&row, data);
	realty_row_set(&row, "xact", INT8OID,
				   Int64GetDatum((int64)U64FromFullTransactionId(xact)));
	realty_wake_topic('u', realty_row_bigint(&row, "user_id"));
	return PointerGetDatum(realty_row_result(&row));
}
