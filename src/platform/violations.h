/*
 * violations.h
 *		All that is wrong with an input, collected and raised at once.
 */
#ifndef REALTY_PLATFORM_VIOLATIONS_H
#define REALTY_PLATFORM_VIOLATIONS_H

#include "postgres.h"

#include "lib/stringinfo.h"

#define REALTY_FAULTS_MESSAGE "validation failed"
#define REALTY_FAULTS_HINT "Mend every field named in the detail and try again."

/* A growing JSON array of {"field": …, "message": …}. */
typedef struct Faults
{
	int count;
	StringInfoData json;
} Faults;

/*
 * realty.argument_names: what a function of api calls the columns that it writes, as
 * "column=argument column=argument". It is set by the function's own SET clause, so it
 * begins and ends with the call, and a fault names the field that the caller sent.
 */
extern void realty_faults_settings(void);

extern void realty_faults_init(Faults *faults);
extern void realty_faults_add(Faults *faults, const char *field, const char *message);
extern char *realty_faults_json(Faults *faults);

/* PT422 with the faults in DETAIL; returns when there are none. */
extern void realty_faults_raise(Faults *faults);

#endif /* REALTY_PLATFORM_VIOLATIONS_H */
