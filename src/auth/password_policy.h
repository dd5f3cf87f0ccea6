/*
 * password_policy.h
 *		Which passwords are refused, and why.
 */
#ifndef REALTY_AUTH_PASSWORD_POLICY_H
#define REALTY_AUTH_PASSWORD_POLICY_H

#include "postgres.h"

#include "platform/violations.h"

/* Whose password it is to be; either may be NULL. */
typedef struct PasswordOwner
{
	const char *email;
	const char *name;
} PasswordOwner;

/* Adds what is wrong with a new password, if anything is. Called between SPI_connect and
 * SPI_finish, as the owner; password may be NULL. */
extern void realty_password_judge(Violations *violations, const char *field,
								  const char *password, PasswordOwner owner);

#endif /* REALTY_AUTH_PASSWORD_POLICY_H */
