/*
 * violations.c
 *		All violations of an input, collected and raised at once.
 *
 * DETAIL carries JSON, the same on every surface: a psql user can read it, and /api
 * and PostgREST clients can show each message beside its field.
 */
#include "postgres.h"

#include "utils/guc.h"
#include "utils/json.h"

#include "platform/error_codes.h"
#include "platform/violations.h"

static char *argument_names = NULL;

void
realty_violations_init_settings(void)
{
	DefineCustomStringVariable(
		"realty.argument_names", "The running function's argument names for columns.",
		"Part of a function's definition: a violation names the argument that was given.",
		&argument_names, "", PGC_USERSET,
		GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, NULL, NULL, NULL);
}

/* The argument that the column's value came by; the column itself when none is named. */
static const char *
argument_of(const char *column)
{
	const char *at = argument_names;
	size_t length = strlen(column);

	while (at != NULL && *at != '\0')
	{
		const char *end = strchrnul(at, ' ');

		if (strncmp(at, column, length) == 0 && at[length] == '=')
			return pnstrdup(at + length + 1, end - at - length - 1);
		at = *end == '\0' ? end : end + 1;
	}
	return column;
}

void
realty_violations_init(Violations *violations)
{
	violations->count = 0;
	initStringInfo(&violations->json);
}

void
realty_violations_add(Violations *violations, const char *field, const char *message)
{
	appendStringInfoString(&violations->json,
						   violations->count++ == 0 ? "[{\"field\":" : ",{\"field\":");
	escape_json(&violations->json, argument_of(field));
	appendStringInfoString(&violations->json, ",\"message\":");
	escape_json(&violations->json, message);
	appendStringInfoChar(&violations->json, '}');
}

char *
realty_violations_json(Violations *violations)
{
	if (violations->count == 0)
		return pstrdup("[]");
	return psprintf("%s]", violations->json.data);
}

void
realty_violations_raise(Violations *violations)
{
	if (violations->count == 0)
		return;
	ereport(ERROR, (realty_errcode(REALTY_VALIDATION), errmsg(REALTY_VIOLATIONS_MESSAGE),
					errdetail("%s", realty_violations_json(violations)),
					errhint(REALTY_VIOLATIONS_HINT)));
}

void
realty_violation_raise(const char *field, const char *message)
{
	Violations violations;

	realty_violations_init(&violations);
	realty_violations_add(&violations, field, message);
	realty_violations_raise(&violations);
	pg_unreachable();
}
