/*
 * account.c
 *		Accounts are never deleted: bookings, payments and the audit log name them.
 *
 * DELETE of a user takes the person out of it (erasure.c). The row stays, so nothing that
 * refers to it is left hanging.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/rel.h"

#include "domain/account/erased.h"
#include "domain/account/erasure.h"
#include "domain/current_user.h"
#include "domain/row.h"
#include "domain/validate.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_users_guard);
PG_FUNCTION_INFO_V1(realty_profiles_guard);
PG_FUNCTION_INFO_V1(realty_users_last_admin);

/* An advisory lock of a class that SQL cannot ask for. */
#define LOCK_CLASS_ADMINS 3

/* An erasure is final: the row takes no person in again. */
static void
check_is_not_erased(const Row *old_row, const Row *new_row, Violations *violations)
{
	static const char *const fixed[] = {"email",     "full_name",   "phone",
										"is_active", "is_verified", "anonymised_at",
										"extra"};

	if (realty_row_is_null(old_row, "anonymised_at"))
		return;
	for (size_t i = 0; i < lengthof(fixed); i++)
		if (realty_row_differs(old_row, new_row, fixed[i]))
			realty_violations_add(violations, fixed[i],
								  "cannot be changed, the account was deleted");
}

/* Trigger BEFORE UPDATE OR DELETE, each row. A DELETE is replaced, so it counts 0 rows.
 */
Datum
realty_users_guard(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.users_guard");
	Row old_row;
	Row new_row;
	Violations violations;

	realty_row_old(&old_row, data);
	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
	{
		realty_erase_deleted(realty_row_bigint(&old_row, "id"));
		return PointerGetDatum(NULL);
	}
	realty_row_new(&new_row, data);
	realty_violations_init(&violations);
	if (realty_row_differs(&old_row, &new_row, "user_type"))
		realty_violations_add(&violations, "user_type", "cannot be changed");
	check_is_not_erased(&old_row, &new_row, &violations);
	realty_violations_raise(&violations);
	return PointerGetDatum(new_row.tuple);
}

static RealtyStatement find_active_admin = {
	.sql = "SELECT FROM realty.users u WHERE u.user_type = 'admin' AND u.is_active",
};

/*
 * Statements that end an administrator queue here until each other's commit, which
 * the latest snapshot then sees: of two that deactivate each other at once, one is
 * refused.
 */
static void
queue_for_admins(Oid users)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, users, 0, LOCK_CLASS_ADMINS);
	(void)LockAcquire(&tag, ExclusiveLock, false, false);
}

/*
 * Trigger AFTER UPDATE, each row, on an administrator who is none any more or inactive.
 * A site without one cannot be opened again from within, so the owner is refused as well.
 */
Datum
realty_users_last_admin(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.users_last_admin");

	queue_for_admins(RelationGetRelid(data->tg_relation));
	if (realty_owner_execute_latest(&find_active_admin, NULL) == 0)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("this is the last active administrator"),
						errhint("Create another one first: realty.create_admin(email, "
								"password), called by the extension's owner.")));
	return PointerGetDatum(NULL);
}

static RealtyStatement find_user_type = {
	.sql = "SELECT u.user_type FROM realty.users u WHERE u.id = $1",
	.nargs = 1,
	.types = {INT8OID},
};

/* The account's type, which never changes; NULL when there is no such account. */
static char *
user_type_of(int64 user_id)
{
	Datum value = Int64GetDatum(user_id);
	char *user_type = NULL;
	OwnerSql sql;

	realty_owner_sql_begin(&sql);
	realty_execute(&find_user_type, &value, NULL, false, 1);
	if (SPI_processed > 0)
		user_type = realty_owner_sql_text(&sql, 1);
	realty_owner_sql_end(&sql);
	return user_type;
}

/* Of one's own profile: it may have waited for the end of one's erasure. */
static void
refuse_erased_owner(int64 user_id)
{
	OwnerSql sql;
	bool erased;

	if (realty_is_privileged() || realty_caller().user_id != user_id)
		return; /* the erasure's own UPDATE is the owner's */
	realty_owner_sql_begin(&sql);
	erased = realty_user_is_erased(user_id);
	realty_owner_sql_end(&sql);
	if (erased)
		ereport(ERROR, (realty_errcode(REALTY_UNAUTHENTICATED),
						errmsg("this account was deleted")));
}

/*
 * Trigger BEFORE INSERT OR UPDATE, each row, on builders and customers: a profile belongs
 * to an account of its kind. Its argument is that kind.
 */
Datum
realty_profiles_guard(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.profiles_guard");
	Row row;
	Row old_row;
	char *user_type;

	if (data->tg_trigger->tgnargs != 1)
		elog(ERROR, "realty.profiles_guard needs the user_type as its argument");
	realty_row_new(&row, data);
	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
	{
		realty_row_old(&old_row, data);
		refuse_erased_owner(realty_row_bigint(&old_row, "user_id"));
		if (!realty_row_differs(&old_row, &row, "user_id"))
			return PointerGetDatum(row.tuple);
	}
	user_type = user_type_of(realty_row_bigint(&row, "user_id"));
	if (user_type == NULL || strcmp(user_type, data->tg_trigger->tgargs[0]) == 0)
		return PointerGetDatum(row.tuple);
	realty_refuse_row(data, &row, "user_id", "names an account of another type",
					  list_make1("user_id"));
	return PointerGetDatum(NULL);
}
