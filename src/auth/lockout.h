/*
 * lockout.h
 *		Failed logins, and what they lock for how long.
 */
#ifndef REALTY_AUTH_LOCKOUT_H
#define REALTY_AUTH_LOCKOUT_H

#include "postgres.h"

/* Whose failures count for a login: the account's, or those of an address it knows. */
typedef struct Lockout
{
	int64 user_id;
	int64 session_id; /* the latest from this address; 0: the account does not know it */
	bool locked;
} Lockout;

extern void realty_lockout_init(void);

/* All of them between realty_owner_sql_begin and _end. */
extern void realty_lockout_look(int64 user_id, Lockout *lockout);
extern void realty_lockout_count(const Lockout *lockout);
extern void realty_lockout_forget(const Lockout *lockout);

#endif /* REALTY_AUTH_LOCKOUT_H */
