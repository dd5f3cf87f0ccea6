/*
 * payment_reference.c
 *		A transfer is recorded once: among a builder's payments by one method that are not
 *		rejected, a reference belongs to one booking.
 *
 * No unique index says that: instalments of one booking may share a transfer. So each
 * reference in use has a row in realty.payment_references that names its booking, and
 * that table's primary key decides between two transactions at once: the second waits
 * for the first and then sees whose it is. Payments of one booking are changed under the
 * booking's lock (payment.c), so the last of them to let go of a reference knows that.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "domain/row.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_payments_reference);

/* An UPDATE that changes nothing: it locks the row and returns what is committed. */
static RealtyStatement claim = {
	.sql = "INSERT INTO realty.payment_references AS r "
		   "(builder_id, method, reference_key, booking_id) "
		   "SELECT b.builder_id, $2, $3, b.id FROM realty.bookings b WHERE b.id = $1 "
		   "ON CONFLICT (builder_id, method, reference_key) "
		   "DO UPDATE SET booking_id = r.booking_id RETURNING r.booking_id = $1",
	.nargs = 3,
	.types = {INT8OID, TEXTOID, TEXTOID},
};

static RealtyStatement release = {
	.sql = "DELETE FROM realty.payment_references r USING realty.bookings b "
		   "WHERE b.id = $1 AND r.builder_id = b.builder_id AND r.booking_id = b.id "
		   "AND r.method = $2 AND r.reference_key = $3 AND NOT EXISTS ("
		   "SELECT FROM realty.payments p WHERE p.booking_id = $1 "
		   "AND coalesce(p.method, '') = $2 AND p.reference_key = $3 "
		   "AND p.status <> 'failed')",
	.nargs = 3,
	.types = {INT8OID, TEXTOID, TEXTOID},
};

/* booking, method, key; false when the payment holds no reference. */
static bool
reference_of(const Row *row, Datum values[3])
{
	char *key = realty_row_text(row, "reference_key");
	char *method = realty_row_text(row, "method");
	char *status = realty_row_text(row, "status");

	if (key == NULL || (status != NULL && strcmp(status, "failed") == 0))
		return false;
	values[0] = Int64GetDatum(realty_row_bigint(row, "booking_id"));
	values[1] = CStringGetTextDatum(method ? method : "");
	values[2] = CStringGetTextDatum(key);
	return true;
}

static void
claim_reference(const Row *row)
{
	Datum values[3];

	if (reference_of(row, values) && !realty_owner_ask(&claim, values))
		ereport(ERROR, (realty_errcode(REALTY_DUPLICATE),
						errmsg("this transaction reference is already recorded"),
						errdetail("Each transaction is recorded once: %s.",
								  realty_row_text(row, "transaction_reference"))));
}

static void
release_reference(const Row *row)
{
	Datum values[3];

	if (reference_of(row, values))
		realty_owner_execute_latest(&release, values);
}

/*
 * Trigger AFTER INSERT, UPDATE or DELETE, each row in which the reference, its method or
 * whether it counts is new.
 */
Datum
realty_payments_reference(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.payments_reference");
	Row row;

	if (!TRIGGER_FIRED_BY_INSERT(data->tg_event))
	{
		realty_row_old(&row, data);
		release_reference(&row);
	}
	if (!TRIGGER_FIRED_BY_DELETE(data->tg_event))
	{
		realty_row_new(&row, data);
		claim_reference(&row);
	}
	return PointerGetDatum(NULL);
}
