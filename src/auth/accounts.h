/*
 * accounts.h
 *		What a user is shown of the account, alone or with the tokens of a new session.
 */
#ifndef REALTY_AUTH_ACCOUNTS_H
#define REALTY_AUTH_ACCOUNTS_H

#include "postgres.h"

#include "fmgr.h"

#include "auth/jwt.h"
#include "platform/owner_sql.h"

/*
 * Raises the violation "is required" for each of the first count arguments that is
 * NULL.
 */
extern void realty_require_given(FunctionCallInfo fcinfo, const char *const *names,
								 int count);

/*
 * Flushes as much at commit as an answer with effects does, so that time does not
 * tell them apart.
 */
extern void realty_dummy_commit(void);

/* Called between realty_owner_sql_begin and _end, as all below. */

/*
 * Opens a session for that user, which exists: {"user": …} of the user with the profile,
 * and "token", "refresh_token" and "expires_in" beside it.
 */
extern Jsonb *realty_account_sign_in(OwnerSql *sql, JwtSubject *subject);

/* Stores the hash of a first or of another password. */
extern void realty_account_set_hash(int64 user_id, const char *hash);

#endif /* REALTY_AUTH_ACCOUNTS_H */
