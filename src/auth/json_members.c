/*
 * json_members.c
 *		The members of a small JSON object, read without raising.
 *
 * Rides on the server's own JSON parser, whose callbacks cannot stop it: once
 * something is wrong the walker remembers that and ignores the rest. The parser itself
 * raises in one case, when nesting is deeper than max_stack_depth allows; callers bound
 * the length of what they hand in.
 */
#include "postgres.h"

#include "common/jsonapi.h"
#include "mb/pg_wchar.h"

#include "auth/json_members.h"
#include "platform/compat.h"

typedef struct Walker
{
	JsonMembers *members;
	const char *const *wanted; /* NULL: all */
	int depth;                 /* 1 inside the object that is read */
	JsonMember *open;          /* the member whose value comes next or is being read */
	bool refused;
} Walker;

static JsonMember *
add_member(Walker *walker, const char *name, JsonKind kind, const char *text)
{
	JsonMembers *members = walker->members;
	JsonMember *added;

	if (walker->refused || members->count == JSON_MEMBERS_MAX)
	{
		walker->refused = true;
		return NULL;
	}
	added = &members->items[members->count++];
	added->name = name;
	added->kind = kind;
	added->text = text;
	return added;
}

static JSON_ACTION
on_object_start(void *state)
{
	Walker *walker = state;

	walker->depth++;
	return JSON_ACTION_DONE;
}

static JSON_ACTION
on_array_start(void *state)
{
	Walker *walker = state;

	if (walker->depth == 0)
		walker->refused = true;
	else if (walker->depth == 1 && walker->open != NULL)
		walker->open->kind = JSON_KIND_ARRAY;
	walker->depth++;
	return JSON_ACTION_DONE;
}

static JSON_ACTION
on_end(void *state)
{
	Walker *walker = state;

	walker->depth--;
	return JSON_ACTION_DONE;
}

static bool
is_wanted(const Walker *walker, const char *name)
{
	if (walker->wanted == NULL)
		return true;
	for (int i = 0; walker->wanted[i] != NULL; i++)
		if (strcmp(walker->wanted[i], name) == 0)
			return true;
	return false;
}

static JSON_ACTION
on_field(void *state, char *name, bool isnull)
{
	Walker *walker = state;

	if (walker->depth != 1)
		return JSON_ACTION_DONE;
	walker->open = NULL;
	if (!is_wanted(walker, name))
		return JSON_ACTION_DONE;
	if (realty_json_member(walker->members, name) != NULL)
		walker->refused = true;
	walker->open = add_member(walker, name, JSON_KIND_OTHER, NULL);
	return JSON_ACTION_DONE;
}

static JSON_ACTION
on_scalar(void *state, char *token, JsonTokenType type)
{
	Walker *walker = state;
	JsonMember *open = walker->open;

	if (walker->depth == 0)
		walker->refused = true;
	if (walker->refused || open == NULL)
		return JSON_ACTION_DONE;
	if (walker->depth == 1 && (type == JSON_TOKEN_STRING || type == JSON_TOKEN_NUMBER))
	{
		open->kind = type == JSON_TOKEN_STRING ? JSON_KIND_STRING : JSON_KIND_NUMBER;
		open->text = token;
	}
	else if (walker->depth == 2 && open->kind == JSON_KIND_ARRAY &&
			 type == JSON_TOKEN_STRING)
		(void)add_member(walker, open->name, JSON_KIND_ELEMENT, token);
	return JSON_ACTION_DONE;
}

bool
realty_json_members_read(const char *json, JsonMembers *members)
{
	return realty_json_members_pick(json, NULL, members);
}

bool
realty_json_members_pick(const char *json, const char *const *wanted,
						 JsonMembers *members)
{
	Walker walker = {.members = members, .wanted = wanted};
	JsonSemAction actions = {.semstate = &walker,
							 .object_start = on_object_start,
							 .object_end = on_end,
							 .array_start = on_array_start,
							 .array_end = on_end,
							 .object_field_start = on_field,
							 .scalar = on_scalar};
	JsonLexContext *lexer;

	members->count = 0;
	lexer = compat_json_lexer(unconstify(char *, json), (int)strlen(json));
	return pg_parse_json(lexer, &actions) == JSON_SUCCESS && !walker.refused;
}

const JsonMember *
realty_json_member(const JsonMembers *members, const char *name)
{
	for (int i = 0; i < members->count; i++)
	{
		const JsonMember *member = &members->items[i];

		if (member->kind != JSON_KIND_ELEMENT && strcmp(member->name, name) == 0)
			return member;
	}
	return NULL;
}

const char *
realty_json_string(const JsonMembers *members, const char *name)
{
	const JsonMember *member = realty_json_member(members, name);

	return member != NULL && member->kind == JSON_KIND_STRING ? member->text : NULL;
}

bool
realty_json_positive(const char *text, int64_t *value)
{
	int64_t number = 0;

	if (text == NULL || *text == '\0' || strlen(text) > 18)
		return false;
	for (; *text != '\0'; text++)
	{
		if (*text < '0' || *text > '9')
			return false;
		number = number * 10 + (*text - '0');
	}
	*value = number;
	return number > 0;
}
