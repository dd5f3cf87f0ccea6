/*
 * booking_lock.c
 *		The booking behind a payment or a change request, its row locked.
 *
 * Order of locks: change request, booking, payment, receipt counter. A transaction
 * that holds a payment already must not wait here (see payment.c).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"

#include "domain/booking_lock.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"

#define FACTS                                                                            \
	"SELECT b.booking_number, b.status, b.status = 'expired' OR coalesce(b.status = "    \
	"'pending' AND b.hold_expires_at <= statement_timestamp(), false), "                 \
	"coalesce(w.is_admin OR b.builder_id = realty.builder_id(), false), "                \
	"coalesce(w.is_admin OR b.customer_id = realty.customer_id(), false), "              \
	"b.unit_id, b.customer_id FROM realty.bookings b, "                                  \
	"(SELECT coalesce(realty.user_type() = 'admin', false) AS is_admin) w "              \
	"WHERE b.id = $1 FOR NO KEY UPDATE OF b"

static RealtyStatement wait_for_it = {
	.sql = FACTS,
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement take_if_free = {
	.sql = FACTS " SKIP LOCKED",
	.nargs = 1,
	.types = {INT8OID},
};

bool
realty_booking_lock(int64 booking_id, bool wait, LockedBooking *booking)
{
	Datum id = Int64GetDatum(booking_id);
	OwnerSql sql;
	bool found;

	realty_owner_sql_begin(&sql);
	realty_execute(wait ? &wait_for_it : &take_if_free, &id, NULL, false, 1);
	found = SPI_processed > 0;
	if (found)
	{
		booking->number = realty_owner_sql_text(&sql, 1);
		booking->status = realty_owner_sql_text(&sql, 2);
		booking->is_lapsed = DatumGetBool(realty_result_required(3, BOOLOID));
		booking->is_builders = DatumGetBool(realty_result_required(4, BOOLOID));
		booking->is_customers = DatumGetBool(realty_result_required(5, BOOLOID));
		booking->unit_id = DatumGetInt64(realty_result_required(6, INT8OID));
		booking->customer_id = DatumGetInt64(realty_result_required(7, INT8OID));
	}
	realty_owner_sql_end(&sql);
	return found;
}

void
realty_booking_check_open(const LockedBooking *booking)
{
	if (booking->is_lapsed)
		ereport(ERROR, (realty_errcode(REALTY_HOLD_EXPIRED),
						errmsg("the hold of booking %s has expired", booking->number),
						errhint("Book the unit again. What was paid is refunded when "
								"this booking is expired or cancelled.")));
	if (strcmp(booking->status, "cancelled") == 0)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("booking %s is cancelled", booking->number)));
}
