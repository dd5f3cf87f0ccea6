/*
 * delete_guard.c
 *		Deletes of rows that others refer to: refused, saying what is in the way.
 *
 * The foreign keys refuse as well (RESTRICT), each with its own name and only the first
 * that is met. This counts for all of them before, from the catalog, so that a table
 * added later is named too. A row that comes in between is still caught by the key.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "domain/row.h"
#include "platform/catalog_changes.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_guard_delete);

/*
 * What is counted for one table, in one statement: a DELETE of ten thousand rows asks ten
 * thousand times. Kept until any relation changes.
 */
typedef struct DeleteGuard
{
	Oid relid; /* hash key */
	uint64 as_of;
	RealtyStatement statement; /* no text: nothing refers to the table */
} DeleteGuard;

/*
 * The text of that statement for table $1, by the foreign keys to its id that do not give
 * way by themselves, in the order in which their tables were made. A key of the site to
 * another column is left to PostgreSQL. So is a table of another owner: it is read with
 * the functions of its indexes, and here that would be with our owner's rights. Counting
 * stops at 100, which says already that they are too many to remove by hand.
 */
static RealtyStatement write_statement = {
	.sql = "SELECT 'SELECT concat_ws('', '', ' || string_agg(format("
		   "'(SELECT CASE count(*) WHEN 0 THEN NULL WHEN 100 THEN %L "
		   "ELSE count(*) || %L END FROM (SELECT FROM %I.%I r WHERE r.%I = $1 "
		   "LIMIT 100) c)', '100 or more in ' || t.relname, ' in ' || t.relname, "
		   "n.nspname, t.relname, a.attname), ', ' ORDER BY t.oid, k.oid) || ')' "
		   "FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid "
		   "JOIN pg_roles o ON o.oid = t.relowner "
		   "AND (o.rolsuper OR o.rolname = current_user) "
		   "JOIN pg_namespace n ON n.oid = t.relnamespace "
		   "JOIN pg_attribute i ON i.attrelid = k.confrelid AND i.attname = 'id' "
		   "JOIN pg_attribute a ON a.attrelid = k.conrelid "
		   "AND a.attnum = k.conkey[array_position(k.confkey, i.attnum)] "
		   "WHERE k.confrelid = $1 AND k.contype = 'f' AND k.confdeltype = 'r'",
	.nargs = 1,
	.types = {OIDOID},
};

static DeleteGuard *
guard_for(Oid relid)
{
	static HTAB *guards = NULL;
	HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(DeleteGuard)};
	Datum table = ObjectIdGetDatum(relid);
	uint64 changes = realty_relation_changes();
	DeleteGuard *guard;
	bool found;

	if (guards == NULL)
		guards =
			hash_create("realty delete guards", 16, &control, HASH_ELEM | HASH_BLOBS);
	guard = hash_search(guards, &relid, HASH_ENTER, &found);
	if (found && guard->as_of == changes)
		return guard;
	if (found && guard->statement.plan != NULL)
		SPI_freeplan(guard->statement.plan);
	if (found && guard->statement.sql != NULL)
		pfree(unconstify(char *, guard->statement.sql));
	guard->statement = (RealtyStatement){.nargs = 1, .types = {INT8OID}};
	guard->as_of = 0;
	realty_execute(&write_statement, &table, NULL, false, 1);
	guard->statement.sql = realty_result_text(TopMemoryContext, 1);
	guard->as_of = changes;
	return guard;
}

static const char *
what_is_in_the_way(OwnerSql *sql, Oid relid, int64 id)
{
	DeleteGuard *guard = guard_for(relid);
	Datum value = Int64GetDatum(id);

	if (guard->statement.sql == NULL)
		return "";
	realty_execute(&guard->statement, &value, NULL, false, 1);
	return realty_owner_sql_text(sql, 1);
}

/* Trigger BEFORE DELETE, each row. */
Datum
realty_guard_delete(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.guard_delete");
	const char *list;
	OwnerSql sql;
	int64 id;
	Row row;

	realty_row_old(&row, data);
	id = realty_row_bigint(&row, "id");
	realty_owner_sql_begin(&sql);
	list = what_is_in_the_way(&sql, RelationGetRelid(data->tg_relation), id);
	realty_owner_sql_end(&sql);
	if (*list != '\0')
		ereport(ERROR, (realty_errcode(REALTY_STILL_REFERENCED),
						errmsg("row " INT64_FORMAT " of %s is still referred to", id,
							   RelationGetRelationName(data->tg_relation)),
						errdetail("In the way: %s.", list),
						errhint("Remove or change those first.")));
	return PointerGetDatum(row.tuple);
}
