/*
 * resource.c
 *		A resource: its view's columns, types and known values.
 *
 * Everything here follows from the schema, so a column added to a table and its view
 * is filtered, sorted and written without a line of C:
 *
 *	- the values of an enumerated text are those in the CHECK <table>_<column>_is_known
 *	  of the table the column comes from;
 *	- a numeric column X with a bigint column X_minor is money: the latter holds it in
 *	  minor units (times 100), is what filters and sorts use (its comparisons are
 *	  leakproof, so an index serves under row security), and is never shown.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "api/catalog/invalidation.h"
#include "api/catalog/resource.h"
#include "platform/error_codes.h"
#include "platform/jsonb_member.h"

#define MINOR_SUFFIX "_minor"

/* ---- values of an enumerated text ---- */

static void
add_text_array(List **values, Datum array)
{
	Datum *items;
	bool *nulls;
	int count;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &items,
					  &nulls, &count);
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			*values = lappend(*values, TextDatumGetCString(items[i]));
}

static bool
collect_texts(Node *node, void *context)
{
	List **values = context;

	if (node == NULL)
		return false;
	if (IsA(node, Const) && !((Const *)node)->constisnull)
	{
		Const *constant = (Const *)node;

		if (constant->consttype == TEXTOID)
			*values = lappend(*values, TextDatumGetCString(constant->constvalue));
		else if (constant->consttype == TEXTARRAYOID)
			add_text_array(values, constant->constvalue);
	}
	return expression_tree_walker(node, collect_texts, context);
}

static List *
texts_of_check(Oid constraint)
{
	HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
	List *values = NIL;
	bool isnull;
	Datum source;

	if (!HeapTupleIsValid(tuple))
		return NIL;
	source = SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_conbin, &isnull);
	if (!isnull)
		(void)collect_texts(stringToNode(TextDatumGetCString(source)), &values);
	ReleaseSysCache(tuple);
	return values;
}

static void
column_known_read(ApiColumn *column, Oid table)
{
	char *name;
	Oid constraint;
	List *values;
	ListCell *cell;

	if (column->type.kind != API_TEXT || !OidIsValid(table))
		return;
	name = psprintf("%s_%s_is_known", get_rel_name(table), column->name);
	constraint = get_relation_constraint_oid(table, name, true);
	if (!OidIsValid(constraint))
		return;
	values = texts_of_check(constraint);
	column->known = palloc(sizeof(char *) * (list_length(values) + 1));
	foreach (cell, values)
		column->known[column->nknown++] = lfirst(cell);
}

/* ---- columns ---- */

/* The table and column that column `attnum` of a view merely hands on, if so. */
static bool
column_origin(Query *query, AttrNumber attnum, Oid *table, AttrNumber *at)
{
	ListCell *cell;

	if (query == NULL)
		return false;
	foreach (cell, query->targetList)
	{
		TargetEntry *entry = lfirst(cell);

		if (entry->resno != attnum || entry->resjunk || !OidIsValid(entry->resorigtbl))
			continue;
		*table = entry->resorigtbl;
		*at = entry->resorigcol;
		return true;
	}
	return false;
}

/* What the table itself says of a column that the view hands on. */
static void
column_origin_read(ApiColumn *column, Oid table, AttrNumber attnum)
{
	HeapTuple tuple =
		SearchSysCache2(ATTNUM, ObjectIdGetDatum(table), Int16GetDatum(attnum));
	Form_pg_attribute form;

	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_attribute)GETSTRUCT(tuple);
	column->not_null = form->attnotnull;
	column->has_default = form->atthasdef || form->attidentity;
	ReleaseSysCache(tuple);
}

/* An outer join makes rows in which a table's NOT NULL does not hold. */
static bool
has_outer_join(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, JoinExpr) && ((JoinExpr *)node)->jointype != JOIN_INNER)
		return true;
	return expression_tree_walker(node, has_outer_join, context);
}

static void
column_read(ApiColumn *column, Form_pg_attribute attribute, Relation rel, Query *query)
{
	Oid table = RelationGetRelid(rel);
	AttrNumber at = attribute->attnum;

	column->name = pstrdup(NameStr(attribute->attname));
	column->attnum = attribute->attnum;
	realty_type_classify(&column->type, attribute->atttypid, attribute->atttypmod);
	if (rel->rd_rel->relkind != RELKIND_VIEW || column_origin(query, at, &table, &at))
	{
		realty_catalog_watch(table);
		column_origin_read(column, table, at);
		column_known_read(column, table);
	}
}

static void
columns_read(ApiResource *resource, Relation rel, Query *query)
{
	TupleDesc tupdesc = RelationGetDescr(rel);

	resource->columns = palloc0(sizeof(ApiColumn) * Max(tupdesc->natts, 1));
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(tupdesc, i);

		if (!attribute->attisdropped)
			column_read(&resource->columns[resource->ncolumns++], attribute, rel, query);
	}
	if (query != NULL && has_outer_join((Node *)query->jointree, NULL))
		for (int i = 0; i < resource->ncolumns; i++)
			resource->columns[i].not_null = false;
}

ApiColumn *
realty_resource_column(const ApiResource *resource, const char *name)
{
	for (int i = 0; i < resource->ncolumns; i++)
		if (strcmp(resource->columns[i].name, name) == 0)
			return &resource->columns[i];
	return NULL;
}

const ApiType *
realty_resource_type(const void *target, const char *name)
{
	const ApiColumn *column = realty_resource_column(target, name);

	return column ? &column->type : NULL;
}

static void
minor_units_find(ApiResource *resource)
{
	for (int i = 0; i < resource->ncolumns; i++)
	{
		ApiColumn *column = &resource->columns[i];
		ApiColumn *minor_units;

		if (column->type.kind != API_NUMBER)
			continue;
		minor_units =
			realty_resource_column(resource, psprintf("%s" MINOR_SUFFIX, column->name));
		if (minor_units == NULL || minor_units->type.oid != INT8OID)
			continue;
		minor_units->hidden = true;
		column->minor_units = minor_units;
	}
}

/* A computed column (units.status) has no origin: the main table's CHECK counts. */
static void
computed_known_read(ApiResource *resource)
{
	for (int i = 0; i < resource->ncolumns; i++)
		if (resource->columns[i].known == NULL)
			column_known_read(&resource->columns[i], resource->base);
}

static void
value_lookups_find(ApiResource *resource)
{
	for (int i = 0; i < resource->ncolumns; i++)
		resource->columns[i].value_lookup =
			realty_jsonb_text(&resource->value_lookups->root, resource->columns[i].name);
}

/* The boolean column that `value` of a column makes true, or NULL. */
static ApiColumn *
implied_filter_column(ApiResource *resource, JsonbContainer *values, const char *value)
{
	const char *name = realty_jsonb_text(values, value);
	ApiColumn *column;

	if (name == NULL)
		return NULL;
	column = realty_resource_column(resource, name);
	if (column == NULL || column->type.oid != BOOLOID)
		elog(ERROR, "view %s has no boolean column that %s implies", resource->view,
			 value);
	column->hidden = true;
	return column;
}

static void
implied_filters_find(ApiResource *resource)
{
	for (int i = 0; i < resource->ncolumns; i++)
	{
		ApiColumn *column = &resource->columns[i];
		JsonbValue found;

		column->implied_filter = palloc0(sizeof(ApiColumn *) * Max(column->nknown, 1));
		if (!realty_jsonb_member(&resource->implied_filters->root, column->name, &found))
			continue;
		for (int at = 0; at < column->nknown; at++)
			column->implied_filter[at] = implied_filter_column(
				resource, realty_jsonb_object(&found), column->known[at]);
	}
}

static void
resource_read(ApiResource *resource, Relation rel)
{
	bool is_view = rel->rd_rel->relkind == RELKIND_VIEW;
	Query *query = is_view ? get_view_query(rel) : NULL;
	AttrNumber at;

	resource->relid = RelationGetRelid(rel);
	resource->quoted_view = quote_qualified_identifier(
		get_namespace_name(RelationGetNamespace(rel)), RelationGetRelationName(rel));
	columns_read(resource, rel, query);
	minor_units_find(resource);
	value_lookups_find(resource);
	resource->key = realty_resource_column(resource, resource->key_name);
	if (resource->key == NULL)
		elog(ERROR, "view %s has no column \"%s\"", resource->view, resource->key_name);
	if (!is_view)
		resource->base = resource->relid;
	else if (!column_origin(query, resource->key->attnum, &resource->base, &at))
		resource->base = InvalidOid;
	computed_known_read(resource);
	implied_filters_find(resource);
}

/*
 * Read into a copy in a context of its own, which joins the catalog's when whole: an
 * error leaves the resource as it was.
 */
void
realty_resource_describe(ApiResource *resource)
{
	MemoryContext old = CurrentMemoryContext;
	MemoryContext context;
	ApiResource described = *resource;
	uint64 before = realty_catalog_changes();
	RangeVar *name;
	Relation rel;

	if (resource->described)
		return;
	name = makeRangeVarFromNameList(
		textToQualifiedNameList(cstring_to_text(resource->view)));
	context = AllocSetContextCreate(old, "realty resource", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(context);
	rel = relation_openrv(name, AccessShareLock);
	resource_read(&described, rel);
	relation_close(rel, AccessShareLock);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, realty_catalog_context());
	realty_catalog_watch(described.relid);
	realty_catalog_watch(described.base);
	realty_catalog_made_since(before);
	described.described = true;
	*resource = described;
}

bool
realty_column_is_filter(const ApiColumn *column)
{
	return !column->hidden && column->type.kind != API_JSON;
}

bool
realty_column_has_order(const ApiColumn *column)
{
	return column->type.kind == API_INTEGER || column->type.kind == API_NUMBER ||
		   column->type.kind == API_DATE || column->type.kind == API_TIME;
}

/* May the role do this with the column, by the view's grants or the column's? */
bool
realty_column_allows(const ApiResource *resource, const ApiColumn *column, Oid role,
					 AclMode mode)
{
	return pg_class_aclcheck(resource->relid, role, mode) == ACLCHECK_OK ||
		   pg_attribute_aclcheck(resource->relid, column->attnum, role, mode) ==
			   ACLCHECK_OK;
}

void
realty_resource_not_found(const ApiResource *resource)
{
	if (resource == NULL)
		ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND), errmsg("not found")));
	ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND),
					errmsg("%s not found", resource->singular)));
}
