/*
 * payment_receipt.c
 *		Receipt numbers: without a gap per builder and financial year.
 *
 * A sequence would leave gaps, so each builder and year has one row that is locked
 * until the transaction ends. It is taken when all other work of the statement is
 * done; a builder's confirmations wait for each other only from there to the commit.
 *
 * The year is that of paid_at in the builder's time zone, from the month that the site
 * says (setting financial_year_start_month).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "domain/row.h"
#include "platform/statement_rows.h"

PG_FUNCTION_INFO_V1(realty_payments_receipts);

/* What is read of the rows that fired the trigger. */
static const StatementColumn columns[] = {
	{"id", INT8OID},     {"booking_id", INT8OID},     {"kind", TEXTOID},
	{"status", TEXTOID}, {"paid_at", TIMESTAMPTZOID},
};

static RealtyStatement any_without_receipt = {
	.sql = "SELECT 1 FROM changed_rows n "
		   "WHERE n.status = 'paid' AND n.old_status <> 'paid' AND n.kind <> 'refund'",
};

static RealtyStatement give_numbers = {
	.sql =
		"WITH start AS MATERIALIZED (SELECT realty.setting('financial_year_start_month')"
		"::integer AS month), "
		"fresh AS (SELECT n.id, b.builder_id, n.paid_at, to_char(y.first, 'YYYY') || "
		"CASE WHEN s.month > 1 THEN to_char(y.first + interval '1 year', '-YY') "
		"ELSE '' END AS year "
		"FROM changed_rows n "
		"JOIN realty.bookings b ON b.id = n.booking_id "
		"JOIN realty.builders d ON d.id = b.builder_id, start s, "
		"LATERAL (SELECT n.paid_at AT TIME ZONE d.time_zone - make_interval(months => "
		"s.month "
		"- "
		"1) "
		"AS first) y "
		"WHERE n.status = 'paid' AND n.old_status <> 'paid' AND n.kind <> 'refund'), "
		"counted AS (INSERT INTO realty.receipt_counters AS c "
		"(builder_id, financial_year, last_number) "
		"SELECT builder_id, year, count(*) FROM fresh GROUP BY builder_id, year "
		"ORDER BY builder_id, year ON CONFLICT (builder_id, financial_year) "
		"DO UPDATE SET last_number = c.last_number + excluded.last_number "
		"RETURNING builder_id, financial_year, last_number), "
		"numbered AS (SELECT f.id, f.builder_id, f.year, (c.last_number - count(*) OVER "
		"w "
		"+ row_number() OVER (PARTITION BY f.builder_id, f.year ORDER BY f.paid_at, f.id)"
		")::text AS number FROM fresh f JOIN counted c ON c.builder_id = f.builder_id "
		"AND c.financial_year = f.year WINDOW w AS (PARTITION BY f.builder_id, f.year)) "
		"UPDATE realty.payments p SET receipt_number = format('R%s-%s-%s', n.builder_id, "
		"n.year, lpad(n.number, greatest(5, length(n.number)), '0')) "
		"FROM numbered n WHERE p.id = n.id",
};

/* Trigger AFTER UPDATE, each statement; after the sums, before the notifications. */
Datum
realty_payments_receipts(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.payments_receipts");
	StatementRows rows;

	if (!realty_trigger_has_rows(data))
		return PointerGetDatum(NULL);
	realty_statement_changes(&rows, data, columns, lengthof(columns));
	realty_execute(&any_without_receipt, NULL, NULL, false, 1);
	if (SPI_processed > 0)
		realty_execute(&give_numbers, NULL, NULL, false, 0);
	realty_statement_rows_end(&rows);
	return PointerGetDatum(NULL);
}
