/*
 * rate_limit.h
 *		How often one address and one user may ask.
 */
#ifndef REALTY_AUTH_RATE_LIMIT_H
#define REALTY_AUTH_RATE_LIMIT_H

#include "postgres.h"

/* What a request costs us: auth hashes passwords, write takes locks, read neither. */
typedef enum RateClass
{
	RATE_AUTH,
	RATE_READ,
	RATE_WRITE
} RateClass;

extern void realty_rate_limit_init(void);

/*
 * Counts one request; all that come from no address that can be read, NULL too, are
 * counted as one. Raises SQLSTATE PGRST with status 429 and Retry-After, which
 * PostgREST and the api room both understand, when it is one too many.
 */
extern void realty_rate_limit_address(RateClass class, const char *address);
extern void realty_rate_limit_user(RateClass class, int64 user_id);
/* As a user's, of the account that a login names, whether there is one or not. */
extern void realty_rate_limit_account(RateClass class, const char *email, size_t length);

#endif /* REALTY_AUTH_RATE_LIMIT_H */
