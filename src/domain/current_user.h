/*
 * current_user.h
 *		The current user, for rules that record it or depend on it.
 */
#ifndef REALTY_DOMAIN_CURRENT_USER_H
#define REALTY_DOMAIN_CURRENT_USER_H

#include "postgres.h"

typedef struct Caller
{
	int64 user_id;    /* 0: none */
	int64 profile_id; /* of builders or customers; 0: none */
	bool is_customer;
	bool is_builder;
	bool is_admin;
} Caller;

extern Caller realty_caller(void);

#endif /* REALTY_DOMAIN_CURRENT_USER_H */
