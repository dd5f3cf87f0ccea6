/*
 * lockout.c
 *		Failed logins, and what they lock for how long.
 *
 * After a few failures each further one locks for twice as long, up to a quarter of
 * an hour. Failures halve each hour, so that a wrong password now and then locks
 * out no user for good.
 *
 * The other threat is a lock-out on purpose: wrong passwords from elsewhere would
 * keep the account's user out as well. So an address from which the account was
 * logged in to since its password was last changed, and whose session is still
 * kept, has a count and a lock of its own: attempts from elsewhere do not lock it,
 * and guessing from there is locked in the same way. The count stands in the row of
 * the latest session from there, so that a login from there starts it at 0. An IPv6
 * address counts by its first 64 bits, as for the rate limits.
 *
 * A failure is counted when its password has been hashed and its response floor is nearly
 * over, so passwords that are tried side by side would all be tried at the end of a lock.
 * Where there has been a lock they are tried one at a time: while one is, the account is
 * locked for the others.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/guc.h"

#include "auth/lockout.h"
#include "platform/owner_sql.h"

/* Advisory locks of classes that SQL cannot ask for. */
#define LOCK_CLASS_ACCOUNT 5
#define LOCK_CLASS_ADDRESS 6

static int login_failures_allowed = 0;

#define NOW "pg_catalog.clock_timestamp()"

#define NETWORK_OF(address)                                                              \
	"pg_catalog.network(pg_catalog.set_masklen(" address                                 \
	", CASE pg_catalog.family(" address ") WHEN 6 THEN 64 ELSE 32 END))"

#define CLIENT                                                                           \
	"nullif(pg_catalog.current_setting('realty.client', true), '')::pg_catalog.inet"

static RealtyStatement lockout_find = {
	"SELECT s.id, l.until > " NOW ", l.until IS NOT NULL "
	"FROM realty.user_credentials k LEFT JOIN LATERAL ("
	"SELECT f.id, f.locked_until FROM realty.sessions f WHERE f.user_id = k.user_id "
	"AND f.created_at >= k.password_changed_at "
	"AND " NETWORK_OF("f.client") " = " NETWORK_OF(
		CLIENT) " "
				"ORDER BY f.created_at DESC, f.id DESC LIMIT 1) s ON true, "
				"LATERAL (SELECT CASE WHEN s.id IS NULL THEN k.locked_until "
				"ELSE s.locked_until END AS until) l WHERE k.user_id = $1",
	1,
	{INT8OID},
	NULL};

/* Whole hours since failures were halved, and what they leave of those counted. */
#define HOURS                                                                            \
	"least(30, greatest(0, pg_catalog.floor(coalesce(pg_catalog.date_part('epoch', " NOW \
	" - failures_halved_at), 0) / 3600)))::pg_catalog.int4"
#define LEFT "(failed_logins >> " HOURS ")"

#define COUNT_IN(table, key)                                                             \
	{                                                                                    \
		"UPDATE " table " SET failed_logins = " LEFT " + 1, "                            \
		"failures_halved_at = CASE WHEN " LEFT " = 0 THEN " NOW " ELSE least(" NOW       \
		", failures_halved_at + pg_catalog.make_interval(hours => " HOURS ")) END, "     \
		"locked_until = CASE WHEN " LEFT " >= $2 AND $2 > 0 THEN " NOW                   \
		" + pg_catalog.make_interval(secs => "                                           \
		"least(pg_catalog.power(2, least(" LEFT " - $2, 10)), 900)) END "                \
		"WHERE " key " = $1",                                                            \
			2, {INT8OID, INT4OID}, NULL                                                  \
	}

static RealtyStatement count_of_account = COUNT_IN("realty.user_credentials", "user_id");

static RealtyStatement count_of_address = COUNT_IN("realty.sessions", "id");

static RealtyStatement account_forget = {
	"UPDATE realty.user_credentials SET failed_logins = 0, failures_halved_at = NULL, "
	"locked_until = NULL WHERE user_id = $1 AND failed_logins > 0",
	1,
	{INT8OID},
	NULL};

void
realty_lockout_init(void)
{
	DefineCustomIntVariable(
		"realty.login_failures_allowed",
		"Failed logins after which each further one locks the account for a while, "
		"longer each time.",
		"0 never locks. Failures halve each hour.", &login_failures_allowed, 5, 0, 1000,
		PGC_SUSET, 0, NULL, NULL, NULL);
}

/* Until the transaction ends. */
static bool
take_turn(const Lockout *lockout)
{
	bool known = lockout->session_id != 0;
	uint64 key = (uint64)(known ? lockout->session_id : lockout->user_id);
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32)(key >> 32), (uint32)key,
						 known ? LOCK_CLASS_ADDRESS : LOCK_CLASS_ACCOUNT);
	return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

/* Whether there has been a lock, which may be over. */
static bool
find(Lockout *lockout)
{
	Datum id = Int64GetDatum(lockout->user_id);

	realty_execute(&lockout_find, &id, NULL, false, 0);
	lockout->session_id = SPI_processed == 1 ? realty_result_int64(1) : 0;
	lockout->locked = SPI_processed == 1 && realty_result_bool(2);
	return SPI_processed == 1 && realty_result_bool(3);
}

void
realty_lockout_look(int64 user_id, Lockout *lockout)
{
	lockout->user_id = user_id;
	if (!find(lockout) || lockout->locked)
		return;
	if (take_turn(lockout))
		(void)find(lockout); /* what the one before has counted */
	else
		lockout->locked = true;
}

void
realty_lockout_count(const Lockout *lockout)
{
	bool known = lockout->session_id != 0;
	Datum values[] = {Int64GetDatum(known ? lockout->session_id : lockout->user_id),
					  Int32GetDatum(login_failures_allowed)};

	realty_execute(known ? &count_of_address : &count_of_account, values, NULL, false, 0);
}

/*
 * A login from a known address has a new session, with a count of its own; the
 * account's count, which others caused, stays.
 */
void
realty_lockout_forget(const Lockout *lockout)
{
	Datum id = Int64GetDatum(lockout->user_id);

	if (lockout->session_id == 0)
		realty_execute(&account_forget, &id, NULL, false, 0);
}
