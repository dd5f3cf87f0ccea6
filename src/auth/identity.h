/*
 * identity.h
 *		Who the caller is: verified claims, for the transaction.
 */
#ifndef REALTY_AUTH_IDENTITY_H
#define REALTY_AUTH_IDENTITY_H

#include "postgres.h"

#include "utils/guc.h"

#include "auth/json_members.h"

typedef struct Identity
{
	bool present;
	int64 user_id;
	int64 profile_id; /* 0: none */
	char user_type[16];
	int64 session_id;
	char request_id[64]; /* may be set when no user is */
} Identity;

extern void realty_identity_init(void);

/* Never NULL; present is false without a current user. */
extern const Identity *realty_identity(void);

/* The same; ERROR unauthenticated without a current user. */
extern const Identity *realty_require_identity(void);

/*
 * Believe this identity from now on: GUC_ACTION_LOCAL until the transaction ends,
 * GUC_ACTION_SAVE until the caller's GUC nest level does.
 */
extern void realty_identity_set(const Identity *identity, GucAction action);

/*
 * The identity that verified claims of an access token speak of; false when one is
 * missing, of the wrong type, or at odds with another. Leaves request_id empty.
 */
extern bool realty_identity_from_claims(const JsonMembers *claims, Identity *identity);

/* Is the login PostgREST's, whose settings are believed? SET ROLE does not change that.
 */
extern bool realty_session_is_postgrest(void);

/* "realty_builder" of "builder"; NULL of anything that is no type of user. */
extern const char *realty_role_of_user_type(const char *user_type);

/*
 * Puts a client's own id into request_id; one with other than plain characters is
 * left out.
 */
extern void realty_identity_take_request_id(Identity *identity, const char *request_id);

#endif /* REALTY_AUTH_IDENTITY_H */
