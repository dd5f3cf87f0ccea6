/*
 * assign.c
 *		Which columns or arguments get which values: body, path and fixed ones.
 *
 * A body is flat: its keys are columns (or argument names). What a caller may set is
 * what the GRANTs on the view say; everything else is a violation and never dropped.
 * A value that the path or the route gives cannot be given by the body too.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "api/sql/assign.h"
#include "api/sql/convert.h"
#include "api/sql/local_time.h"
#include "api/violations.h"

ApiAssignment *
realty_assignment_find(const ApiRequest *request, const char *name)
{
	ListCell *cell;

	foreach (cell, request->assignments)
	{
		ApiAssignment *assignment = lfirst(cell);

		if (strcmp(assignment->name, name) == 0)
			return assignment;
	}
	return NULL;
}

static void
assign(ApiRequest *request, const char *name, const ApiType *type, Datum value,
	   bool isnull)
{
	ApiAssignment *assignment = palloc(sizeof(ApiAssignment));

	assignment->name = name;
	assignment->type = *type;
	assignment->value = value;
	assignment->isnull = isnull;
	request->assignments = lappend(request->assignments, assignment);
}

/* A fixed value is the operator's own: the input function reads it, 'now' and all. */
static void
assign_fixed_value(ApiRequest *request, const char *name, const ApiType *type,
				   JsonbValue *json)
{
	Oid input;
	Oid io_param;
	Datum value;
	bool isnull;

	if (json->type == jbvString && type->kind != API_JSON && type->kind != API_TEXT_LIST)
	{
		char *text = pnstrdup(json->val.string.val, json->val.string.len);

		getTypeInputInfo(type->oid, &input, &io_param);
		assign(request, name, type,
			   OidInputFunctionCall(input, text, io_param, type->typmod), false);
		return;
	}
	if (realty_convert_json(type, json, &value, &isnull) != NULL)
		elog(ERROR, "route " INT64_FORMAT " has a fixed value that does not fit \"%s\"",
			 request->route->id, name);
	assign(request, name, type, value, isnull);
}

void
realty_assign_fixed(ApiRequest *request, ApiTypeOf type_of, const void *target)
{
	JsonbIterator *it = JsonbIteratorInit(&request->route->fixed->root);
	JsonbValue key;
	JsonbValue value;

	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		char *name = pnstrdup(key.val.string.val, key.val.string.len);
		const ApiType *type = type_of(target, name);

		(void)JsonbIteratorNext(&it, &value, true);
		if (type == NULL)
			elog(ERROR, "route " INT64_FORMAT " fixes an unknown \"%s\"",
				 request->route->id, name);
		assign_fixed_value(request, name, type, &value);
	}
}

/* A value in the path that no row or argument can have names nothing that is there. */
void
realty_assign_captured(ApiRequest *request, ApiTypeOf type_of, const void *target)
{
	for (int i = 0; i < request->ncaptures; i++)
	{
		const char *name = request->route->params[i];
		const ApiType *type = type_of(target, name);
		Datum value;

		if (type == NULL)
			elog(ERROR, "route " INT64_FORMAT " maps a path parameter to no \"%s\"",
				 request->route->id, name);
		if (realty_convert_text(type, request->captures[i], &value) != NULL)
			realty_resource_not_found(request->route->resource);
		assign(request, name, type, value, false);
	}
}

/* A time without an offset is in the builder's time zone. */
static void
read_local(const ApiRequest *request, const ApiType *type, const char *text, Datum *value)
{
	if (realty_clock_is_local(type, text))
		realty_convert_local(text, realty_clock_of_body(request), 0, value);
}

void
realty_assign_body(ApiRequest *request, ApiMaySet may_set, const void *target)
{
	JsonbIterator *it;
	JsonbValue key;
	JsonbValue json;

	if (request->body == NULL)
		return;
	it = JsonbIteratorInit(&request->body->root);
	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		char *name = pnstrdup(key.val.string.val, key.val.string.len);
		const char *violation = NULL;
		const ApiType *type;
		Datum value;
		bool isnull;

		CHECK_FOR_INTERRUPTS();
		(void)JsonbIteratorNext(&it, &json, true);
		type = may_set(request, target, name, &violation);
		if (violation == NULL && realty_assignment_find(request, name) != NULL)
			violation = "is set already";
		if (violation == NULL)
			violation = realty_convert_json(type, &json, &value, &isnull);
		if (violation == NULL && json.type == jbvString)
			read_local(request, type, pnstrdup(json.val.string.val, json.val.string.len),
					   &value);
		if (violation != NULL)
			realty_request_violation(request, API_IN_BODY, name, violation);
		else
			assign(request, name, type, value, isnull);
	}
}

/* A parameter of the query string as the value of an argument. */
void
realty_assign_text(ApiRequest *request, ApiLocation location, const char *name,
				   const ApiType *type, const char *text)
{
	const char *violation;
	Datum value;

	if (realty_assignment_find(request, name) != NULL)
		violation = "is given twice";
	else if ((violation = realty_convert_text(type, text, &value)) == NULL)
		read_local(request, type, text, &value);
	if (violation != NULL)
		realty_request_violation(request, location, name, violation);
	else
		assign(request, name, type, value, false);
}

void
realty_assign_datum(ApiRequest *request, const char *name, const ApiType *type,
					Datum value)
{
	assign(request, name, type, value, false);
}
