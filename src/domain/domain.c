/*
 * domain.c
 *		The domain's entrance, and the one trigger that every table shares.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "domain/audit.h"
#include "domain/booking.h"
#include "domain/domain.h"
#include "domain/row.h"
#include "domain/validate.h"
#include "platform/errors.h"

PG_FUNCTION_INFO_V1(realty_touch);
PG_FUNCTION_INFO_V1(realty_found);
PG_FUNCTION_INFO_V1(realty_refuse_unless);

void
realty_domain_init(void)
{
	realty_booking_init();
	realty_validate_init();
	realty_audit_init();
}

/* Trigger BEFORE UPDATE, each row: updated_at is the transaction's time. */
Datum
realty_touch(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.touch");
	Row row;

	realty_row_new(&row, data);
	realty_row_set(&row, "updated_at",
				   TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()));
	return PointerGetDatum(realty_row_result(&row));
}

/* realty.found(anyelement): its argument, or PT404 when that is null. */
Datum
realty_found(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(realty_errcode(REALTY_NOT_FOUND), errmsg("not found"),
				 errdetail("There is no such row, or it is not yours to know of.")));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* realty.refuse_unless(holds boolean, message text, hint text): PT409 when it does not.
 */
Datum
realty_refuse_unless(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || !PG_GETARG_BOOL(0))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("%s", text_to_cstring(PG_GETARG_TEXT_PP(1))),
						errhint("%s", text_to_cstring(PG_GETARG_TEXT_PP(2)))));
	PG_RETURN_VOID();
}
