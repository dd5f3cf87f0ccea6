/*
 * openapi.c
 *		/openapi.json: the API as it is in this database, OpenAPI 3.1.
 *
 * Made from realty.routes, realty.resources and the catalog by the same code that reads
 * requests, so it cannot differ from what the dispatcher does; a site's own routes are
 * in it like ours. It is one document for all callers: each operation lists its roles,
 * and a schema shows the columns that one of those roles may read or write.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "api/catalog/catalog.h"
#include "api/catalog/invalidation.h"
#include "api/json_writer.h"
#include "api/openapi/doc_route.h"
#include "api/openapi/paths.h"
#include "api/openapi/schemas.h"
#include "api/openapi/types.h"
#include "platform/kept_statement.h"
#include "platform/scope.h"
#include "platform/subxact.h"

PG_FUNCTION_INFO_V1(realty_openapi);

static RealtyStatement select_words = {
	.sql = "SELECT id, coalesce(tag, ''), coalesce(summary, ''), description, "
		   "answer::pg_catalog.text "
		   "FROM realty.routes ORDER BY path COLLATE \"C\", method COLLATE \"C\", "
		   "builtin, id",
};

static RealtyStatement select_version = {
	.sql = "SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'realty'",
};

static ApiRoute *
route_by_id(List *routes, int64 id)
{
	ListCell *cell;

	foreach (cell, routes)
		if (((ApiRoute *)lfirst(cell))->id == id)
			return lfirst(cell);
	return NULL;
}

static DocRoute *
doc_make(ApiRoute *route, HeapTuple tuple, TupleDesc desc)
{
	DocRoute *doc = palloc0(sizeof(DocRoute));

	doc->route = route;
	doc->tag = SPI_getvalue(tuple, desc, 2);
	doc->summary = SPI_getvalue(tuple, desc, 3);
	doc->description = SPI_getvalue(tuple, desc, 4);
	doc->answer = SPI_getvalue(tuple, desc, 5);
	doc->operation = realty_openapi_operation_name(route->method, route->path);
	return doc;
}

/* Of two rows for one method and path the site's answers, and is described. */
static bool
is_overridden(List *docs, const ApiRoute *route)
{
	const ApiRoute *last = docs == NIL ? NULL : ((DocRoute *)llast(docs))->route;

	return last != NULL && strcmp(last->path, route->path) == 0 &&
		   strcmp(last->method, route->method) == 0;
}

static void
describe_route(void *arg)
{
	ApiRoute *route = arg;

	if (route->resource != NULL)
		realty_resource_describe(route->resource);
	if (route->handler == API_CALL)
		(void)realty_route_function(route);
}

/* A site's route whose function or view was dropped fails alone. */
static bool
can_be_described(ApiRoute *route)
{
	ErrorData *error = realty_subxact_run(describe_route, route);

	if (error == NULL)
		return true;
	ereport(LOG, (errmsg("route %s %s is omitted from the OpenAPI document: %s",
						 route->method, route->path, error->message)));
	FreeErrorData(error);
	return false;
}

static List *
read_routes(MemoryContext context)
{
	List *known = realty_catalog_routes();
	SPITupleTable *rows;
	List *docs = NIL;

	(void)realty_execute(&select_words, NULL, NULL, true, 0);
	rows = SPI_tuptable;
	MemoryContextSwitchTo(context);
	for (uint64 i = 0; i < rows->numvals; i++)
	{
		HeapTuple tuple = rows->vals[i];
		bool isnull;
		int64 id = DatumGetInt64(SPI_getbinval(tuple, rows->tupdesc, 1, &isnull));
		ApiRoute *route = route_by_id(known, id);

		if (route == NULL || is_overridden(docs, route) || !can_be_described(route))
			continue;
		docs = lappend(docs, doc_make(route, tuple, rows->tupdesc));
	}
	return docs;
}

static void
append_info(StringInfo json)
{
	(void)realty_execute(&select_version, NULL, NULL, true, 1);
	realty_json_text(json, "openapi", "3.1.0");
	realty_json_open(json, "info");
	realty_json_text(json, "title", "realty");
	realty_json_text(json, "version",
					 SPI_processed > 0
						 ? SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1)
						 : "unknown");
	realty_json_text(
		json, "description",
		"Property developers and their customers. Every answer is "
		"{\"success\": true, \"data\": …} or {\"success\": false, \"error\": …}; "
		"times are UTC, money has two decimals in the site's one currency. A number "
		"of a body has at most 40 significant digits and an exponent within 40.");
	realty_json_close(json);
	realty_json_raw(json, "servers", "[{\"url\":\"/\"}]");
}

static void
append_tags(StringInfo json, List *routes)
{
	List *seen = NIL;
	ListCell *cell;

	realty_json_open_list(json, "tags");
	foreach (cell, routes)
	{
		const char *tag = ((DocRoute *)lfirst(cell))->tag;

		if (list_member(seen, makeString(unconstify(char *, tag))))
			continue;
		seen = lappend(seen, makeString(unconstify(char *, tag)));
		realty_json_open(json, NULL);
		realty_json_text(json, "name", tag);
		realty_json_close(json);
	}
	realty_json_close_list(json);
}

static text *
document_make(MemoryContext context)
{
	List *routes = read_routes(context);
	StringInfoData json;

	initStringInfo(&json);
	realty_json_open(&json, NULL);
	append_info(&json);
	MemoryContextSwitchTo(context); /* from SPI's, which ends before the document */
	append_tags(&json, routes);
	realty_openapi_paths(&json, routes);
	realty_json_open(&json, "components");
	realty_openapi_schemas(&json, routes);
	realty_openapi_shared_parts(&json);
	realty_json_close(&json);
	realty_json_close(&json);
	return cstring_to_text_with_len(json.data, json.len);
}

/* api.openapi() → json */
Datum
realty_openapi(PG_FUNCTION_ARGS)
{
	MemoryContext context = CurrentMemoryContext;
	text *volatile document = NULL;
	OwnerScope scope;

	realty_catalog_enter();
	PG_TRY();
	{
		realty_owner_enter(&scope);
		SPI_connect();
		document = document_make(context);
		SPI_finish();
		realty_owner_leave(&scope);
	}
	PG_FINALLY();
	{
		realty_catalog_leave();
	}
	PG_END_TRY();
	PG_RETURN_TEXT_P(document);
}
