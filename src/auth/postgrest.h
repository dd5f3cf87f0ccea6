/*
 * postgrest.h
 *		What PostgREST says of a request: its method, path and the client's address.
 */
#ifndef REALTY_AUTH_POSTGREST_H
#define REALTY_AUTH_POSTGREST_H

#include "auth/json_members.h"
#include "auth/rate_limit.h"

extern void realty_postgrest_init(void);

/* postgrest_limits.c */
extern void realty_postgrest_limits_init(void);

/* Which limits count the request that PostgREST is answering. */
extern RateClass realty_postgrest_rate_class(void);

/* The header that names the client, in lower case; NULL where none is trusted. */
extern const char *realty_postgrest_client_header(void);

/* The client as that header names it; NULL without it. It may be no address. */
extern const char *realty_postgrest_client(const JsonMembers *headers);

/* Counts a login to that account, in a session of PostgREST. */
extern void realty_postgrest_count_account(const text *email);

/* From here to the transaction's end the session's zone is the caller's. */
extern void realty_postgrest_set_clock(void);

#endif /* REALTY_AUTH_POSTGREST_H */
