/*
 * locking.c
 *		Taking the locks in their order before a row is changed.
 *
 * The functions of api change the status of a row through here: booking first, then
 * the row, so that they wait for each other instead of failing, and the second of
 * two equal changes is refused (PT409) and not made once more.
 *
 * They lock as the owner: a look through the views has shown before that the caller
 * sees the row; whether the caller may change it the state machine says.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "domain/transition.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"

PG_FUNCTION_INFO_V1(realty_lock_booking);
PG_FUNCTION_INFO_V1(realty_lock_payment);
PG_FUNCTION_INFO_V1(realty_begin_transition);

static RealtyStatement lock_booking = {
	.sql = "SELECT b.id FROM realty.bookings b WHERE b.id = $1 FOR NO KEY UPDATE",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement lock_booking_of = {
	.sql = "SELECT b.id FROM realty.bookings b WHERE b.id = "
		   "(SELECT p.booking_id FROM realty.payments p WHERE p.id = $1) "
		   "FOR NO KEY UPDATE",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement lock_payment = {
	.sql = "SELECT CASE p.kind WHEN 'refund' THEN 'refunds' ELSE 'payments' END, "
		   "p.status FROM realty.payments p WHERE p.id = $1 FOR NO KEY UPDATE",
	.nargs = 1,
	.types = {INT8OID},
};

static RealtyStatement lock_change_request = {
	.sql = "SELECT 'change_requests', c.status FROM realty.change_requests c "
		   "WHERE c.id = $1 FOR NO KEY UPDATE",
	.nargs = 1,
	.types = {INT8OID},
};

/* realty.lock_booking(booking_id bigint) → void */
Datum
realty_lock_booking(PG_FUNCTION_ARGS)
{
	Datum id = PG_GETARG_DATUM(0);

	realty_owner_execute(&lock_booking, &id, NULL);
	PG_RETURN_VOID();
}

/* realty.lock_payment(payment_id bigint) → void: its booking, then itself. */
Datum
realty_lock_payment(PG_FUNCTION_ARGS)
{
	Datum id = PG_GETARG_DATUM(0);

	realty_owner_execute(&lock_booking_of, &id, NULL);
	realty_owner_execute(&lock_payment, &id, NULL);
	PG_RETURN_VOID();
}

/*
 * realty.begin_transition(entity text, id bigint, to_status text) → void
 *
 * Locks the row, and refuses a change of status that is none or not the caller's.
 */
Datum
realty_begin_transition(PG_FUNCTION_ARGS)
{
	bool is_payment = strcmp(text_to_cstring(PG_GETARG_TEXT_PP(0)), "payments") == 0;
	Datum id = PG_GETARG_DATUM(1);
	char *entity = NULL;
	char *from = NULL;
	OwnerSql sql;

	realty_owner_sql_begin(&sql);
	if (is_payment)
		realty_execute(&lock_booking_of, &id, NULL, false, 1);
	realty_execute(is_payment ? &lock_payment : &lock_change_request, &id, NULL, false,
				   1);
	if (SPI_processed > 0)
	{
		entity = realty_owner_sql_text(&sql, 1);
		from = realty_owner_sql_text(&sql, 2);
	}
	realty_owner_sql_end(&sql);
	if (entity == NULL) /* deleted while we waited */
		ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND), errmsg("not found")));
	realty_transition_check(entity, from, text_to_cstring(PG_GETARG_TEXT_PP(2)));
	PG_RETURN_VOID();
}
