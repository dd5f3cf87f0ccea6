/*
 * message.c
 *		Which accounts may write to each other, and about what.
 *
 * Two accounts need a reason to write: the sender is an administrator, or the
 * recipient is the site's support account; or they share a booking or an
 * appointment; or a customer writes to the builder of a listed project that the
 * message names; or the other has written first. So a customer's inbox is closed to
 * builders the customer has not turned to, and an administrator's account is
 * refused as any other is. A reply joins the thread of its root, whose parties are
 * the same two, and what it is about is filled in from there, from the booking and
 * from the unit.
 *
 * A message belongs to both parties: deleting hides it from the one that deletes.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "domain/account/erased.h"
#include "domain/location.h"
#include "domain/messaging/notification.h"
#include "domain/row.h"
#include "domain/validate.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/statement_rows.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_messages_guard);
PG_FUNCTION_INFO_V1(realty_messages_notify);
PG_FUNCTION_INFO_V1(realty_hide_message);

/* What a message names, in the order of the arguments of check_names. */
static const char *const named[] = {"sender_id", "recipient_id", "project_id",
									"unit_id",   "booking_id",   "parent_id"};
#define NAMED lengthof(named)

/* Columns of the answer of check_names. */
enum
{
	GIVEN_PROJECT = 1,
	GIVEN_UNIT,
	GIVEN_BOOKING,
	GIVEN_PARENT,
	HAS_RECIPIENT,
	KNOWS_PROJECT,
	KNOWS_UNIT,
	KNOWS_BOOKING,
	KNOWS_PARENT,
	HAS_REASON
};

/*
 * GIVEN_*: the message's own value, else that of the unit, booking or root. Then
 * whether each is there and belongs to the two, and whether they may talk at all.
 */
static RealtyStatement check_names = {
	.sql = "SELECT p.id, g.unit_id, g.booking_id, root.id, coalesce(r.is_active, false), "
		   "coalesce(g.project_id IS NULL OR (p.is_listed OR NOT w.by_customer "
		   "OR EXISTS (SELECT FROM realty.bookings x WHERE x.project_id = p.id "
		   "AND x.customer_id = w.customer_id)) "
		   "AND (w.with_admin OR p.builder_id = w.builder_id), false), "
		   "coalesce(g.unit_id IS NULL OR u.project_id = p.id "
		   "AND (b.id IS NULL OR b.unit_id = u.id), false), "
		   "coalesce(g.booking_id IS NULL OR w.with_admin AND b.id IS NOT NULL "
		   "OR b.customer_id = w.customer_id AND b.builder_id = w.builder_id, false), "
		   "coalesce($6 IS NULL OR m.id IS NOT NULL, false), "
		   "coalesce(w.with_admin, false) OR m.id IS NOT NULL "
		   "OR EXISTS (SELECT FROM realty.bookings x WHERE x.customer_id = w.customer_id "
		   "AND x.builder_id = w.builder_id) "
		   "OR EXISTS (SELECT FROM realty.appointments x "
		   "WHERE x.customer_id = w.customer_id AND x.builder_id = w.builder_id) "
		   "OR coalesce(w.by_customer AND p.builder_id = w.builder_id, false) "
		   "OR EXISTS (SELECT FROM realty.messages x WHERE x.sender_id = $2 "
		   "AND x.recipient_id = $1) "
		   "FROM (VALUES ($1, $2)) a (sender_id, recipient_id) "
		   "LEFT JOIN realty.users s ON s.id = a.sender_id "
		   "LEFT JOIN realty.users r ON r.id = a.recipient_id "
		   "CROSS JOIN LATERAL (SELECT s.user_type = 'admin' OR r.user_type = 'admin' "
		   "AND (r.id = realty.setting('support_user_id')::bigint "
		   "OR EXISTS (SELECT FROM realty.messages x WHERE x.sender_id = r.id "
		   "AND x.recipient_id = s.id)) AS with_admin, "
		   "s.user_type = 'customer' AS by_customer, "
		   "(SELECT c.id FROM realty.customers c WHERE c.user_id IN (s.id, r.id) "
		   "ORDER BY c.user_id = s.id DESC LIMIT 1) AS customer_id, "
		   "(SELECT d.id FROM realty.builders d WHERE d.user_id IN (s.id, r.id) "
		   "ORDER BY d.user_id = s.id DESC LIMIT 1) AS builder_id) w "
		   "LEFT JOIN realty.messages m ON m.id = $6 AND "
		   "(m.sender_id = $1 AND m.recipient_id = $2 "
		   "OR m.sender_id = $2 AND m.recipient_id = $1) "
		   "LEFT JOIN realty.messages root ON root.id = coalesce(m.parent_id, m.id) "
		   "CROSS JOIN LATERAL (SELECT coalesce($5, root.booking_id) AS booking_id) k "
		   "LEFT JOIN realty.bookings b ON b.id = k.booking_id "
		   "CROSS JOIN LATERAL (SELECT k.booking_id, "
		   "coalesce($4, b.unit_id, root.unit_id) AS unit_id) l "
		   "LEFT JOIN realty.units u ON u.id = l.unit_id "
		   "CROSS JOIN LATERAL (SELECT l.booking_id, l.unit_id, "
		   "coalesce($3, u.project_id, root.project_id) AS project_id) g "
		   "LEFT JOIN realty.projects p ON p.id = g.project_id",
	.nargs = NAMED,
	.types = {INT8OID, INT8OID, INT8OID, INT8OID, INT8OID, INT8OID},
};

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"id", INT8OID},        {"sender_id", INT8OID}, {"recipient_id", INT8OID},
	{"parent_id", INT8OID}, {"subject", TEXTOID},   {"body", TEXTOID},
};

static RealtyStatement notify_recipients = {
	.sql = REALTY_NOTIFY_SQL(
		"SELECT 'message_received' AS kind, 'recipient' AS audience, "
		"n.recipient_id AS user_id, "
		"jsonb_build_object('sender', s.full_name, 'subject', coalesce(n.subject, ''), "
		"'text', left(n.body, 200) || CASE WHEN length(n.body) > 200 THEN '…' ELSE '' "
		"END) AS facts, "
		"jsonb_build_object('message_id', n.id, 'thread_id', coalesce(n.parent_id, "
		"n.id), "
		"'sender_id', n.sender_id) AS data "
		"FROM new_rows n JOIN realty.users s ON s.id = n.sender_id"),
};

static RealtyStatement hide_message = {
	.sql = "UPDATE realty.messages m SET "
		   "sender_deleted_at = CASE WHEN m.sender_id = i.id THEN statement_timestamp() "
		   "ELSE m.sender_deleted_at END, "
		   "recipient_deleted_at = CASE WHEN m.recipient_id = i.id "
		   "THEN statement_timestamp() ELSE m.recipient_deleted_at END "
		   "FROM (SELECT realty.user_id() AS id) i WHERE m.id = $1 AND "
		   "(m.sender_id = i.id AND m.sender_deleted_at IS NULL "
		   "OR m.recipient_id = i.id AND m.recipient_deleted_at IS NULL) RETURNING m.id",
	.nargs = 1,
	.types = {INT8OID},
};

static void
fill(Row *row, const char *column, int answer)
{
	bool isnull;
	int64 value = DatumGetInt64(realty_result(answer, INT8OID, &isnull));

	if (!isnull && value != realty_row_bigint(row, column))
		realty_row_set(row, column, INT8OID, Int64GetDatum(value));
}

/* Adds the violations of what is named, and fills in what is not. */
static bool
look_at_names(Row *row, Violations *violations)
{
	static const struct
	{
		int answer;
		const char *field;
		const char *message;
	} rules[] = {
		{KNOWS_PROJECT, "project_id", "names no project of the builder"},
		{KNOWS_UNIT, "unit_id", "names no unit of the project or booking"},
		{KNOWS_BOOKING, "booking_id", "names no booking of the two"},
		{KNOWS_PARENT, "parent_id", "names no message between the two"},
	};
	Datum values[NAMED];
	char nulls[NAMED + 1] = "";
	bool isnull;

	for (size_t i = 0; i < NAMED; i++)
	{
		values[i] = realty_row_datum(row, named[i], INT8OID, &isnull);
		nulls[i] = isnull ? 'n' : ' ';
	}
	realty_execute(&check_names, values, nulls, false, 1);
	for (size_t i = 0; i < lengthof(rules); i++)
		if (!realty_result_bool(rules[i].answer))
			realty_violations_add(violations, rules[i].field, rules[i].message);
	if (violations->count == 0)
	{
		fill(row, "project_id", GIVEN_PROJECT);
		fill(row, "unit_id", GIVEN_UNIT);
		fill(row, "booking_id", GIVEN_BOOKING);
		fill(row, "parent_id", GIVEN_PARENT);
	}
	return realty_result_bool(HAS_REASON);
}

static void
guard_insert(TriggerData *data, Row *row)
{
	bool privileged = realty_is_privileged();
	OwnerSql sql;
	Violations violations;
	bool has_reason;
	bool has_recipient;
	bool has_sender;

	realty_violations_init(&violations);
	realty_owner_sql_begin(&sql);
	has_reason = look_at_names(row, &violations);
	has_recipient = realty_result_bool(HAS_RECIPIENT);
	has_sender = !realty_user_is_erased(realty_row_bigint(row, "sender_id"));
	realty_owner_sql_end(&sql);
	if (!has_recipient && has_reason && !realty_row_is_null(row, "recipient_id"))
		realty_violations_add(&violations, "recipient_id",
							  "names no account that can read messages");
	if (!has_sender)
		realty_violations_add(&violations, "sender_id",
							  "names an account that was deleted");
	realty_validate_tuple(data->tg_relation, row->tuple, NIL, false, &violations);
	realty_violations_raise(&violations);
	if (!privileged && !has_reason)
		ereport(ERROR,
				(realty_errcode(REALTY_FORBIDDEN),
				 errmsg("you have no reason to write to this account"),
				 errdetail("Messages need a common booking or appointment. Customers may "
						   "also write to the builder of a project that they name, and "
						   "every user to the site's support."),
				 errhint("Name the project in project_id.")));
}

/* The recipient says that it is read, not when; the first time counts. */
static void
guard_update(TriggerData *data, Row *row)
{
	static const char *const fixed[] = {"sender_id", "recipient_id", "parent_id", NULL};
	Row old_row;

	realty_row_old(&old_row, data);
	realty_row_refuse_changed(&old_row, row, fixed);
	if (realty_is_privileged() || realty_row_is_null(row, "read_at"))
		return;
	if (realty_row_is_null(&old_row, "read_at"))
		realty_row_set(row, "read_at", TIMESTAMPTZOID,
					   TimestampTzGetDatum(GetCurrentStatementStartTimestamp()));
	else
		realty_row_set(row, "read_at", TIMESTAMPTZOID,
					   realty_row_required(&old_row, "read_at", TIMESTAMPTZOID));
}

/* Trigger BEFORE INSERT OR UPDATE, each row; the first of its table. */
Datum
realty_messages_guard(PG_FUNCTION_ARGS)
{
	return realty_row_guard(fcinfo, "realty.messages_guard", guard_insert, guard_update,
							NULL);
}

/* Trigger AFTER INSERT, each statement. */
Datum
realty_messages_notify(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.messages_notify");

	realty_statement_rows_run(data, columns, lengthof(columns), &notify_recipients);
	return PointerGetDatum(NULL);
}

/* realty.hide_message(message_id bigint) → bigint, null when there is none to hide. */
Datum
realty_hide_message(PG_FUNCTION_ARGS)
{
	Datum message_id = PG_GETARG_DATUM(0);

	if (realty_owner_execute(&hide_message, &message_id, NULL) == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(message_id);
}
