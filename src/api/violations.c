/*
 * violations.c
 *		What is wrong with a request's values, gathered before it is refused.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/json.h"

#include "api/request.h"
#include "api/violations.h"
#include "platform/error_codes.h"

/* More than any resource has columns; a body of a million keys is not answered in full.
 */
#define FAULTS_TOLD 200

void
realty_request_fault(ApiRequest *request, ApiPlace place, const char *field,
					 const char *message)
{
	ApiFault *fault;

	if (list_length(request->faults) >= FAULTS_TOLD)
		return;
	fault = palloc(sizeof(ApiFault));
	fault->place = place;
	fault->field = field;
	fault->message = message;
	request->faults = lappend(request->faults, fault);
}

bool
realty_request_has_fault(const ApiRequest *request, const char *field)
{
	ListCell *cell;

	foreach (cell, request->faults)
	{
		ApiFault *fault = lfirst(cell);

		if (fault->field != NULL && strcmp(fault->field, field) == 0)
			return true;
	}
	return false;
}

static char *
member(JsonbContainer *object, const char *name)
{
	JsonbValue found;

	if (getKeyJsonValueFromContainer(object, name, strlen(name), &found) == NULL ||
		found.type != jbvString)
		return NULL;
	return pnstrdup(found.val.string.val, found.val.string.len);
}

void
realty_request_faults_from_json(ApiRequest *request, Jsonb *faults, bool one_a_field)
{
	JsonbContainer *root = &faults->root;

	if (!JsonContainerIsArray(root))
		return;
	for (uint32 i = 0; i < JsonContainerSize(root); i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(root, i);
		char *field;
		char *message;

		CHECK_FOR_INTERRUPTS();
		if (item->type != jbvBinary || !JsonContainerIsObject(item->val.binary.data))
			continue;
		field = member(item->val.binary.data, "field");
		message = member(item->val.binary.data, "message");
		if (field == NULL || !one_a_field || !realty_request_has_fault(request, field))
			realty_request_fault(request, API_IN_BODY, field,
								 message ? message : "is not valid");
	}
}

void
realty_request_refuse_parameters(ApiRequest *request)
{
	for (int i = 0; i < request->nparameters; i++)
		realty_request_fault(request, API_IN_QUERY, request->parameters[i].name,
							 "is not a known parameter");
}

void
realty_request_check_faults(const ApiRequest *request)
{
	if (request->faults != NIL)
		ereport(ERROR, (realty_errcode(REALTY_VALIDATION), errmsg("validation failed")));
}
