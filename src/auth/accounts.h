/*
 * accounts.h
 *		Accounts as the room reads them, and the answer that a signed-in user gets.
 */
#ifndef REALTY_AUTH_ACCOUNTS_H
#define REALTY_AUTH_ACCOUNTS_H

#include "postgres.h"

#include "fmgr.h"

#include "auth/jwt.h"
#include "auth/owner_sql.h"

extern void realty_accounts_init(void);

/* Raises the fault "is required" for each of the first count arguments that is NULL. */
extern void realty_require_given(FunctionCallInfo fcinfo, const char *const *names,
								 int count);

/* The flush that an effect costs at commit, for answers that must not tell there was
 * none. */
extern void realty_waste_a_commit(void);

/* Called between realty_owner_sql_begin and _end, as all below. */

/*
 * {"user": …} of that user, with "token", "refresh_token" and "expires_in" beside it
 * when subject names an open session. NULL when there is no such user.
 */
extern char *realty_account_answer(OwnerSql *sql, int64 user_id,
								   const JwtSubject *subject);

/* Stores the hash of a first or of another password. */
extern void realty_account_set_hash(int64 user_id, const char *hash);

#endif /* REALTY_AUTH_ACCOUNTS_H */
