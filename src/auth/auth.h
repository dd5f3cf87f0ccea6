/*
 * auth.h
 *		What the auth room shows to the entrance and to the api room.
 */
#ifndef REALTY_AUTH_AUTH_H
#define REALTY_AUTH_AUTH_H

#include "postgres.h"

#include "auth/identity.h"
#include "platform/error_codes.h"

/* kind and message mean something only when the bearer is refused. */
typedef struct BearerVerdict
{
	bool accepted;
	RealtyErrorKind kind;
	const char *message; /* a constant */
} BearerVerdict;

extern void realty_auth_init(void);

/* read_only.c */
extern void realty_read_only_init(void);

/*
 * Who bears this token: checks signature and claims, then once that the session is not
 * revoked and the account active. Fills *identity when accepted (request_id stays empty)
 * and raises nothing of its own. Works in READ ONLY transactions.
 */
extern BearerVerdict realty_bearer_identity(const char *token, Identity *identity);

#endif /* REALTY_AUTH_AUTH_H */
