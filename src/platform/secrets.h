/*
 * secrets.h
 *		The keys that tokens are signed with, and memory that forgets.
 */
#ifndef REALTY_PLATFORM_SECRETS_H
#define REALTY_PLATFORM_SECRETS_H

#include "postgres.h"

#include "platform/compat.h"

#define REALTY_SECRET_MIN 32

typedef struct Secret
{
	const unsigned char *bytes; /* valid until the next call into this file */
	size_t length;
} Secret;

typedef enum SecretVerdict
{
	SECRET_FOUND,
	SECRET_MISSING,
	SECRET_TOO_SHORT,
	SECRET_FILE_UNREADABLE,
	SECRET_FILE_EXPOSED
} SecretVerdict;

extern void realty_secrets_init(void);

/* The secret that signs now; raises nothing. */
extern SecretVerdict realty_secret_current(Secret *secret);

/* The one before it, whose tokens still count; false when there is none. */
extern bool realty_secret_previous(Secret *secret);

extern const char *realty_secret_verdict_message(SecretVerdict verdict);

/* ERROR not_configured, with the lines that set a secret as its hint. */
pg_noreturn extern void realty_secret_refuse(SecretVerdict verdict);

/*
 * A terminated copy of a secret text, wiped when the current memory context is reset
 * or deleted, which an ERROR does too.
 */
extern char *realty_secret_copy(const text *secret);

#endif /* REALTY_PLATFORM_SECRETS_H */
