/*
 * derived.h
 *		Columns that triggers add up.
 */
#ifndef REALTY_DOMAIN_DERIVED_H
#define REALTY_DOMAIN_DERIVED_H

#include "postgres.h"

/* Runs work that tidies derived tables without changing what they add up to. */
extern void realty_derived_tidy(void (*work)(void *arg), void *arg);

#endif /* REALTY_DOMAIN_DERIVED_H */
