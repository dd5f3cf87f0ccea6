/*
 * password.h
 *		Hashes of passwords: argon2id for new ones, bcrypt for those that come over.
 */
#ifndef REALTY_AUTH_PASSWORD_H
#define REALTY_AUTH_PASSWORD_H

#include "postgres.h"

#define PASSWORD_MIN 8
#define PASSWORD_MAX 1024
#define BCRYPT_PASSWORD_MAX 72

extern void realty_password_init(void);

/* A new hash with today's settings, palloc'd; the password has passed the check below. */
extern char *realty_password_make(const char *password);

/* False for a wrong password, and for a hash that we do not know or refuse to compute. */
extern bool realty_password_matches(const char *password, const char *hash);

/* The same, but what is refused unread costs a hash too. */
extern bool realty_password_opens(const char *password, const char *hash);

/* Is the hash weaker than what a new one would be? */
extern bool realty_password_is_outdated(const char *hash);

/* As much work as realty_password_matches has with a hash of today. */
extern void realty_password_hash_dummy(const char *password);

/* What is wrong with it as a new password, as a message; NULL when nothing is. */
extern const char *realty_password_violation(const char *password);

#endif /* REALTY_AUTH_PASSWORD_H */
