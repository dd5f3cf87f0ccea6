/*
 * reference.c
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
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "domain/row.h"
#include "platform/errors.h"
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

static Reference *
reference_of(HeapTuple tuple, TupleDesc desc)
{
	Form_pg_constraint form = (Form_pg_constraint)GETSTRUCT(tuple);
	Reference *reference = palloc(sizeof(Reference));
	bool isnull;
	Datum keys = heap_getattr(tuple, Anum_pg_constraint_conkey, desc, &isnull);

	reference->relid = form->conrelid;
	reference->column = ((int16 *)ARR_DATA_PTR(DatumGetArrayTypeP(keys)))[0];
	return reference;
}

/* Every foreign key to this table that does not give way by itself. */
static List *
references_to(Oid relid)
{
	Relation rel = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	List *references = NIL;

	/* pg_constraint has no index on confrelid; deletes are rare enough to read it. */
	ScanKeyInit(&key, Anum_pg_constraint_confrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint)GETSTRUCT(tuple);

		if (form->contype == CONSTRAINT_FOREIGN &&
			form->confdeltype == FKCONSTR_ACTION_RESTRICT)
			references = lappend(references, reference_of(tuple, RelationGetDescr(rel)));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return references;
}

static int64
count_referring(const Reference *reference, int64 id)
{
	const char *table = quote_qualified_identifier(
		get_namespace_name(get_rel_namespace(reference->relid)),
		get_rel_name(reference->relid));
	const char *column =
		quote_identifier(get_attname(reference->relid, reference->column, false));
	Oid types[] = {INT8OID};
	Datum values[] = {Int64GetDatum(id)};
	char *sql =
		psprintf("SELECT 1 FROM %s WHERE %s = $1 LIMIT %d", table, column, COUNT_LIMIT);

	if (SPI_execute_with_args(sql, 1, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not look into %s", table);
	return (int64)SPI_processed;
}

static char *
what_is_in_the_way(Oid relid, int64 id)
{
	StringInfoData list;
	ListCell *cell;

	initStringInfo(&list);
	foreach (cell, references_to(relid))
	{
		Reference *reference = lfirst(cell);
		int64 count = count_referring(reference, id);

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
