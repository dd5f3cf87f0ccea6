/*
 * jwt.h
 *		Our own access tokens: made here, and believed only after every check.
 */
#ifndef REALTY_AUTH_JWT_H
#define REALTY_AUTH_JWT_H

#include "postgres.h"

#include "auth/json_members.h"
#include "platform/error_codes.h"
#include "platform/secrets.h"

#define JWT_TOKEN_MAX 8192

typedef enum JwtVerdict
{
	JWT_VALID,
	JWT_TOO_LONG,
	JWT_MALFORMED,
	JWT_HEADER_REFUSED,
	JWT_SIGNATURE_WRONG,
	JWT_CLAIMS_REFUSED,
	JWT_EXPIRED,
	JWT_NOT_YET_VALID,
	JWT_ISSUER_WRONG,
	JWT_AUDIENCE_WRONG,
	JWT_DATABASE_WRONG,
	JWT_NO_SECRET
} JwtVerdict;

/* A token that was looked at; the claims are filled once the signature holds. */
typedef struct JwtToken
{
	SecretVerdict secret;
	const char *payload;
	JsonMembers claims;
} JwtToken;

/* What an access token says of its bearer. */
typedef struct JwtSubject
{
	int64 user_id;
	int64 profile_id; /* 0: none */
	int64 session_id;
	const char *user_type;
} JwtSubject;

extern void realty_jwt_init(void);

/* Raises nothing of its own. */
extern JwtVerdict realty_jwt_check(const char *token, size_t length, JwtToken *out);

/* The verdict as a message, and as a kind of error. */
extern const char *realty_jwt_verdict_message(JwtVerdict verdict);
extern RealtyErrorKind realty_jwt_verdict_kind(JwtVerdict verdict);

/* A signed access token, palloc'd; ERROR not_configured without a secret. */
extern char *realty_jwt_issue(const JwtSubject *subject);
extern int realty_jwt_lifetime(void);

/* Are verified claims those of an anonymous token? */
extern bool realty_jwt_is_of_nobody(const JsonMembers *claims);

#endif /* REALTY_AUTH_JWT_H */
