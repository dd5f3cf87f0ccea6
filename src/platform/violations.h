/*
 * violations.h
 *		All violations of an input, collected and raised at once.
 */
#ifndef REALTY_PLATFORM_VIOLATIONS_H
#define REALTY_PLATFORM_VIOLATIONS_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "platform/compat.h"

#define REALTY_VIOLATIONS_MESSAGE "validation failed"
#define REALTY_VIOLATIONS_HINT "Correct every field named in the detail and try again."

/* A growing JSON array of {"field": …, "message": …}. */
typedef struct Violations
{
	int count;
	StringInfoData json;
} Violations;

/*
 * realty.argument_names: what a function of api calls the columns that it writes,
 * as "column=argument column=argument". It is set by the function's own SET clause,
 * so it begins and ends with the call, and a violation names the field that the
 * caller sent.
 */
extern void realty_violations_init_settings(void);

extern void realty_violations_init(Violations *violations);
extern void realty_violations_add(Violations *violations, const char *field,
								  const char *message);
extern char *realty_violations_json(Violations *violations);

/* PT422 with the violations in DETAIL; returns when there are none. */
extern void realty_violations_raise(Violations *violations);

/* PT422 with one violation alone. */
pg_noreturn extern void realty_violation_raise(const char *field, const char *message);

#endif /* REALTY_PLATFORM_VIOLATIONS_H */
