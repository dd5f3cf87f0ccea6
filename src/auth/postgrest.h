/*
 * postgrest.h
 *		What PostgREST tells of a request: its method, path and the client's address.
 */
#ifndef REALTY_AUTH_POSTGREST_H
#define REALTY_AUTH_POSTGREST_H

#include "auth/json_members.h"
#include "auth/rate_limit.h"

extern void realty_postgrest_init(void);

/* Which limits count the request that PostgREST is answering. */
extern RateClass realty_postgrest_rate_class(void);

/* Counts its client's address, where a header that we trust names it. */
extern void realty_postgrest_count_address(RateClass class, const JsonMembers *headers);

#endif /* REALTY_AUTH_POSTGREST_H */
