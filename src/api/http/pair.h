/*
 * pair.h
 *		A name and a value: a header, or a parameter of the query string.
 */
#ifndef REALTY_API_HTTP_PAIR_H
#define REALTY_API_HTTP_PAIR_H

#include "postgres.h"

#include "utils/jsonb.h"

typedef struct ApiPair
{
	const char *name;
	const char *value;
} ApiPair;

/* The first pair of that name, in any case, or NULL. */
extern ApiPair *realty_pair_find(const ApiPair *pairs, int count, const char *name);

/* {"name": "value", …}; of two equal names the last counts. */
extern Jsonb *realty_pairs_jsonb(const ApiPair *pairs, int count);

#endif /* REALTY_API_HTTP_PAIR_H */
