/*
 * unit.c
 *		The guard of units: what they copy of their project, and what their status may be.
 *
 * A unit is compared with its active booking: whatever the client, a status that no
 * booking stands behind is refused.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "domain/messaging/notification.h"
#include "domain/row.h"
#include "domain/transition.h"
#include "domain/unit/unit.h"
#include "domain/validate.h"
#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_units_guard);
PG_FUNCTION_INFO_V1(realty_begin_amendment);
PG_FUNCTION_INFO_V1(realty_units_amended);

/* What a unit copies from its project, locked against change by this subtransaction. */
typedef struct ProjectFacts
{
	int64 project_id; /* hash key */
	SubTransactionId subtransaction;
	int64 builder_id;
	bool is_listed;
} ProjectFacts;

/*
 * The projects asked for in this transaction, in its memory: a COPY asks once for each
 * project, in whatever order its units come.
 */
static HTAB *known_projects = NULL;
static LocalTransactionId known_in = InvalidLocalTransactionId;

static RealtyStatement project_facts = {
	.sql = "SELECT p.builder_id, p.is_listed FROM realty.projects p "
		   "WHERE p.id = $1 FOR SHARE",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement active_booking = {
	.sql = "SELECT CASE WHEN b.status = 'completed' THEN 'sold' "
		   "WHEN b.status = 'pending' AND b.hold_expires_at IS NOT NULL THEN 'held' "
		   "ELSE 'booked' END, b.hold_expires_at "
		   "FROM realty.bookings b "
		   "WHERE b.unit_id = $1 AND b.status IN ('pending', 'confirmed', 'completed')",
	.nargs = 1,
	.types = {INT8OID},
};

/* The columns by which a buyer knows the unit. */
static const char *const identity[] = {"tower",     "floor",       "unit_number",
									   "unit_type", "carpet_area", "built_up_area"};

/* The unit that this transaction amends, and why. */
static struct
{
	int64 unit_id;
	LocalTransactionId transaction;
	char *reason; /* lives as long as the transaction */
} amendment;

static RealtyStatement is_booked = {
	.sql = "SELECT 1 FROM realty.bookings b WHERE b.unit_id = $1 AND (b.status IN "
		   "('confirmed', 'completed') OR b.status = 'pending' AND "
		   "(b.hold_expires_at IS NULL OR b.hold_expires_at > statement_timestamp()))",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement notify_buyer = {
	.sql = REALTY_NOTIFY_SQL(
		"SELECT 'unit_amended' AS kind, a.audience, a.user_id, " REALTY_BOOKING_FACTS
		" || jsonb_build_object('reason', $2) AS facts, " REALTY_BOOKING_DATA " AS data "
		"FROM realty.bookings b JOIN realty.booking_parties f ON f.booking_id = b.id, "
		"LATERAL " REALTY_BOOKING_AUDIENCE " WHERE b.unit_id = $1 "
		"AND b.status IN ('pending', 'confirmed', 'completed')"),
	.nargs = 2,
	.types = {INT8OID, TEXTOID},
};

static RealtyStatement write_audit = {
	.sql = "INSERT INTO realty.audit_log (table_name, action, row_id, booking_id, "
		   "builder_id, user_id, request_id, old_row, new_row) "
		   "SELECT 'units', 'update', u.id, b.id, u.builder_id, realty.user_id(), "
		   "realty.request_id(), jsonb_build_object('tower', $3, 'floor', $4, "
		   "'unit_number', $5, 'unit_type', $6, 'carpet_area', $7, 'built_up_area', $8), "
		   "jsonb_build_object('tower', u.tower, 'floor', u.floor, 'unit_number', "
		   "u.unit_number, 'unit_type', u.unit_type, 'carpet_area', u.carpet_area, "
		   "'built_up_area', u.built_up_area, 'reason', $2) "
		   "FROM realty.units u JOIN realty.bookings b ON b.unit_id = u.id "
		   "AND b.status IN ('pending', 'confirmed', 'completed') WHERE u.id = $1",
	.nargs = 8,
	.types = {INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID},
};

void
realty_units_forget_project(void)
{
	known_projects = NULL;
}

static ProjectFacts *
known_project(int64 project_id)
{
	ProjectFacts *facts;
	bool found;

	if (known_projects == NULL || known_in != compat_lxid())
	{
		HASHCTL control = {.keysize = sizeof(int64),
						   .entrysize = sizeof(ProjectFacts),
						   .hcxt = TopTransactionContext};

		known_projects = hash_create("realty projects of units", 16, &control,
									 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
		known_in = compat_lxid();
	}
	facts = hash_search(known_projects, &project_id, HASH_ENTER, &found);
	if (!found)
		facts->subtransaction = InvalidSubTransactionId;
	return facts;
}

/*
 * Builder and listing of the project, locked against change until the end of the
 * transaction, or NULL when there is none.
 */
static const ProjectFacts *
get_project_facts(int64 project_id)
{
	ProjectFacts *facts = known_project(project_id);
	Datum value = Int64GetDatum(project_id);
	OwnerSql sql;
	bool found;

	if (facts->subtransaction == GetCurrentSubTransactionId())
		return facts;
	facts->subtransaction = InvalidSubTransactionId;
	realty_owner_sql_begin(&sql);
	realty_execute(&project_facts, &value, NULL, false, 1);
	found = SPI_processed > 0;
	if (found)
	{
		facts->builder_id = DatumGetInt64(realty_result_required(1, INT8OID));
		facts->is_listed = DatumGetBool(realty_result_required(2, BOOLOID));
		facts->subtransaction = GetCurrentSubTransactionId();
	}
	realty_owner_sql_end(&sql);
	return found ? facts : NULL;
}

static void
copy_from_project(TriggerData *data, Row *row)
{
	const ProjectFacts *facts = get_project_facts(realty_row_bigint(row, "project_id"));

	if (facts == NULL)
		realty_refuse_reference(data, row, "project_id", "names no project",
								list_make2("project_id", "builder_id"));
	realty_row_set(row, "builder_id", INT8OID, Int64GetDatum(facts->builder_id));
	realty_row_set(row, "is_listed", BOOLOID, BoolGetDatum(facts->is_listed));
}

static void
guard_insert(TriggerData *data, Row *row)
{
	char *status = realty_row_text(row, "status");

	if (status != NULL && (strcmp(status, "held") == 0 || strcmp(status, "booked") == 0 ||
						   strcmp(status, "sold") == 0))
		ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
						errmsg("a unit starts as available or blocked")));
	copy_from_project(data, row);
}

static void
refuse_status(const char *status, const char *booked_as)
{
	if (booked_as == NULL)
		ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
						errmsg("a unit without an active booking cannot be %s",
							   realty_one_line(status))));
	ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
					errmsg("a unit whose active booking makes it %s cannot be %s",
						   booked_as, realty_one_line(status)),
					errhint("Change the booking instead.")));
}

/* What the active booking makes of the unit: held, booked, sold; NULL without one. */
static char *
status_by_booking(const Row *row)
{
	Datum unit_id = Int64GetDatum(realty_row_bigint(row, "id"));
	OwnerSql sql;
	char *status = NULL;

	realty_owner_sql_begin(&sql);
	realty_execute(&active_booking, &unit_id, NULL, false, 1);
	if (SPI_processed > 0)
		status = realty_owner_sql_text(&sql, 1);
	realty_owner_sql_end(&sql);
	return status;
}

static void
guard_status(const Row *old_row, const Row *row)
{
	char *from = realty_row_required_text(old_row, "status");
	char *to = realty_row_text(row, "status");
	char *booked_as;
	bool is_free;

	if (to == NULL)
		return;
	booked_as = status_by_booking(row);
	is_free = strcmp(to, "available") == 0 || strcmp(to, "blocked") == 0;
	if (booked_as == NULL ? !is_free : strcmp(to, booked_as) != 0)
		refuse_status(to, booked_as);
	if (is_free && (strcmp(from, "available") == 0 || strcmp(from, "blocked") == 0))
		realty_transition_check("units", from, to);
}

/*
 * realty.begin_amendment(unit_id bigint, reason text) → void
 *
 * What follows in this transaction may change what the unit's buyer knows it by.
 */
Datum
realty_begin_amendment(PG_FUNCTION_ARGS)
{
	MemoryContext caller = MemoryContextSwitchTo(TopTransactionContext);

	amendment.unit_id = PG_GETARG_INT64(0);
	amendment.transaction = compat_lxid();
	amendment.reason = text_to_cstring(PG_GETARG_TEXT_PP(1));
	MemoryContextSwitchTo(caller);
	PG_RETURN_VOID();
}

static bool
is_being_amended(const Row *row)
{
	return amendment.transaction == compat_lxid() &&
		   amendment.unit_id == realty_row_bigint(row, "id");
}

static void
check_identity(const Row *old_row, const Row *row)
{
	Datum unit_id = Int64GetDatum(realty_row_bigint(row, "id"));
	const char *changed = NULL;

	for (size_t i = 0; i < lengthof(identity) && changed == NULL; i++)
		if (realty_row_differs(old_row, row, identity[i]))
			changed = identity[i];
	if (changed == NULL)
		return;
	if (realty_owner_execute(&is_booked, &unit_id, NULL) > 0)
		ereport(ERROR,
				(realty_errcode(REALTY_CONFLICT),
				 errmsg("the %s of a booked unit changes by an amendment only", changed),
				 errhint("Amend the unit with a reason, which the buyer receives.")));
}

/* Trigger AFTER UPDATE, each row, of a booked unit that is known by something else now.
 */
Datum
realty_units_amended(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.units_amended");
	Datum values[2 + lengthof(identity)];
	char nulls[] = "        ";
	OwnerSql sql;
	Row old_row;
	Row row;

	realty_row_old(&old_row, data);
	realty_row_new(&row, data);
	if (!is_being_amended(&row))
	{
		/* only here, after the validator: other violations are reported first */
		check_identity(&old_row, &row);
		return PointerGetDatum(NULL);
	}
	values[0] = Int64GetDatum(amendment.unit_id);
	values[1] = CStringGetTextDatum(amendment.reason);
	for (size_t i = 0; i < lengthof(identity); i++)
	{
		char *was = SPI_getvalue(old_row.tuple, old_row.desc,
								 SPI_fnumber(old_row.desc, identity[i]));

		nulls[2 + i] = was == NULL ? 'n' : ' ';
		values[2 + i] = was == NULL ? (Datum)0 : CStringGetTextDatum(was);
	}
	realty_owner_sql_begin(&sql);
	realty_execute(&notify_buyer, values, NULL, false, 0);
	realty_execute(&write_audit, values, nulls, false, 0);
	realty_owner_sql_end(&sql);
	return PointerGetDatum(NULL);
}

static void
guard_update(TriggerData *data, Row *row)
{
	static const char *const fixed[] = {"project_id", NULL};
	Row old_row;

	realty_row_old(&old_row, data);
	realty_row_refuse_changed(&old_row, row, fixed);
	if (realty_row_differs(&old_row, row, "builder_id") ||
		realty_row_differs(&old_row, row, "is_listed"))
		copy_from_project(data, row);
	if (realty_row_differs(&old_row, row, "status"))
		guard_status(&old_row, row);
}

/* Trigger BEFORE INSERT OR UPDATE, each row; the first of its table. */
Datum
realty_units_guard(PG_FUNCTION_ARGS)
{
	return realty_row_guard(fcinfo, "realty.units_guard", guard_insert, guard_update,
							NULL);
}
