/*
 * json_members.h
 *		The members of a small JSON object, read without raising.
 *
 * For input that is not trusted: a token's header and claims. Names that occur
 * twice are refused, since two readers of such an object may believe two different
 * things.
 */
#ifndef REALTY_AUTH_JSON_MEMBERS_H
#define REALTY_AUTH_JSON_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#define JSON_MEMBERS_MAX 128

typedef enum JsonKind
{
	JSON_KIND_STRING,
	JSON_KIND_NUMBER,
	JSON_KIND_OTHER, /* true, false, null, an object */
	JSON_KIND_ARRAY,
	JSON_KIND_ELEMENT /* a string in the array of that name */
} JsonKind;

typedef struct JsonMember
{
	const char *name;
	JsonKind kind;
	const char *text; /* of strings and numbers, unescaped; else NULL */
} JsonMember;

typedef struct JsonMembers
{
	int count;
	JsonMember items[JSON_MEMBERS_MAX];
} JsonMembers;

/*
 * False unless json (UTF-8, verified) is one object whose member names differ and of
 * which no more than JSON_MEMBERS_MAX entries are needed. Texts are palloc'd.
 */
extern bool realty_json_members_read(const char *json, JsonMembers *members);

/* The same of those members alone whose names are in `wanted`, which a NULL ends. */
extern bool realty_json_members_pick(const char *json, const char *const *wanted,
									 JsonMembers *members);

/* The member of that name, or NULL. */
extern const JsonMember *realty_json_member(const JsonMembers *members, const char *name);

/* The text of a string member; NULL when it is absent or no string. */
extern const char *realty_json_string(const JsonMembers *members, const char *name);

/* A whole number above zero, given as decimal digits only. */
extern bool realty_json_positive(const char *text, int64_t *value);

#endif /* REALTY_AUTH_JSON_MEMBERS_H */
