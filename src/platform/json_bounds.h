/*
 * json_bounds.h
 *		How large a JSON document is when it is printed, found without printing it.
 */
#ifndef REALTY_PLATFORM_JSON_BOUNDS_H
#define REALTY_PLATFORM_JSON_BOUNDS_H

#include "postgres.h"

#include "utils/jsonb.h"

/* A plain number has so many significant digits, and its exponent is that near to 0. */
#define REALTY_JSON_DIGITS 40
#define REALTY_JSON_EXPONENT 40

/* A stored document; a request's body may wrap it twice, as a list of rows does. */
#define REALTY_JSON_DEPTH 30

#define REALTY_JSON_NUMBER_RULE                                                          \
	"must not hold a number of more than 40 digits or an exponent beyond 40"

/* The number as JSON writes it. Reads each character once, and converts nothing. */
extern bool realty_json_number_is_plain(const char *token);

/* Is each number in it plain? */
extern bool realty_json_value_is_plain(const JsonbValue *value);

/* Has its text at most so many bytes, and no more levels than a list of rows? */
extern bool realty_json_text_is_within(JsonbContainer *document, int64 most);

/* That, fewer levels, and plain numbers. */
extern bool realty_json_is_bounded(JsonbContainer *document, int64 most);

/* How many bytes the text of a member has. */
extern int64 realty_json_member_size(const JsonbValue *value);

#endif /* REALTY_PLATFORM_JSON_BOUNDS_H */
