/*
 * catalog.c
 *		realty.routes and realty.resources, kept per backend.
 *
 * Everything lives in one memory context, which goes as a whole when something that it
 * was made from changes (invalidation.c).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "api/catalog/catalog.h"
#include "api/catalog/invalidation.h"
#include "platform/column.h"
#include "platform/jsonb_member.h"
#include "platform/kept_statement.h"
#include "platform/scope.h"

typedef struct ApiCatalog
{
	MemoryContext context;
	List *resources; /* ApiResource * */
	List *routes;    /* ApiRoute * */
	ApiRouteNode *root;
} ApiCatalog;

/* After so many the catalog is used as it is, and read again by the next request. */
#define LOAD_TRIES 10

static ApiCatalog *catalog = NULL;
static uint64 generation; /* that it belongs to; in a later one it is gone */

static RealtyStatement select_resources = {
	.sql = "SELECT name, view, singular, key_column, sort, default_sort, embeds,"
		   "  search, lookups, implied"
		   "  FROM realty.resources",
};

static RealtyStatement select_routes = {
	.sql = "SELECT id, method, path, handler, resource, parent, function, fixed, params,"
		   "       roles, status, envelope, data_key,"
		   "       coalesce(rate_class, CASE method WHEN 'GET' THEN 'read' ELSE 'write' "
		   "END),"
		   "       media_type"
		   "  FROM realty.routes ORDER BY builtin, id",
};

PG_FUNCTION_INFO_V1(realty_routes_changed);

/* Statement trigger on both tables: every backend reads them anew. */
Datum
realty_routes_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("realty.routes_changed() is a trigger function")));
	CacheInvalidateRelcache(((TriggerData *)fcinfo->context)->tg_relation);
	PG_RETURN_POINTER(NULL);
}

/* ---- reading rows ---- */

static char *
row_text(int row, int column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);
}

static const char *
column_name(int column)
{
	return NameStr(TupleDescAttr(SPI_tuptable->tupdesc, column - 1)->attname);
}

static char *
row_required_text(int row, int column)
{
	char *text = row_text(row, column);

	if (text == NULL)
		realty_column_refuse_null(column_name(column));
	return text;
}

static Datum
row_datum(int row, int column, Oid type)
{
	TupleDesc desc = SPI_tuptable->tupdesc;
	bool isnull;
	Datum value = SPI_getbinval(SPI_tuptable->vals[row], desc, column, &isnull);

	realty_column_check_type(column_name(column), SPI_gettypeid(desc, column), type);
	if (isnull)
		realty_column_refuse_null(column_name(column));
	return value;
}

static List *
text_list(Datum array)
{
	Datum *items;
	bool *nulls;
	int count;
	List *list = NIL;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &items,
					  &nulls, &count);
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			list = lappend(list, TextDatumGetCString(items[i]));
	return list;
}

static Jsonb *
row_object(int row, int column)
{
	Jsonb *object = DatumGetJsonbPCopy(row_datum(row, column, JSONBOID));

	if (!JB_ROOT_IS_OBJECT(object))
		elog(ERROR, "column \"%s\" holds no JSON object", column_name(column));
	return object;
}

static List *
member_texts(JsonbContainer *object, const char *name)
{
	JsonbValue found;
	List *list = NIL;

	if (!realty_jsonb_member(object, name, &found) || found.type != jbvBinary ||
		!JsonContainerIsArray(found.val.binary.data))
		return NIL;
	for (uint32 i = 0; i < JsonContainerSize(found.val.binary.data); i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(found.val.binary.data, i);

		if (item->type == jbvString)
			list = lappend(list, pnstrdup(item->val.string.val, item->val.string.len));
	}
	return list;
}

static ApiEmbed *
embed_make(const JsonbValue *key, JsonbContainer *spec)
{
	ApiEmbed *embed = palloc0(sizeof(ApiEmbed));

	embed->key = pnstrdup(key->val.string.val, key->val.string.len);
	embed->resource = realty_jsonb_text(spec, "resource");
	embed->by = realty_jsonb_text(spec, "by");
	embed->columns = member_texts(spec, "columns");
	return embed->resource && embed->by && embed->columns != NIL ? embed : NULL;
}

static List *
embeds_make(Jsonb *embeds)
{
	JsonbIterator *it = JsonbIteratorInit(&embeds->root);
	JsonbIteratorToken token;
	JsonbValue key;
	JsonbValue value;
	List *list = NIL;

	(void)JsonbIteratorNext(&it, &key, true);
	while ((token = JsonbIteratorNext(&it, &key, true)) == WJB_KEY)
	{
		ApiEmbed *embed;

		(void)JsonbIteratorNext(&it, &value, true);
		embed = embed_make(&key, realty_jsonb_object(&value));
		if (embed != NULL)
			list = lappend(list, embed);
	}
	return list;
}

static ApiResource *
resource_make(int row)
{
	ApiResource *resource = palloc0(sizeof(ApiResource));
	char *list_key = row_required_text(row, 1);

	resource->name = row_required_text(row, 1);
	for (char *c = list_key; *c; c++)
		if (*c == '-')
			*c = '_';
	resource->list_key = list_key;
	resource->view = row_required_text(row, 2);
	resource->singular = row_required_text(row, 3);
	resource->key_name = row_required_text(row, 4);
	resource->sort = text_list(row_datum(row, 5, TEXTARRAYOID));
	resource->default_sort = row_required_text(row, 6);
	resource->embeds = embeds_make(row_object(row, 7));
	resource->search = row_text(row, 8);
	resource->value_lookups = row_object(row, 9);
	resource->implied_filters = row_object(row, 10);
	return resource;
}

static ApiHandler
handler_of(const char *word)
{
	static const char *const words[] = {"list",   "get", "create", "update",
										"delete", "set", "call",   "create_many"};

	for (size_t i = 0; i < lengthof(words); i++)
		if (strcmp(words[i], word) == 0)
			return (ApiHandler)i;
	elog(ERROR, "route has an unknown handler \"%s\"", word);
}

static int
roles_of(List *words)
{
	static const char *const names[] = {"anonymous", "public",   "user",
										"builder",   "customer", "admin"};
	int roles = 0;
	ListCell *cell;

	foreach (cell, words)
		for (size_t i = 0; i < lengthof(names); i++)
			if (strcmp(names[i], lfirst(cell)) == 0)
				roles |= 1 << i;
	return roles;
}

static RateClass
rate_class_of(const char *word)
{
	if (strcmp(word, "auth") == 0)
		return RATE_AUTH;
	return strcmp(word, "read") == 0 ? RATE_READ : RATE_WRITE;
}

/* The column or argument each {} of the path stands for, in order. */
static void
route_params_read(ApiRoute *route, Jsonb *params)
{
	for (const char *at = strchr(route->path, '{'); at != NULL; at = strchr(at + 1, '{'))
	{
		char *name = pnstrdup(at + 1, strcspn(at + 1, "}"));
		char *mapped = realty_jsonb_text(&params->root, name);

		if (route->nparams == API_MAX_SEGMENTS)
			break;
		route->params[route->nparams++] = mapped ? mapped : name;
	}
}

static ApiResource *
resource_in(List *resources, const char *name)
{
	ListCell *cell;

	if (name == NULL)
		return NULL;
	foreach (cell, resources)
	{
		ApiResource *resource = lfirst(cell);

		if (strcmp(resource->name, name) == 0)
			return resource;
	}
	return NULL;
}

static ApiRoute *
route_make(int row, List *resources)
{
	ApiRoute *route = palloc0(sizeof(ApiRoute));

	route->id = DatumGetInt64(row_datum(row, 1, INT8OID));
	route->method = row_required_text(row, 2);
	route->path = row_required_text(row, 3);
	route->handler = handler_of(row_required_text(row, 4));
	route->resource = resource_in(resources, row_text(row, 5));
	route->parent = resource_in(resources, row_text(row, 6));
	route->function_name = row_text(row, 7);
	route->fixed = row_object(row, 8);
	route_params_read(route, row_object(row, 9));
	route->roles = roles_of(text_list(row_datum(row, 10, TEXTARRAYOID)));
	route->status = DatumGetInt32(row_datum(row, 11, INT4OID));
	route->bare = strcmp(row_required_text(row, 12), "bare") == 0;
	route->data_key = row_text(row, 13);
	route->rate_class = rate_class_of(row_required_text(row, 14));
	route->media_type = row_text(row, 15);
	if (route->handler == API_CALL ? route->function_name == NULL
								   : route->resource == NULL)
		elog(ERROR, "route " INT64_FORMAT " names nothing to answer with", route->id);
	return route;
}

/* ---- loading and dropping ---- */

static void
load_resources(ApiCatalog *made)
{
	(void)realty_execute(&select_resources, NULL, NULL, true, 0);
	MemoryContextSwitchTo(made->context);
	for (uint64 i = 0; i < SPI_processed; i++)
		made->resources = lappend(made->resources, resource_make((int)i));
}

static void
load_routes(ApiCatalog *made)
{
	(void)realty_execute(&select_routes, NULL, NULL, true, 0);
	MemoryContextSwitchTo(made->context);
	made->root = realty_route_tree_make();
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		ApiRoute *route = route_make((int)i, made->resources);

		made->routes = lappend(made->routes, route);
		realty_route_tree_add(made->root, route);
	}
}

/*
 * Read into a context below the current one, and kept only when whole: an error on
 * the way leaves nothing behind. The latest snapshot, because under repeatable read
 * the transaction's own one may be older than the message that made us read.
 */
static ApiCatalog *
catalog_read(void)
{
	MemoryContext old = CurrentMemoryContext;
	MemoryContext context =
		AllocSetContextCreate(old, "realty routes", ALLOCSET_DEFAULT_SIZES);
	ApiCatalog *made = MemoryContextAllocZero(context, sizeof(ApiCatalog));
	OwnerScope scope;

	made->context = context;
	realty_owner_enter(&scope);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	PushActiveSnapshot(GetLatestSnapshot());
	load_resources(made);
	load_routes(made);
	PopActiveSnapshot();
	SPI_finish();
	realty_owner_leave(&scope);
	MemoryContextSwitchTo(old);
	return made;
}

static void
catalog_load(void)
{
	ApiCatalog *made = NULL;

	for (int i = 0; i < LOAD_TRIES && (made == NULL || realty_catalog_is_stale()); i++)
	{
		if (made != NULL)
			MemoryContextDelete(made->context);
		realty_catalog_read_begin();
		made = catalog_read();
	}
	realty_catalog_keep(made->context);
	catalog = made;
	generation = realty_catalog_generation();
}

static ApiCatalog *
catalog_get(void)
{
	if (catalog == NULL || generation != realty_catalog_generation())
		catalog_load();
	return catalog;
}

void
realty_catalog_match(const char *method, const char *const *segments, int nsegments,
					 ApiMatch *match)
{
	realty_route_match(catalog_get()->root, method, segments, nsegments, match);
}

List *
realty_catalog_routes(void)
{
	return catalog_get()->routes;
}

ApiResource *
realty_resource_find(const char *name)
{
	return resource_in(catalog_get()->resources, name);
}

/* The resource whose rows are those of a base table, or NULL. */
ApiResource *
realty_resource_of_table(Oid table)
{
	ListCell *cell;

	foreach (cell, catalog_get()->resources)
	{
		ApiResource *resource = lfirst(cell);

		realty_resource_describe(resource);
		if (resource->base == table)
			return resource;
	}
	return NULL;
}
