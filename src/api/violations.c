/*
 * violations.c
 *		What is wrong with a request's values, collected before it is answered.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/json.h"

#include "api/request.h"
#include "api/violations.h"
#include "platform/error_codes.h"
#include "platform/jsonb_member.h"

/* More than any resource has columns; a body of a million keys is not answered in full.
 */
#define MAX_VIOLATIONS 200

void
realty_request_violation(ApiRequest *request, ApiLocation location, const char *field,
						 const char *message)
{
	ApiViolation *violation;

	if (list_length(request->violations) >= MAX_VIOLATIONS)
		return;
	violation = palloc(sizeof(ApiViolation));
	violation->location = location;
	violation->field = field;
	violation->message = message;
	request->violations = lappend(request->violations, violation);
}

bool
realty_request_has_violation(const ApiRequest *request, const char *field)
{
	ListCell *cell;

	foreach (cell, request->violations)
	{
		ApiViolation *violation = lfirst(cell);

		if (violation->field != NULL && strcmp(violation->field, field) == 0)
			return true;
	}
	return false;
}

void
realty_request_violations_from_json(ApiRequest *request, Jsonb *violations,
									bool one_a_field)
{
	JsonbContainer *root = &violations->root;

	if (!JsonContainerIsArray(root))
		return;
	for (uint32 i = 0; i < JsonContainerSize(root); i++)
	{
		JsonbContainer *row = realty_jsonb_object(getIthJsonbValueFromContainer(root, i));
		char *field;
		char *message;

		CHECK_FOR_INTERRUPTS();
		if (row == NULL)
			continue;
		field = realty_jsonb_text(row, "field");
		message = realty_jsonb_text(row, "message");
		if (field == NULL || !one_a_field ||
			!realty_request_has_violation(request, field))
			realty_request_violation(request, API_IN_BODY, field,
									 message ? message : "is not valid");
	}
}

void
realty_request_refuse_parameters(ApiRequest *request)
{
	for (int i = 0; i < request->nparameters; i++)
		realty_request_violation(request, API_IN_QUERY, request->parameters[i].name,
								 "is not a known parameter");
}

void
realty_request_check_violations(const ApiRequest *request)
{
	if (request->violations != NIL)
		ereport(ERROR, (realty_errcode(REALTY_VALIDATION), errmsg("validation failed")));
}
