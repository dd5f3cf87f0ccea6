/*
 * project.c
 *		What follows a change of projects: their builder's count, their units' listing.
 *
 * Statement triggers over transition tables. A builder's row is locked by that
 * builder's own projects only, so the stored count is no hot row.
 *
 * A project is listed while it is on sale and its builder sells: an active account,
 * and a verified company where realty.verified_builders_only asks for one. The
 * first half is a generated column; the second is copied from the builder when the
 * project is made, under a lock of the account, and again when account or company
 * change. Their units follow in one statement, which waits for bookings of them
 * that are under way: bookings are looked for after that, so a project is never
 * cancelled under a booking.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "domain/current_user.h"
#include "domain/messaging/notification.h"
#include "domain/project/project.h"
#include "domain/row.h"
#include "domain/unit/unit.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/statement_rows.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_projects_guard);
PG_FUNCTION_INFO_V1(realty_projects_publish);
PG_FUNCTION_INFO_V1(realty_builders_relist);
PG_FUNCTION_INFO_V1(realty_builders_unverify);
PG_FUNCTION_INFO_V1(realty_projects_effects);

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"id", INT8OID},
	{"builder_id", INT8OID},
	{"status", TEXTOID},
	{"is_listed", BOOLOID},
};

static RealtyStatement count_inserted = {
	.sql = "UPDATE realty.builders b SET total_projects = b.total_projects + n.count "
		   "FROM (SELECT builder_id, count(*)::integer AS count FROM new_rows "
		   "GROUP BY builder_id) n WHERE b.id = n.builder_id",
};

static RealtyStatement count_deleted = {
	.sql = "UPDATE realty.builders b SET total_projects = b.total_projects - o.count "
		   "FROM (SELECT builder_id, count(*)::integer AS count FROM old_rows "
		   "GROUP BY builder_id) o WHERE b.id = o.builder_id",
};

static RealtyStatement drop_ledger = {
	.sql = "DELETE FROM realty.inventory i USING old_rows o WHERE i.project_id = o.id",
};

static RealtyStatement relist_units = {
	.sql = "UPDATE realty.units u SET is_listed = n.is_listed "
		   "FROM changed_rows n WHERE u.project_id = n.id "
		   "AND n.is_listed <> n.old_is_listed",
};

static RealtyStatement bookings_of_cancelled = {
	.sql = "SELECT count(*), jsonb_agg(jsonb_build_object('field', 'status', "
		   "'message', 'booking ' || b.booking_number || ' of unit ' || "
		   "concat_ws(' ', nullif(u.tower, ''), u.unit_number) || ' is ' || b.status) "
		   "ORDER BY b.id)::text FROM changed_rows n "
		   "JOIN realty.bookings b ON b.project_id = n.id "
		   "JOIN realty.units u ON u.id = b.unit_id "
		   "WHERE n.status = 'cancelled' AND n.old_status <> 'cancelled' "
		   "AND b.status IN ('pending', 'confirmed') "
		   "AND (b.hold_expires_at IS NULL OR b.hold_expires_at > statement_timestamp()) "
		   "HAVING count(*) > 0",
};

/* What the projects of a builder copy. Locked, so that they hear of the next change. */
static RealtyStatement builder_facts = {
	.sql = "SELECT a.is_active, d.is_verified "
		   "FROM realty.builders d JOIN realty.users a ON a.id = d.user_id "
		   "WHERE d.id = $1 FOR SHARE",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement relist_projects = {
	.sql = "UPDATE realty.projects p SET builder_sells = NOT p.builder_sells "
		   "FROM realty.builders d JOIN realty.users a ON a.id = d.user_id "
		   "WHERE a.id = $1 AND p.builder_id = d.id "
		   "AND p.builder_sells <> (a.is_active AND (d.is_verified OR NOT $2))",
	.nargs = 2,
	.types = {INT8OID, BOOLOID},
};

static RealtyStatement notify_admins = {
	.sql = REALTY_NOTIFY_SQL(
		"SELECT 'company_changed' AS kind, 'recipient' AS audience, a.id AS user_id, "
		"jsonb_build_object('company', $2, 'license', coalesce($3, 'none'), "
		"'was_company', $4, 'was_license', coalesce($5, 'none')) AS facts, "
		"jsonb_build_object('builder_id', $1) AS data "
		"FROM realty.users a WHERE a.user_type = 'admin' AND a.is_active"),
	.nargs = 5,
	.types = {INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID},
};

static bool verified_builders_only = false;

void
realty_project_init(void)
{
	DefineCustomBoolVariable(
		"realty.verified_builders_only", "Lists the projects of verified companies only.",
		"The sweeper applies a change to the projects there are, "
		"realty.relist_projects() at once.",
		&verified_builders_only, false, PGC_SUSET, 0, NULL, NULL, NULL);
}

/*
 * Trigger BEFORE UPDATE, each row, when builder_id changes. Units, bookings and
 * appointments carry a copy of it; a project that is sold on is a matter between two
 * companies with papers of its own, not an UPDATE.
 */
Datum
realty_projects_guard(PG_FUNCTION_ARGS)
{
	realty_trigger(fcinfo, "realty.projects_guard");
	realty_violation_raise("builder_id", "cannot be changed");
}

static bool
is_on_sale(const Row *row)
{
	char *status = realty_row_text(row, "status");

	return status != NULL &&
		   (strcmp(status, "launched") == 0 || strcmp(status, "construction") == 0 ||
			strcmp(status, "completed") == 0);
}

/*
 * Trigger BEFORE INSERT, and BEFORE UPDATE of its status, each row: a company that has to
 * be verified and is not publishes nothing.
 */
Datum
realty_projects_publish(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.projects_publish");
	bool is_active = true;
	bool is_verified = true;
	Datum builder_id;
	OwnerSql sql;
	Row row;

	realty_row_new(&row, data);
	builder_id = Int64GetDatum(realty_row_bigint(&row, "builder_id"));
	realty_owner_sql_begin(&sql);
	realty_execute(&builder_facts, &builder_id, NULL, false, 1);
	if (SPI_processed > 0) /* else the foreign key's */
	{
		is_active = DatumGetBool(realty_result_required(1, BOOLOID));
		is_verified = DatumGetBool(realty_result_required(2, BOOLOID));
	}
	realty_owner_sql_end(&sql);
	is_verified = is_verified || !verified_builders_only;
	if (!is_verified && is_on_sale(&row))
		ereport(ERROR, (realty_errcode(REALTY_BUILDER_UNVERIFIED),
						errmsg("only a verified company may publish a project"),
						errhint("Leave it in planning until an administrator has "
								"verified the company.")));
	realty_row_set(&row, "builder_sells", BOOLOID,
				   BoolGetDatum(is_active && is_verified));
	return PointerGetDatum(realty_row_result(&row));
}

/*
 * Trigger AFTER UPDATE, each row, on users (is_active) and builders (is_verified): the
 * company's projects come back to the market, or leave it.
 */
Datum
realty_builders_relist(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.builders_relist");
	bool is_account = strcmp(RelationGetRelationName(data->tg_relation), "users") == 0;
	Datum values[2];
	Row row;

	realty_row_new(&row, data);
	values[0] = Int64GetDatum(realty_row_bigint(&row, is_account ? "id" : "user_id"));
	values[1] = BoolGetDatum(verified_builders_only);
	realty_owner_execute_latest(&relist_projects, values);
	return PointerGetDatum(NULL);
}

/*
 * Trigger BEFORE UPDATE, each row, of a verified company whose name or licence changes:
 * only an administrator knows that the verification still holds.
 */
Datum
realty_builders_unverify(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.builders_unverify");
	static const char *const reported[] = {"company_name", "license_number"};
	Datum values[5];
	char nulls[] = "     ";
	Row old_row;
	Row row;

	realty_row_old(&old_row, data);
	realty_row_new(&row, data);
	if (realty_is_privileged() || realty_caller().is_admin)
		return PointerGetDatum(row.tuple);
	values[0] = Int64GetDatum(realty_row_bigint(&row, "id"));
	for (size_t i = 0; i < lengthof(reported); i++)
	{
		bool isnull;

		values[1 + i] = realty_row_datum(&row, reported[i], TEXTOID, &isnull);
		nulls[1 + i] = isnull ? 'n' : ' ';
		values[3 + i] = realty_row_datum(&old_row, reported[i], TEXTOID, &isnull);
		nulls[3 + i] = isnull ? 'n' : ' ';
	}
	realty_owner_execute(&notify_admins, values, nulls);
	realty_row_set(&row, "is_verified", BOOLOID, BoolGetDatum(false));
	return PointerGetDatum(realty_row_result(&row));
}

/* The bookings of what was cancelled are ended or moved first. */
static void
refuse_if_booked(void)
{
	int64 count;

	realty_execute_latest(&bookings_of_cancelled, NULL, NULL, 1);
	if (SPI_processed == 0)
		return;
	count = DatumGetInt64(realty_result_required(1, INT8OID));
	ereport(ERROR, (realty_errcode(REALTY_STILL_REFERENCED),
					errmsg_plural(INT64_FORMAT " booking of the project is active",
								  INT64_FORMAT " bookings of the project are active",
								  (unsigned long)count, count),
					errdetail_internal(
						"%s", realty_result_required_text(CurrentMemoryContext, 2)),
					errhint("Cancel or move them first, or put the project on hold.")));
}

/* Trigger AFTER INSERT, AFTER UPDATE, AFTER DELETE, each statement. */
Datum
realty_projects_effects(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.projects_effects");
	StatementRows rows;

	realty_units_forget_project();
	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		realty_statement_changes(&rows, data, columns, lengthof(columns));
	else
		realty_statement_rows(&rows, data, columns, lengthof(columns));
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		realty_execute(&count_inserted, NULL, NULL, false, 0);
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
	{
		realty_execute(&count_deleted, NULL, NULL, false, 0);
		realty_execute(&drop_ledger, NULL, NULL, false, 0);
	}
	else
	{
		realty_execute_latest(&relist_units, NULL, NULL, 0);
		refuse_if_booked();
	}
	realty_statement_rows_end(&rows);
	return PointerGetDatum(NULL);
}
