/*
 * local_time.c
 *		The time zone in which a time without an offset is read.
 *
 * People write the time of a visit in the builder's time zone. So a time without an
 * offset is in that of the builder of the row that is changed, or of the project that
 * the body names, if the caller may know of them; else in the caller's own
 * (realty.clock_of). The zone is looked up only when such a time is read.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

#include "api/sql/convert.h"
#include "api/sql/local_time.h"
#include "platform/jsonb_member.h"
#include "platform/kept_statement.h"
#include "platform/scope.h"

static RealtyStatement clock_of = {
	.sql = "SELECT realty.clock_of($1, $2, $3)",
	.nargs = 3,
	.types = {TEXTOID, INT8OID, INT8OID},
};

bool
realty_clock_is_local(const ApiType *type, const char *text)
{
	const char *clock = strpbrk(text, "Tt ");

	return type->oid == TIMESTAMPTZOID &&
		   (clock == NULL || strpbrk(clock + 1, "Zz+-") == NULL);
}

static const char *
look_up(const char *resource, const Datum ids[2], const bool nulls[2])
{
	Datum values[] = {resource ? CStringGetTextDatum(resource) : (Datum)0, ids[0],
					  ids[1]};
	char missing[] = {resource ? ' ' : 'n', nulls[0] ? 'n' : ' ', nulls[1] ? 'n' : ' ',
					  '\0'};
	OwnerScope scope;
	const char *zone;

	realty_owner_enter(&scope);
	(void)realty_execute(&clock_of, values, missing, true, 1);
	zone = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	realty_owner_leave(&scope);
	return zone;
}

/* A whole number among the body's members; what is none is refused elsewhere. */
static bool
body_id(const ApiRequest *request, const char *name, Datum *id)
{
	ApiType type = {.kind = API_INTEGER, .oid = INT8OID, .typmod = -1};
	JsonbValue json;
	bool isnull = true;

	return request->body != NULL &&
		   realty_jsonb_member(&request->body->root, name, &json) &&
		   realty_convert_json(&type, &json, id, &isnull) == NULL && !isnull;
}

const char *
realty_clock_of_body(const ApiRequest *request)
{
	const ApiResource *resource = request->route->resource;
	ApiType type = {.kind = API_INTEGER, .oid = INT8OID, .typmod = -1};
	Datum ids[2] = {0};
	bool nulls[2];

	nulls[0] = request->ncaptures == 0 ||
			   realty_convert_text(&type, request->captures[0], &ids[0]) != NULL;
	nulls[1] = !body_id(request, "project_id", &ids[1]);
	return look_up(resource ? resource->name : NULL, ids, nulls);
}

const char *
realty_clock_of_caller(void)
{
	const Datum ids[2] = {0};
	const bool nulls[2] = {true, true};

	return look_up(NULL, ids, nulls);
}
