/*
 * domain.c
 *		The domain's entrance, and the one trigger that every table shares.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "domain/appointment/appointment.h"
#include "domain/audit.h"
#include "domain/booking/booking.h"
#include "domain/domain.h"
#include "domain/project/project.h"
#include "domain/row.h"
#include "platform/error_codes.h"
#include "platform/jsonb_member.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_touch);
PG_FUNCTION_INFO_V1(realty_found);
PG_FUNCTION_INFO_V1(realty_refuse_faults);
PG_FUNCTION_INFO_V1(realty_is_time_zone);
PG_FUNCTION_INFO_V1(realty_refuse_unless);

void
realty_domain_init(void)
{
	realty_booking_init();
	realty_appointment_init();
	realty_project_init();
	realty_audit_init();
}

/* Trigger BEFORE UPDATE, each row: updated_at is the transaction's time. */
Datum
realty_touch(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.touch");
	Row row;

	realty_row_new(&row, data);
	realty_row_set(&row, "updated_at", TIMESTAMPTZOID,
				   TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()));
	return PointerGetDatum(realty_row_result(&row));
}

/* realty.found(anyelement): its argument, or PT404 when that is null. */
Datum
realty_found(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND), errmsg("not found"),
						errdetail("There is no such row, or you may not see it.")));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

static const char *
text_or(FunctionCallInfo fcinfo, int at, const char *otherwise)
{
	return PG_ARGISNULL(at) ? otherwise : text_to_cstring(PG_GETARG_TEXT_PP(at));
}

/* realty.refuse_unless(holds boolean, message text, hint text): PT409 when it does not.
 */
Datum
realty_refuse_unless(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || !PG_GETARG_BOOL(0))
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("%s", text_or(fcinfo, 1, "this is not possible now")),
						PG_ARGISNULL(2) ? 0 : errhint("%s", text_or(fcinfo, 2, ""))));
	PG_RETURN_VOID();
}

/*
 * realty.refuse_faults(jsonb) → void: PT422 with these violations, unless there are
 * none.
 */
Datum
realty_refuse_faults(PG_FUNCTION_ARGS)
{
	Jsonb *list = PG_GETARG_JSONB_P(0);
	Violations violations;

	realty_violations_init(&violations);
	for (uint32 i = 0; JB_ROOT_IS_ARRAY(list) && i < JB_ROOT_COUNT(list); i++)
	{
		JsonbContainer *violation =
			realty_jsonb_object(getIthJsonbValueFromContainer(&list->root, i));
		char *field = realty_jsonb_text(violation, "field");
		char *message = realty_jsonb_text(violation, "message");

		CHECK_FOR_INTERRUPTS();
		realty_violations_add(&violations, field ? field : "", message ? message : "");
	}
	realty_violations_raise(&violations);
	PG_RETURN_VOID();
}

/* Etc/GMT+5 and its like: no other name has digits, and POSIX rules do. */
static bool
is_fixed_offset(const char *name)
{
	const char *offset = name + strlen("Etc/GMT+");

	return strncmp(name, "Etc/GMT", strlen("Etc/GMT")) == 0 && strlen(name) >= 9 &&
		   strchr("+-", name[7]) != NULL &&
		   strspn(offset, "0123456789") == strlen(offset) && atoi(offset) <= 14;
}

/* Area/Place, or UTC; posix/ and right/ are copies of the whole database. */
static bool
is_named_by_area(const char *name)
{
	return strcmp(name, "UTC") == 0 ||
		   (strchr(name, '/') != NULL && strncmp(name, "posix/", strlen("posix/")) != 0 &&
			strncmp(name, "right/", strlen("right/")) != 0);
}

/*
 * The server would also take POSIX rules ("India-5:30"), which know no daylight saving
 * and mean the opposite of what they seem to, and files beside the zones: "localtime" is
 * whatever the host has, "Factory" is none. What has an area is a place's clock, as
 * spelt in the database, so that every browser knows it, too.
 */
bool
realty_time_zone_is_known(const char *name)
{
	pg_tz *zone;

	if (!is_named_by_area(name) ||
		(name[strcspn(name, "0123456789")] != '\0' && !is_fixed_offset(name)))
		return false;
	zone = pg_tzset(name);
	return zone != NULL && pg_tz_acceptable(zone) &&
		   strcmp(pg_get_timezone_name(zone), name) == 0;
}

/* realty.is_time_zone(text) → boolean: a name of the time zone database */
Datum
realty_is_time_zone(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(realty_time_zone_is_known(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}
