/*
 * query_string.h
 *		Percent-encoded paths and query strings, decoded without the server.
 */
#ifndef REALTY_COMMON_QUERY_STRING_H
#define REALTY_COMMON_QUERY_STRING_H

#include <stdbool.h>
#include <stddef.h>

typedef enum PercentVerdict
{
	PERCENT_OK,
	PERCENT_BAD_ESCAPE,
	PERCENT_BAD_UTF8,
	PERCENT_NUL
} PercentVerdict;

/* A stretch of somebody else's bytes; not terminated. */
typedef struct QuerySlice
{
	const char *at;
	size_t length;
} QuerySlice;

/*
 * Decodes into `out`, which has room for length + 1 bytes, and terminates it. With
 * `plus`, a + means a space, as browsers write it in a query.
 */
extern PercentVerdict realty_percent_decode(QuerySlice in, bool plus, char *out);

/* PERCENT_OK when it is valid UTF-8 (RFC 3629) without NUL. */
extern PercentVerdict realty_check_text(const char *text, size_t length);

/*
 * The next name=value of [*cursor, end); false at the end. Empty pairs are skipped.
 */
extern bool realty_query_next(const char **cursor, const char *end, QuerySlice *name,
							  QuerySlice *value);

/* The next segment of a path; *cursor stands on its slash. False at the end. */
extern bool realty_path_next(const char **cursor, const char *end, QuerySlice *segment);

/*
 * The path of a target (all before a question mark) in one spelling,
 * "/api/auth/login": decoded, without empty segments and dot segments. `out` has room
 * for length + 2 bytes. For deciding what a request costs, not what it means: every
 * path that a router could take for this one, however strict or lenient, has this
 * spelling too. False when it is malformed, and no router takes it for anything.
 */
extern bool realty_path_normalize(const char *target, size_t length, char *out);

#endif /* REALTY_COMMON_QUERY_STRING_H */
