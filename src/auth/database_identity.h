/*
 * database_identity.h
 *		Which database this is: what a token must name to be believed here.
 */
#ifndef REALTY_AUTH_DATABASE_IDENTITY_H
#define REALTY_AUTH_DATABASE_IDENTITY_H

#include "postgres.h"

#include "auth/json_members.h"

/* The claim that names it. */
#define DATABASE_CLAIM "db"

extern void realty_database_init(void);

/* Its identity as text, until the next call; NULL when there is none. Raises nothing. */
extern const char *realty_database_identity(void);

/* Do these claims name this database? */
extern bool realty_database_is_named(const JsonMembers *claims);

/* Changes whenever the identity may have changed. */
extern uint64 realty_database_generation(void);

#endif /* REALTY_AUTH_DATABASE_IDENTITY_H */
