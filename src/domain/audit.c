/*
 * audit.c
 *		The audit trail: who changed what, with the row before and after.
 *
 * Written as the owner from triggers, so the API roles need no right on it. One kept
 * statement for each relation, because its parameters have that relation's row type.
 * Inserts of units are one line a statement: a line a row would double a COPY.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "domain/audit.h"
#include "domain/row.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/statement_rows.h"

PG_FUNCTION_INFO_V1(realty_audit);
PG_FUNCTION_INFO_V1(realty_audit_units_insert);
PG_FUNCTION_INFO_V1(realty_audit_units_delete);
PG_FUNCTION_INFO_V1(realty_audit_append_only);
PG_FUNCTION_INFO_V1(realty_refuse_truncate);

#define AUDIT_ARGS 7

typedef struct AuditStatement
{
	Oid row_type; /* hash key */
	RealtyStatement statement;
} AuditStatement;

static HTAB *statements_by_row_type = NULL;

#define INSERT_LINE(builder_id)                                                          \
	"INSERT INTO realty.audit_log (table_name, action, row_id, booking_id, builder_id, " \
	"user_id, request_id, old_row, new_row) VALUES ($1, $2, $3, $4, " builder_id         \
	", realty.user_id(), realty.request_id(), realty.audit_image(to_jsonb($6)), "        \
	"realty.audit_image(to_jsonb($7)))"

/* For tables that name their builder, and for those whose booking does. */
static const char *const insert_line = INSERT_LINE("$5");
static const char *const insert_line_of_booking =
	INSERT_LINE("(SELECT b.builder_id FROM realty.bookings b WHERE b.id = $4)");

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"id", INT8OID},
	{"project_id", INT8OID},
	{"builder_id", INT8OID},
};

static RealtyStatement insert_units_line = {
	.sql =
		"INSERT INTO realty.audit_log (table_name, action, row_id, builder_id, user_id, "
		"request_id, new_row) "
		"SELECT 'units', 'insert', min(id) || '..' || max(id), min(builder_id), "
		"realty.user_id(), realty.request_id(), realty.audit_image(jsonb_build_object("
		"'count', count(*), 'first_id', min(id), 'last_id', max(id), "
		"'project_ids', to_jsonb(array_agg(DISTINCT project_id)))) "
		"FROM new_rows HAVING count(*) > 0",
};

/* A line a row, by one statement: a DELETE of a whole tower writes as many. */
static RealtyStatement delete_units_lines = {
	.sql =
		"INSERT INTO realty.audit_log (table_name, action, row_id, builder_id, user_id, "
		"request_id, old_row) "
		"SELECT 'units', 'delete', o.id::text, o.builder_id, i.user_id, i.request_id, "
		"realty.audit_image(to_jsonb(o)) FROM old_rows o, "
		"(SELECT realty.user_id() AS user_id, realty.request_id() AS request_id "
		"OFFSET 0) i",
};

void
realty_audit_init(void)
{
	HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(AuditStatement)};

	statements_by_row_type =
		hash_create("realty audit statements", 16, &control, HASH_ELEM | HASH_BLOBS);
}

static bool
has_column(TupleDesc desc, const char *column)
{
	return SPI_fnumber(desc, column) > 0;
}

static RealtyStatement *
statement_for(TupleDesc desc)
{
	static const Oid types[AUDIT_ARGS - 2] = {TEXTOID, TEXTOID, TEXTOID, INT8OID,
											  INT8OID};
	Oid row_type = desc->tdtypeid;
	bool found;
	AuditStatement *entry =
		hash_search(statements_by_row_type, &row_type, HASH_ENTER, &found);

	if (!found)
	{
		bool by_booking =
			has_column(desc, "booking_id") && !has_column(desc, "builder_id");

		entry->statement =
			(RealtyStatement){.sql = by_booking ? insert_line_of_booking : insert_line,
							  .nargs = AUDIT_ARGS};
		memcpy(entry->statement.types, types, sizeof(types));
		entry->statement.types[5] = entry->statement.types[6] = row_type;
	}
	return &entry->statement;
}

/* A bigint column's value and whether it is absent or NULL, as SPI's 'n' or ' '. */
static char
optional_bigint(const Row *row, const char *column, Datum *value)
{
	if (!has_column(row->desc, column) || realty_row_is_null(row, column))
		return 'n';
	*value = Int64GetDatum(realty_row_bigint(row, column));
	return ' ';
}

static char *
key_of(const Row *row)
{
	if (has_column(row->desc, "id"))
		return psprintf(INT64_FORMAT, realty_row_bigint(row, "id"));
	return realty_row_text(row, "key");
}

static void
write_line(TriggerData *data, const char *action, HeapTuple before, HeapTuple after)
{
	TupleDesc desc = RelationGetDescr(data->tg_relation);
	const char *table = RelationGetRelationName(data->tg_relation);
	Row row = {.desc = desc, .tuple = after ? after : before};
	char *key = key_of(&row);
	Datum values[AUDIT_ARGS] = {0};
	char nulls[] = "       ";

	values[0] = CStringGetTextDatum(table);
	values[1] = CStringGetTextDatum(action);
	if (key)
		values[2] = CStringGetTextDatum(key);
	else
		nulls[2] = 'n';
	nulls[3] = optional_bigint(&row, strcmp(table, "bookings") == 0 ? "id" : "booking_id",
							   &values[3]);
	nulls[4] = optional_bigint(&row, "builder_id", &values[4]);
	if (before)
		values[5] = heap_copy_tuple_as_datum(before, desc);
	else
		nulls[5] = 'n';
	if (after)
		values[6] = heap_copy_tuple_as_datum(after, desc);
	else
		nulls[6] = 'n';
	realty_execute(statement_for(desc), values, nulls, false, 0);
}

/* Trigger AFTER INSERT OR UPDATE OR DELETE, each row. */
Datum
realty_audit(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.audit");
	OwnerSql sql;
	Row row;

	realty_row_new(&row, data);
	realty_owner_sql_begin(&sql);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		write_line(data, "insert", NULL, data->tg_trigtuple);
	else if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		write_line(data, "update", data->tg_trigtuple, data->tg_newtuple);
	else
		write_line(data, "delete", data->tg_trigtuple, NULL);
	realty_owner_sql_end(&sql);
	return PointerGetDatum(NULL);
}

/* Trigger AFTER INSERT, each statement, with the transition table new_rows. */
Datum
realty_audit_units_insert(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.audit_units_insert");

	realty_statement_rows_run(data, columns, lengthof(columns), &insert_units_line);
	return PointerGetDatum(NULL);
}

/* Trigger AFTER DELETE, each statement, with the transition table old_rows. */
Datum
realty_audit_units_delete(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.audit_units_delete");
	Oid relid = RelationGetRelid(data->tg_relation);
	OwnerSql sql;

	/* the plan is kept, and reads rows of this type */
	if (relid != get_relname_relid("units", get_namespace_oid("realty", false)))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("this trigger is for realty.units only")));
	if (!realty_trigger_has_rows(data))
		return PointerGetDatum(NULL);
	realty_owner_sql_begin(&sql);
	/* whole rows, which the plan follows when the table is altered */
	if (SPI_register_trigger_data(data) != SPI_OK_TD_REGISTER)
		elog(ERROR, "could not register the deleted units");
	realty_execute(&delete_units_lines, NULL, NULL, false, 0);
	realty_owner_sql_end(&sql);
	return PointerGetDatum(NULL);
}

/* Trigger BEFORE UPDATE OR DELETE OR TRUNCATE, each statement, on the audit log itself.
 */
Datum
realty_audit_append_only(PG_FUNCTION_ARGS)
{
	realty_trigger(fcinfo, "realty.audit_append_only");
	if (!superuser())
		ereport(ERROR, (realty_errcode(REALTY_FORBIDDEN),
						errmsg("the audit log can only be appended to")));
	return PointerGetDatum(NULL);
}

/* Trigger BEFORE TRUNCATE: it would pass by every rule and count of ours. */
Datum
realty_refuse_truncate(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.refuse_truncate");

	ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
					errmsg("table \"%s\" cannot be truncated",
						   RelationGetRelationName(data->tg_relation)),
					errhint("DELETE the rows: that updates every count and rejects rows "
							"that are still referred to.")));
	return PointerGetDatum(NULL);
}
