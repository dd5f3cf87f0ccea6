/*
 * resource_guard.c
 *		Trigger guard of realty.resources: what a row names has the type it is used as.
 *
 * The dispatcher writes the names into its statements and reads the results by their
 * type. A later change (a function replaced, a view altered) is noticed where it is
 * read. Checking the row as well reports a mistake to its author instead of to clients.
 * A view may be created after its row: columns are checked if the view exists.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/varlena.h"

#include "platform/column.h"
#include "platform/jsonb_member.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_resources_guard);

/* The row at hand. */
typedef struct Written
{
	TupleDesc desc;
	HeapTuple tuple;
	Oid view; /* InvalidOid: not there yet */
	Violations violations;
} Written;

/* False when it is NULL. */
static bool
read_value(const Written *row, const char *column, Oid type, Datum *value)
{
	int number = SPI_fnumber(row->desc, column);
	bool isnull;

	if (number <= 0)
		elog(ERROR, "the relation has no column \"%s\"", column);
	realty_column_check_type(column, SPI_gettypeid(row->desc, number), type);
	*value = heap_getattr(row->tuple, number, row->desc, &isnull);
	return !isnull;
}

static Oid
column_type(Oid view, const char *column)
{
	AttrNumber number = get_attnum(view, column);

	return number > 0 ? get_atttype(view, number) : InvalidOid;
}

static bool
is_value_lookup(const JsonbValue *value)
{
	Oid argument = TEXTOID;
	Oid function;
	char *name;

	if (value->type != jbvString)
		return false;
	name = pnstrdup(value->val.string.val, value->val.string.len);
	function = LookupFuncName(textToQualifiedNameList(cstring_to_text(name)), 1,
							  &argument, true);
	return OidIsValid(function) && get_func_prokind(function) == PROKIND_FUNCTION &&
		   get_func_rettype(function) == TEXTARRAYOID && !get_func_retset(function);
}

/* {"column": "function (text) → text[]"} */
static void
check_value_lookup(Written *row, const char *column, const JsonbValue *value)
{
	if (!is_value_lookup(value))
		realty_violations_add(
			&row->violations, "lookups",
			psprintf("%s: must name a function (text) that returns text[]", column));
}

/* {"column": {"value": "boolean column"}} */
static void
check_implied_filter(Written *row, const char *column, const JsonbValue *value)
{
	JsonbContainer *filters = realty_jsonb_object(value);
	JsonbIterator *it;
	JsonbValue member;

	if (filters == NULL)
	{
		realty_violations_add(&row->violations, "implied",
							  psprintf("%s: must be a JSON object", column));
		return;
	}
	it = JsonbIteratorInit(filters);
	(void)JsonbIteratorNext(&it, &member, true);
	while (JsonbIteratorNext(&it, &member, true) == WJB_KEY)
	{
		(void)JsonbIteratorNext(&it, &member, true);
		if (member.type != jbvString ||
			(OidIsValid(row->view) &&
			 column_type(row->view, pnstrdup(member.val.string.val,
											 member.val.string.len)) != BOOLOID))
			realty_violations_add(
				&row->violations, "implied",
				psprintf("%s: must name boolean columns of the view", column));
	}
}

typedef void (*CheckMember)(Written *row, const char *name, const JsonbValue *value);

static void
check_members(Written *row, const char *column, CheckMember check)
{
	JsonbIterator *it;
	JsonbValue key;
	JsonbValue value;
	Datum datum;
	Jsonb *object;

	if (!read_value(row, column, JSONBOID, &datum))
		return;
	object = DatumGetJsonbP(datum);
	if (!JB_ROOT_IS_OBJECT(object))
		return; /* a CHECK of the table says so */
	it = JsonbIteratorInit(&object->root);
	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		(void)JsonbIteratorNext(&it, &value, true);
		check(row, pnstrdup(key.val.string.val, key.val.string.len), &value);
	}
}

static void
check_key(Written *row)
{
	Datum name;

	if (OidIsValid(row->view) && read_value(row, "key_column", TEXTOID, &name) &&
		!OidIsValid(column_type(row->view, TextDatumGetCString(name))))
		realty_violations_add(&row->violations, "key_column",
							  "names no column of the view");
}

static Oid
view_of(const Written *row)
{
	List *names;
	Datum view;

	if (!read_value(row, "view", TEXTOID, &view))
		return InvalidOid;
	names = textToQualifiedNameList(DatumGetTextPP(view));
	return RangeVarGetRelid(makeRangeVarFromNameList(names), NoLock, true);
}

/* Trigger BEFORE INSERT OR UPDATE, each row. */
Datum
realty_resources_guard(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *)fcinfo->context;
	Written row;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("realty.resources_guard is a trigger for each row")));
	row.desc = RelationGetDescr(data->tg_relation);
	row.tuple =
		TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple : data->tg_trigtuple;
	row.view = view_of(&row);
	realty_violations_init(&row.violations);
	check_key(&row);
	check_members(&row, "lookups", check_value_lookup);
	check_members(&row, "implied", check_implied_filter);
	realty_violations_raise(&row.violations);
	return PointerGetDatum(row.tuple);
}
