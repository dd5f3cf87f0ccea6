/*
 * jsonb_member.h
 *		Members of a JSON object, read by name.
 */
#ifndef REALTY_PLATFORM_JSONB_MEMBER_H
#define REALTY_PLATFORM_JSONB_MEMBER_H

#include "postgres.h"

#include "utils/jsonb.h"

/* The object that a value is; NULL for any other value. */
extern JsonbContainer *realty_jsonb_object(const JsonbValue *value);

/*
 * The member of that name into *value, which points into the object. False when there is
 * none; NULL and what is no object have no members.
 */
extern bool realty_jsonb_member(JsonbContainer *object, const char *name,
								JsonbValue *value);

/* A string member, palloc'd; NULL when it is absent or of another type. */
extern char *realty_jsonb_text(JsonbContainer *object, const char *name);

/* The same for a string or a number, which is printed. */
extern char *realty_jsonb_text_or_number(JsonbContainer *object, const char *name);

#endif /* REALTY_PLATFORM_JSONB_MEMBER_H */
