/*
 * faults.c
 *		All that is wrong with an input, collected and raised at once.
 *
 * DETAIL carries JSON, the same on every surface: a psql user can read it, and
 * /api and PostgREST clients can show each message beside its field.
 */
#include "postgres.h"

#include "utils/json.h"

#include "platform/errors.h"
#include "platform/faults.h"

void
realty_faults_init(Faults *faults)
{
	faults->count = 0;
	initStringInfo(&faults->json);
}

void
realty_faults_add(Faults *faults, const char *field, const char *message)
{
	appendStringInfoString(&faults->json,
						   faults->count++ == 0 ? "[{\"field\":" : ",{\"field\":");
	escape_json(&faults->json, field);
	appendStringInfoString(&faults->json, ",\"message\":");
	escape_json(&faults->json, message);
	appendStringInfoChar(&faults->json, '}');
}

char *
realty_faults_json(Faults *faults)
{
	if (faults->count == 0)
		return pstrdup("[]");
	return psprintf("%s]", faults->json.data);
}

void
realty_faults_raise(Faults *faults)
{
	if (faults->count == 0)
		return;
	ereport(ERROR,
			(realty_errcode(REALTY_VALIDATION), errmsg(REALTY_FAULTS_MESSAGE),
			 errdetail("%s", realty_faults_json(faults)), errhint(REALTY_FAULTS_HINT)));
}
