/*
 * delete_guard.c
 *		Deletes that would leave somebody hanging: refused, saying what is in the way.
 *
 * The foreign keys already refuse (RESTRICT), each with its own raw name and only
 * the first that is met. This looks at all of them before, from the catalog, so a
 * table added later is named as well. A row that comes in between is still caught
 * by the key itself.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "domain/delete_guard.h"
#include "domain/row.h"
#include "platform/error_codes.h"
#include "platform/kept_statement.h"
#include "platform/scope.h"

PG_FUNCTION_INFO_V1(realty_guard_delete);

/* Counting stops here: "100" already says too many to remove by hand. */
#define COUNT_LIMIT 100

/* A table and the column in which it refers to the one at hand. */
typedef struct Reference
{
	Oid relid;
	AttrNumber column;
} Reference;

static int16 *
columns_in(HeapTuple tuple, TupleDesc desc, AttrNumber at, int *count)
{
	bool isnull;
	Datum keys = heap_getattr(tuple, at, desc, &isnull);
	ArrayType *array = isnull ? NULL : DatumGetArrayTypeP(keys);

	*count = array && ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : 0;
	return array ? (int16 *)ARR_DATA_PTR(array) : NULL;
}

/* The column that holds the id; NULL of a key that refers by something else. */
static Reference *
reference_of(HeapTuple tuple, TupleDesc desc, AttrNumber id)
{
	Reference *reference = palloc(sizeof(Reference));
	int ntheirs;
	int nours;
	int16 *theirs = columns_in(tuple, desc, Anum_pg_constraint_conkey, &ntheirs);
	int16 *ours = columns_in(tuple, desc, Anum_pg_constraint_confkey, &nours);

	reference->relid = ((Form_pg_constraint)GETSTRUCT(tuple))->conrelid;
	for (int i = 0; i < Min(ntheirs, nours); i++)
		if (ours[i] == id)
		{
			reference->column = theirs[i];
			return reference;
		}
	return NULL;
}

/* In the order the tables were made in; the catalog's own changes with its vacuum. */
static int
by_table(const ListCell *a, const ListCell *b)
{
	Oid first = ((const Reference *)lfirst(a))->relid;
	Oid second = ((const Reference *)lfirst(b))->relid;

	return first < second ? -1 : first > second;
}

/*
 * A table is read with the functions of its indexes, and here as our owner. One that
 * belongs to somebody else is left to PostgreSQL, which looks into it as its own owner.
 */
static bool
is_trusted(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		return false;
	owner = ((Form_pg_class)GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner == realty_owner() || superuser_arg(owner);
}

/*
 * Every foreign key to this table's id that does not give way by itself. A site's key to
 * another column is left to PostgreSQL.
 */
static List *
references_to(Oid relid)
{
	Relation rel = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	List *references = NIL;
	AttrNumber id = get_attnum(relid, "id");

	/* pg_constraint has no index on confrelid; deletes are rare enough to read it. */
	ScanKeyInit(&key, Anum_pg_constraint_confrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint)GETSTRUCT(tuple);
		Reference *reference = NULL;

		if (form->contype == CONSTRAINT_FOREIGN &&
			form->confdeltype == FKCONSTR_ACTION_RESTRICT && is_trusted(form->conrelid))
			reference = reference_of(tuple, RelationGetDescr(rel), id);
		if (reference != NULL)
			references = lappend(references, reference);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	list_sort(references, by_table);
	return references;
}

/*
 * What is counted for one table, as one statement: a DELETE of ten thousand rows asks ten
 * thousand times. Kept until a foreign key or a table that refers to it changes; the
 * callback only marks it, since it may be in use right then.
 */
typedef struct Guarded
{
	Oid relid; /* hash key */
	bool valid;
	MemoryContext context;
	List *references;
	RealtyStatement plan;
} Guarded;

static HTAB *guarded_tables = NULL;
static uint64 invalidations = 0;

static void
forget_all(void)
{
	HASH_SEQ_STATUS status;
	Guarded *guarded;

	invalidations++;
	hash_seq_init(&status, guarded_tables);
	while ((guarded = hash_seq_search(&status)) != NULL)
		guarded->valid = false;
}

static void
constraint_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_all();
}

static bool
refers(const Guarded *guarded, Oid relid)
{
	ListCell *cell;

	foreach (cell, guarded->references)
		if (((const Reference *)lfirst(cell))->relid == relid)
			return true;
	return false;
}

static void
relation_changed(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS status;
	Guarded *guarded;

	if (!OidIsValid(relid))
	{
		forget_all();
		return;
	}
	hash_seq_init(&status, guarded_tables);
	while ((guarded = hash_seq_search(&status)) != NULL)
		if (guarded->valid && refers(guarded, relid))
			guarded->valid = false;
}

void
realty_reference_init(void)
{
	HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(Guarded)};

	guarded_tables =
		hash_create("realty guarded tables", 16, &control, HASH_ELEM | HASH_BLOBS);
	CacheRegisterSyscacheCallback(CONSTROID, constraint_changed, (Datum)0);
	CacheRegisterRelcacheCallback(relation_changed, (Datum)0);
}

static void
append_count(StringInfo sql, const Reference *reference)
{
	const char *table = quote_qualified_identifier(
		get_namespace_name(get_rel_namespace(reference->relid)),
		get_rel_name(reference->relid));
	const char *column =
		quote_identifier(get_attname(reference->relid, reference->column, false));

	appendStringInfo(sql,
					 "%s(SELECT pg_catalog.count(*) FROM (SELECT FROM %s r "
					 "WHERE r.%s = $1 LIMIT %d) c)",
					 sql->len > 0 ? ", " : "SELECT ", table, column, COUNT_LIMIT);
}

/* Stays invalid when a change comes in meanwhile: this row is judged, the next asks. */
static void
look_up(Guarded *guarded)
{
	uint64 before = invalidations;
	StringInfoData sql;
	MemoryContext caller;
	ListCell *cell;

	if (guarded->plan.plan != NULL)
		SPI_freeplan(guarded->plan.plan);
	guarded->plan.plan = NULL;
	guarded->references = NIL;
	if (guarded->context != NULL)
		MemoryContextDelete(guarded->context);
	guarded->context = NULL;
	guarded->context = AllocSetContextCreate(CacheMemoryContext, "realty guarded table",
											 ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(guarded->context);
	initStringInfo(&sql);
	guarded->references = references_to(guarded->relid);
	foreach (cell, guarded->references)
		append_count(&sql, lfirst(cell));
	guarded->plan = (RealtyStatement){.sql = sql.data, .nargs = 1, .types = {INT8OID}};
	MemoryContextSwitchTo(caller);
	guarded->valid = before == invalidations;
}

static Guarded *
guarded_for(Oid relid)
{
	bool found;
	Guarded *guarded = hash_search(guarded_tables, &relid, HASH_ENTER, &found);

	if (!found)
	{
		guarded->valid = false;
		guarded->context = NULL;
		guarded->references = NIL;
		guarded->plan.plan = NULL;
	}
	if (!guarded->valid)
		look_up(guarded);
	return guarded;
}

static char *
what_is_in_the_way(Oid relid, int64 id)
{
	Guarded *guarded = guarded_for(relid);
	Datum value = Int64GetDatum(id);
	StringInfoData list;
	ListCell *cell;

	initStringInfo(&list);
	if (guarded->references == NIL)
		return list.data;
	realty_execute(&guarded->plan, &value, NULL, false, 1);
	foreach (cell, guarded->references)
	{
		Reference *reference = lfirst(cell);
		int64 count = DatumGetInt64(
			realty_result_required(foreach_current_index(cell) + 1, INT8OID));

		if (count > 0)
			appendStringInfo(
				&list, "%s" INT64_FORMAT "%s in %s", list.len > 0 ? ", " : "", count,
				count == COUNT_LIMIT ? " or more" : "", get_rel_name(reference->relid));
	}
	return list.data;
}

/* Trigger BEFORE DELETE, each row. */
Datum
realty_guard_delete(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.guard_delete");
	MemoryContext caller = CurrentMemoryContext;
	OwnerScope scope;
	Row row;
	char *list;

	realty_row_old(&row, data);
	realty_owner_enter(&scope);
	SPI_connect();
	list = what_is_in_the_way(RelationGetRelid(data->tg_relation),
							  realty_row_bigint(&row, "id"));
	list = MemoryContextStrdup(caller, list);
	SPI_finish();
	realty_owner_leave(&scope);
	if (*list != '\0')
		ereport(ERROR, (realty_errcode(REALTY_STILL_REFERENCED),
						errmsg("row " INT64_FORMAT " of %s is still referred to",
							   realty_row_bigint(&row, "id"),
							   RelationGetRelationName(data->tg_relation)),
						errdetail("In the way: %s.", list),
						errhint("Remove or change those first.")));
	return PointerGetDatum(row.tuple);
}
