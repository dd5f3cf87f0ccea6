/*
 * erasure.h
 *		Taking a person out of an account, and out of all that refers to it.
 */
#ifndef REALTY_DOMAIN_ACCOUNT_ERASURE_H
#define REALTY_DOMAIN_ACCOUNT_ERASURE_H

#include "postgres.h"

/*
 * For a row of a DELETE, which may name one account only. Nothing happens to an account
 * that is erased already. ERROR when something is in the way.
 */
extern void realty_erase_deleted(int64 user_id);

#endif /* REALTY_DOMAIN_ACCOUNT_ERASURE_H */
