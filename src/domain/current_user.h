/*
 * current_user.h
 *		Whose request this is, for rules that stamp or ask it.
 */
#ifndef REALTY_DOMAIN_CURRENT_USER_H
#define REALTY_DOMAIN_CURRENT_USER_H

#include "postgres.h"

typedef struct Caller
{
	int64 user_id;    /* 0: nobody */
	int64 profile_id; /* of builders or customers; 0: none */
	bool is_customer;
	bool is_builder;
	bool is_admin;
} Caller;

extern Caller realty_caller(void);

#endif /* REALTY_DOMAIN_CURRENT_USER_H */
