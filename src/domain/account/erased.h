/*
 * erased.h
 *		Whether an account that a row names is erased, or about to be.
 */
#ifndef REALTY_DOMAIN_ACCOUNT_ERASED_H
#define REALTY_DOMAIN_ACCOUNT_ERASED_H

#include "postgres.h"

/*
 * Between SPI_connect and SPI_finish, as the owner. When the answer is no, an erasure of
 * the account waits for this transaction's end. No account: no.
 */
extern bool realty_user_is_erased(int64 user_id);
extern bool realty_customer_is_erased(int64 customer_id);
extern bool realty_builder_is_erased(int64 builder_id);

#endif /* REALTY_DOMAIN_ACCOUNT_ERASED_H */
