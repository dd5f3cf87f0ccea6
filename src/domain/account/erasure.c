/*
 * erasure.c
 *		Taking a person out of an account, and out of all that refers to it.
 *
 * What goes and what stays is the table of docs/erasure.md, column by column; a
 * test compares that table with the catalog and looks for the person in every row
 * afterwards (sql/erasure.sql). The account's row stays, as do bookings, payments
 * and the lines of the audit log: they refer to it by number.
 *
 * There are two parts. What has to follow the rules, or is notified to others, is
 * done by plain statements: the account is closed, coming visits are cancelled.
 * What only removes text from rows is done as a replica would, without triggers: a
 * guard would refuse the change of a message or of a booking that is over, and the
 * audit log would record what is being erased.
 *
 * All rows of a customer are found by an index on the account, or on its
 * counterparts: the cost of an erasure depends on what belongs to the account.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "domain/account/erasure.h"
#include "domain/current_user.h"
#include "domain/row.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_erase_user);
PG_FUNCTION_INFO_V1(realty_users_delete_begins);

#define OF_USER(statement)                                                               \
	{                                                                                    \
		.sql = (statement), .nargs = 1, .types = { INT8OID }                             \
	}

static RealtyStatement shut =
	OF_USER("UPDATE realty.users SET is_active = false, is_verified = false, "
			"email = 'deleted-' || id || '@anonymised.invalid', "
			"full_name = 'Deleted account', phone = NULL, last_login_at = NULL, "
			"extra = '{}', anonymised_at = statement_timestamp() "
			"WHERE id = $1 AND anonymised_at IS NULL");

/*
 * A sale under way and money on its way need a party to speak with, on either side;
 * and so does a coming visit.
 */
#define OPEN_BOOKINGS(profiles, column)                                                  \
	"SELECT 'booking_id' AS field, b.id, 'booking ' || b.booking_number || "             \
	"CASE WHEN b.status = 'confirmed' OR b.status = 'pending' AND "                      \
	"coalesce(b.hold_expires_at > statement_timestamp(), true) "                         \
	"THEN ' is ' || b.status "                                                           \
	"WHEN b.refunding_amount > 0 THEN ' has a refund open' "                             \
	"WHEN b.scheduled_amount > 0 THEN ' has a payment open' "                            \
	"WHEN b.status = 'completed' AND b.paid_amount < b.total_amount - b.discount "       \
	"THEN ' has something owed' END AS message "                                         \
	"FROM realty." profiles " p JOIN realty.bookings b ON b." column " = p.id "          \
	"WHERE p.user_id = $1"

#define OPEN_VISITS                                                                      \
	"SELECT 'appointment_id', a.id, 'appointment ' || a.id || ' is ' || a.status "       \
	"FROM realty.builders p JOIN realty.appointments a ON a.builder_id = p.id "          \
	"WHERE p.user_id = $1 AND a.status IN ('requested', 'confirmed') "                   \
	"AND a.ends_at > statement_timestamp()"

#define OPEN_OF_CUSTOMER OPEN_BOOKINGS("customers", "customer_id")
#define OPEN_OF_BUILDER OPEN_BOOKINGS("builders", "builder_id")

/* The first hundred are named. */
static RealtyStatement what_stands_in_the_way = OF_USER(
	"SELECT count(*) FILTER (WHERE o.field = 'booking_id'), "
	"count(*) FILTER (WHERE o.field = 'appointment_id'), "
	"jsonb_agg(jsonb_build_object('field', o.field, 'message', o.message) ORDER BY o.n) "
	"FILTER (WHERE o.n <= 100)::text FROM (SELECT x.field, x.message, "
	"row_number() OVER (ORDER BY x.field DESC, x.id) AS n FROM (" OPEN_OF_CUSTOMER
	" UNION ALL " OPEN_OF_BUILDER " UNION ALL " OPEN_VISITS ") x "
	"WHERE x.message IS NOT NULL) o HAVING count(*) > 0");

/* By now the account has no name: notifications speak of a deleted account. */
static RealtyStatement cancel_visits = OF_USER(
	"UPDATE realty.appointments SET status = 'cancelled', "
	"cancellation_reason = 'the account was deleted' "
	"WHERE customer_id IN (SELECT c.id FROM realty.customers c WHERE c.user_id = $1) "
	"AND status IN ('requested', 'confirmed') "
	"AND starts_at > statement_timestamp()");

/* With the rules: what is listed in public follows by its triggers. */
static RealtyStatement removals[] = {
	OF_USER("UPDATE realty.customers SET address = NULL, city = NULL, state = NULL, "
			"budget_min = NULL, budget_max = NULL, preferences = '{}', extra = '{}', "
			"private = '{}' "
			"WHERE user_id = $1"),
	OF_USER("UPDATE realty.builders SET address = NULL, website = NULL, "
			"description = NULL, logo_url = NULL, extra = '{}', private = '{}', "
			"is_verified = false WHERE user_id = $1"),
	/* They stay until they are swept: their tokens are refused as those of a closed
	   account. */
	OF_USER("UPDATE realty.sessions SET revoked_reason = 'account deleted', "
			"user_agent = NULL, client = NULL WHERE user_id = $1"),
	OF_USER("DELETE FROM realty.refresh_tokens WHERE session_id IN "
			"(SELECT s.id FROM realty.sessions s WHERE s.user_id = $1)"),
	OF_USER("DELETE FROM realty.user_credentials WHERE user_id = $1"),
	OF_USER("DELETE FROM realty.password_resets WHERE user_id = $1"),
	OF_USER("DELETE FROM realty.outbox WHERE user_id = $1"),
	OF_USER("DELETE FROM realty.notifications WHERE user_id = $1"),
	OF_USER("DELETE FROM realty.idempotency_keys WHERE user_id = $1"),
};

#define BOOKINGS_OF_CUSTOMER                                                             \
	"(SELECT b.id FROM realty.bookings b JOIN realty.customers c ON c.id = "             \
	"b.customer_id WHERE c.user_id = $1)"
#define APPOINTMENTS_OF_CUSTOMER                                                         \
	"(SELECT a.id FROM realty.appointments a JOIN realty.customers c ON c.id = "         \
	"a.customer_id WHERE c.user_id = $1)"

/* Accounts whose notifications and kept answers may speak of the person. */
#define COUNTERPARTS                                                                     \
	"(SELECT d.user_id FROM realty.bookings b "                                          \
	"JOIN realty.customers c ON c.id = b.customer_id "                                   \
	"JOIN realty.builders d ON d.id = b.builder_id WHERE c.user_id = $1 "                \
	"UNION SELECT d.user_id FROM realty.appointments a "                                 \
	"JOIN realty.customers c ON c.id = a.customer_id "                                   \
	"JOIN realty.builders d ON d.id = a.builder_id WHERE c.user_id = $1 "                \
	"UNION SELECT m.recipient_id FROM realty.messages m WHERE m.sender_id = $1 "         \
	"UNION SELECT m.sender_id FROM realty.messages m WHERE m.recipient_id = $1 "         \
	"UNION SELECT a.id FROM realty.users a WHERE a.user_type = 'admin')"

#define WORDS_OF_AUDIT                                                                   \
	"'{email,email_key,full_name,phone,phone_e164,last_login_at,address,website,"        \
	"description,logo_url,preferences,budget_min,budget_max,extra,private,notes,note,"   \
	"internal_note,cancellation_reason,override_reason,reason,title,decision_note}"      \
	"'::text[]"

/* As a replica: only words go, no rule has to look at it. */
static RealtyStatement words[] = {
	OF_USER("UPDATE realty.bookings SET notes = NULL, cancellation_reason = NULL, "
			"override_reason = NULL, internal_note = NULL, private = '{}', "
			"extra = '{}' WHERE id IN " BOOKINGS_OF_CUSTOMER),
	OF_USER("UPDATE realty.payments SET note = NULL, extra = '{}' "
			"WHERE booking_id IN " BOOKINGS_OF_CUSTOMER),
	OF_USER("UPDATE realty.change_requests SET title = 'Change', description = NULL, "
			"decision_note = NULL, extra = '{}' "
			"WHERE booking_id IN " BOOKINGS_OF_CUSTOMER),
	OF_USER("UPDATE realty.appointments SET notes = NULL, location = NULL, "
			"cancellation_reason = NULL, extra = '{}' "
			"WHERE id IN " APPOINTMENTS_OF_CUSTOMER),
	OF_USER("UPDATE realty.messages SET subject = NULL, body = '(deleted)', "
			"attachments = '[]', extra = '{}' WHERE sender_id = $1"),
	/* What kind it was and what it refers to stay. */
	OF_USER("UPDATE realty.notifications n SET "
			"title = initcap(left(n.kind, 1)) || replace(substr(n.kind, 2), '_', ' '), "
			"body = NULL, extra = '{}' "
			"WHERE n.user_id IN " COUNTERPARTS " AND (n.data ->> 'sender_id' = $1::text "
			"OR n.data ->> 'booking_id' IN (SELECT o.id::text FROM realty.bookings o "
			"WHERE o.id IN " BOOKINGS_OF_CUSTOMER ") "
			"OR n.data ->> 'appointment_id' IN (SELECT o.id::text FROM "
			"realty.appointments o WHERE o.id IN " APPOINTMENTS_OF_CUSTOMER "))"),
	/* A retry still finds that it was done, and how it ended. */
	OF_USER("UPDATE realty.idempotency_keys k SET headers = '{}', "
			"body = '{\"success\":true,\"data\":{}}' WHERE k.user_id IN " COUNTERPARTS
			" AND k.body ~ concat('\"(user_id|sender_id|recipient_id)\": ?', $1, "
			"'\\D|\"customer_id\": ?', coalesce((SELECT c.id FROM realty.customers c "
			"WHERE c.user_id = $1), 0), "
			"'\\D|\"booking_id\": ?(', coalesce((SELECT string_agg(o.id::text, '|') "
			"FROM realty.bookings o WHERE o.id IN " BOOKINGS_OF_CUSTOMER
			"), '0'), ')\\D')"),
	/* A client's own request id, in lines whose images are not about the person. */
	OF_USER("UPDATE realty.audit_log l SET request_id = NULL WHERE l.user_id = $1 "
			"AND (l.table_name = 'system_settings' OR l.table_name = 'units' "
			"AND l.row_id IN (SELECT o.unit_id::text FROM realty.bookings o "
			"WHERE o.id IN " BOOKINGS_OF_CUSTOMER "))"),
	/* A builder's and an administrator's lines are found by no index, and seldom wanted.
	 */
	OF_USER("UPDATE realty.audit_log l SET request_id = NULL WHERE l.user_id = $1 "
			"AND l.request_id IS NOT NULL AND NOT (SELECT u.user_type = 'customer' "
			"FROM realty.users u WHERE u.id = $1)"),
	OF_USER("UPDATE realty.audit_log l SET old_row = l.old_row - " WORDS_OF_AUDIT
			", new_row = l.new_row - " WORDS_OF_AUDIT ", request_id = CASE WHEN "
			"l.user_id <> $1 THEN l.request_id END "
			"WHERE l.booking_id IN " BOOKINGS_OF_CUSTOMER
			"OR (l.table_name, l.row_id) IN (SELECT 'users', $1::text "
			"UNION ALL SELECT 'customers', c.id::text FROM realty.customers c "
			"WHERE c.user_id = $1 UNION ALL SELECT 'builders', b.id::text "
			"FROM realty.builders b WHERE b.user_id = $1)"),
};

static uint64
run(RealtyStatement *statement, int64 user_id)
{
	Datum value = Int64GetDatum(user_id);

	realty_execute(statement, &value, NULL, false, 0);
	return SPI_processed;
}

/* Not for a user who is signed in: the answer says it. */
static void
report_erasure(int64 user_id, uint64 visits)
{
	ereport(NOTICE, (errmsg("erasing account " INT64_FORMAT "", user_id),
					 errdetail("Personal data is removed from it and from what refers to "
							   "it; its row, bookings, payments and audit entries "
							   "remain. Visits cancelled: " UINT64_FORMAT ".",
							   visits)));
}

/* "2 bookings and 1 appointment" */
static char *
how_many(int64 bookings, int64 visits)
{
	StringInfoData text;

	initStringInfo(&text);
	if (bookings > 0)
		appendStringInfo(&text, INT64_FORMAT " %s", bookings,
						 bookings == 1 ? "booking" : "bookings");
	if (visits > 0)
		appendStringInfo(&text, "%s" INT64_FORMAT " %s", bookings > 0 ? " and " : "",
						 visits, visits == 1 ? "appointment" : "appointments");
	return text.data;
}

static void
refuse_if_anything_is_open(int64 user_id)
{
	Datum value = Int64GetDatum(user_id);

	realty_execute_latest(&what_stands_in_the_way, &value, NULL, 1);
	if (SPI_processed == 0)
		return;
	ereport(ERROR, (realty_errcode(REALTY_STILL_REFERENCED),
					errmsg("this account has %s open",
						   how_many(DatumGetInt64(realty_result_required(1, INT8OID)),
									DatumGetInt64(realty_result_required(2, INT8OID)))),
					errdetail_internal(
						"%s", realty_result_required_text(CurrentMemoryContext, 3)),
					errhint("Cancel or complete them and settle what is owed first.")));
}

static void
erase_account(int64 user_id)
{
	OwnerSql sql;
	uint64 visits;
	int nest_level;

	realty_owner_sql_begin(&sql);
	refuse_if_anything_is_open(user_id);
	if (run(&shut, user_id) == 0)
	{
		realty_owner_sql_end(&sql);
		return;
	}
	/* its units have left the market, after a booking of one of them that was under way
	 */
	refuse_if_anything_is_open(user_id);
	visits = run(&cancel_visits, user_id);
	for (size_t i = 0; i < lengthof(removals); i++)
		run(&removals[i], user_id);
	nest_level = realty_become_replica();
	for (size_t i = 0; i < lengthof(words); i++)
		run(&words[i], user_id);
	AtEOXact_GUC(true, nest_level);
	realty_owner_sql_end(&sql);
	if (realty_caller().user_id == 0)
		report_erasure(user_id, visits);
}

/*
 * How many accounts the DELETE that runs has erased. An error of the second one ends
 * the statement, and the next statement starts anew.
 */
static int erased_by_statement = 0;

/* Trigger BEFORE DELETE, each statement, on users. */
Datum
realty_users_delete_begins(PG_FUNCTION_ARGS)
{
	(void)realty_trigger(fcinfo, "realty.users_delete_begins");
	erased_by_statement = 0;
	return PointerGetDatum(NULL);
}

void
realty_erase_deleted(int64 user_id)
{
	if (erased_by_statement++ > 0)
		ereport(
			ERROR,
			(realty_errcode(REALTY_BAD_REQUEST),
			 errmsg("a DELETE erases one account at a time"),
			 errdetail("An account is erased, not removed, and that cannot be undone."),
			 errhint("Name one account in WHERE, or call realty.erase_user(user_id) "
					 "for each.")));
	erase_account(user_id);
}

static RealtyStatement find_user =
	OF_USER("SELECT FROM realty.users u WHERE u.id = $1 FOR UPDATE");

/* realty.erase_user(user_id bigint) → void, for the owner alone */
Datum
realty_erase_user(PG_FUNCTION_ARGS)
{
	int64 user_id = PG_GETARG_INT64(0);
	Datum value = Int64GetDatum(user_id);

	if (realty_owner_execute(&find_user, &value, NULL) == 0)
		ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND),
						errmsg("there is no user " INT64_FORMAT, user_id)));
	erase_account(user_id);
	PG_RETURN_VOID();
}
