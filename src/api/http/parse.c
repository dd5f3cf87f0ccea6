/*
 * parse.c
 *		Headers, target and body as a client sent them, taken apart.
 *
 * The gateway hands on bytes. Whatever is wrong with them is found here, so that
 * every way in gives the same answer. All errors of this file are the client's.
 */
#include "postgres.h"

#include "common/jsonapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonfuncs.h"
#include "utils/memutils.h"

#include "api/http/parse.h"
#include "api/request.h"
#include "api/violations.h"
#include "common/query_string.h"
#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/json_bounds.h"
#include "platform/jsonb_member.h"

/* Deeper bodies serve no resource; the bound keeps every later walk off the stack's end.
 */
#define BODY_MAX_DEPTH (REALTY_JSON_DEPTH + 2)

/*
 * A value of two bytes takes hundreds as jsonb, a list or object ({},) thousands. What
 * the columns of one row can hold stays below; of a list of rows each has less.
 */
#define BODY_MAX_VALUES 50000
#define BODY_MAX_GROUPS 25000
#define BODY_MAX_VALUES_OF_LIST 500000
#define BODY_MAX_GROUPS_OF_LIST 100000

/* ---- headers ---- */

const char *
realty_request_header(const ApiRequest *request, const char *name)
{
	const ApiPair *header = realty_pair_find(request->headers, request->nheaders, name);

	return header ? header->value : NULL;
}

/*
 * A header that decides something must not come twice: two readers would take
 * different ones, which is how requests are smuggled.
 */
static void
header_add(ApiRequest *request, const char *name, const char *value)
{
	static const char *const once[] = {"authorization", "content-type", "x-request-id",
									   "idempotency-key"};

	for (size_t i = 0; i < lengthof(once); i++)
		if (pg_strcasecmp(name, once[i]) == 0 && realty_request_header(request, name))
			ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
							errmsg("header %s is given twice", once[i])));
	if (request->nheaders == API_MAX_HEADERS)
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST), errmsg("too many headers")));
	request->headers[request->nheaders].name = name;
	request->headers[request->nheaders++].value = value;
}

/* "Name: value" lines, each ended by CR LF or LF. */
static void
read_header_lines(ApiRequest *request, const char *lines)
{
	while (*lines)
	{
		size_t length = strcspn(lines, "\r\n");
		size_t name = strcspn(lines, ":\r\n");
		size_t skip = name + 1;

		if (length > 0 && (name == 0 || name >= length))
			ereport(ERROR,
					(realty_errcode(REALTY_BAD_REQUEST), errmsg("malformed header")));
		while (skip < length && (lines[skip] == ' ' || lines[skip] == '\t'))
			skip++;
		if (length > 0)
			header_add(request, pnstrdup(lines, name),
					   pnstrdup(lines + skip, length - skip));
		lines += length;
		lines += strspn(lines, "\r\n");
	}
}

static void
read_header_object(ApiRequest *request, Jsonb *headers)
{
	JsonbIterator *it = JsonbIteratorInit(&headers->root);
	JsonbValue key;
	JsonbValue value;

	if (!JB_ROOT_IS_OBJECT(headers))
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
						errmsg("headers must be a JSON object")));
	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		(void)JsonbIteratorNext(&it, &value, true);
		if (value.type != jbvString)
			ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
							errmsg("the value of a header must be a text")));
		header_add(request, pnstrdup(key.val.string.val, key.val.string.len),
				   pnstrdup(value.val.string.val, value.val.string.len));
	}
}

void
realty_request_read_headers(ApiRequest *request)
{
	if (request->input_headers_json != NULL)
		read_header_object(request, request->input_headers_json);
	else if (request->input_headers != NULL)
		read_header_lines(request, request->input_headers);
}

/* ---- path and query string ---- */

static const char *
decode(QuerySlice slice, bool plus, const char *what)
{
	char *out = palloc(slice.length + 1);

	switch (realty_percent_decode(slice, plus, out))
	{
	case PERCENT_OK:
		return out;
	case PERCENT_BAD_ESCAPE:
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
						errmsg("malformed percent-encoding in the %s", what)));
		break;
	case PERCENT_BAD_UTF8:
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
						errmsg("the %s is not valid UTF-8", what)));
		break;
	case PERCENT_NUL:
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
						errmsg("the %s contains a NUL", what)));
		break;
	}
	pg_unreachable();
}

static void
read_path(ApiRequest *request, const char *path, const char *end)
{
	QuerySlice segment;

	if (path == end || *path != '/')
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
						errmsg("the path must begin with a slash")));
	/* One slash at the end changes nothing. */
	if (end - path > 1 && end[-1] == '/')
		end--;
	while (realty_path_next(&path, end, &segment))
	{
		const char *decoded = decode(segment, false, "path");

		/* One more than any route has: enough to match none. */
		if (request->nsegments <= API_MAX_SEGMENTS)
			request->segments[request->nsegments++] = decoded;
		if (request->nsegments > API_MAX_SEGMENTS)
			return;
	}
}

static void
read_query(ApiRequest *request, const char *query, const char *end)
{
	QuerySlice name;
	QuerySlice value;

	while (realty_query_next(&query, end, &name, &value))
	{
		ApiPair *pair = &request->parameters[request->nparameters];

		if (request->nparameters == API_MAX_PARAMETERS)
			ereport(ERROR,
					(realty_errcode(REALTY_BAD_REQUEST), errmsg("too many parameters")));
		pair->name = decode(name, true, "query string");
		pair->value = decode(value, true, "query string");
		request->nparameters++;
	}
}

void
realty_request_read_target(ApiRequest *request)
{
	const char *end = request->target + strlen(request->target);
	const char *query = strchr(request->target, '?');

	read_path(request, request->target, query ? query : end);
	if (query != NULL)
		read_query(request, query + 1, end);
}

/* ---- body ---- */

/* Is it JSON, as far as the header says? No header at all is taken for JSON. */
static bool
content_type_is_json(const char *header)
{
	size_t length;
	const char *charset;

	if (header == NULL)
		return true;
	length = strcspn(header, "; \t");
	if (pg_strncasecmp(header, "application/json", Max(length, 16)) != 0 &&
		(length < 5 || pg_strncasecmp(header + length - 5, "+json", 5) != 0))
		return false;
	charset = strstr(header + length, "charset=");
	return charset == NULL || pg_strncasecmp(charset + 8, "utf-8", 5) == 0 ||
		   pg_strncasecmp(charset + 8, "\"utf-8\"", 7) == 0;
}

/* One object being read: its keys, to find one that comes twice. */
typedef struct ObjectKeys
{
	char **names;
	int count;
	int room;
} ObjectKeys;

typedef struct BodyCheck
{
	ApiRequest *request;
	int depth;
	int values_left;
	int groups_left;   /* lists and objects */
	int element;       /* of a list at the top: the one being read; -1 outside of one */
	const char *field; /* whose value is being read */
	ObjectKeys keys[BODY_MAX_DEPTH + 1];
} BodyCheck;

/* "price" of an object, "[17].price" of a list of them. */
static const char *
field_name(int element, const char *field)
{
	if (element < 0)
		return field;
	return field ? psprintf("[%d].%s", element, field) : psprintf("[%d]", element);
}

static void
refuse_number(ApiRequest *request, int element, const char *field)
{
	const char *name = field_name(element, field);

	if (name == NULL || !realty_request_has_violation(request, name))
		realty_request_violation(request, API_IN_BODY, name, REALTY_JSON_NUMBER_RULE);
}

static void
count_value(BodyCheck *check)
{
	if (--check->values_left < 0 || check->groups_left < 0)
	{
		bool list = check->request->route->handler == API_CREATE_MANY;

		ereport(ERROR,
				(realty_errcode(REALTY_PAYLOAD_TOO_LARGE),
				 errmsg("the body holds too many values"),
				 errdetail("At most %d are read, of which at most %d lists and objects.",
						   list ? BODY_MAX_VALUES_OF_LIST : BODY_MAX_VALUES,
						   list ? BODY_MAX_GROUPS_OF_LIST : BODY_MAX_GROUPS)));
	}
}

static JSON_ACTION
body_deeper(void *state)
{
	BodyCheck *check = state;

	check->groups_left--;
	count_value(check);
	if (++check->depth > BODY_MAX_DEPTH)
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
						errmsg("the body is nested too deeply"),
						errdetail("At most %d levels are read.", BODY_MAX_DEPTH)));
	check->keys[check->depth].count = 0;
	return JSON_ACTION_DONE;
}

static JSON_ACTION
body_key(void *state, char *name, bool isnull)
{
	BodyCheck *check = state;
	ObjectKeys *keys = &check->keys[check->depth];

	if (check->depth == (check->element < 0 ? 1 : 2))
		check->field = name;
	if (keys->count == keys->room)
	{
		keys->room = Max(16, keys->room * 2);
		keys->names = keys->names ? repalloc(keys->names, sizeof(char *) * keys->room)
								  : palloc(sizeof(char *) * keys->room);
	}
	keys->names[keys->count++] = name;
	return JSON_ACTION_DONE;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static JSON_ACTION
body_object_end(void *state)
{
	BodyCheck *check = state;
	ObjectKeys *keys = &check->keys[check->depth--];

	if (keys->count < 2)
		return JSON_ACTION_DONE;
	qsort(keys->names, keys->count, sizeof(char *), compare_names);
	for (int i = 1; i < keys->count; i++)
		if (strcmp(keys->names[i - 1], keys->names[i]) == 0)
			ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
							errmsg("malformed JSON in the body"),
							errdetail("The key \"%s\" comes twice.", keys->names[i])));
	return JSON_ACTION_DONE;
}

static JSON_ACTION
body_array_end(void *state)
{
	((BodyCheck *)state)->depth--;
	return JSON_ACTION_DONE;
}

static JSON_ACTION
body_element(void *state, bool isnull)
{
	BodyCheck *check = state;

	if (check->depth != 1)
		return JSON_ACTION_DONE;
	check->element++;
	check->field = NULL;
	return JSON_ACTION_DONE;
}

/*
 * A number is refused as it is written: 1e131071 is short now and never again, and one
 * digit more no number of the server's holds.
 */
static JSON_ACTION
body_scalar(void *state, char *token, JsonTokenType type)
{
	BodyCheck *check = state;

	count_value(check);
	if (type == JSON_TOKEN_NUMBER && !realty_json_number_is_plain(token))
		refuse_number(check->request, check->element, check->field);
	return JSON_ACTION_DONE;
}

/*
 * jsonb keeps the last of two equal keys in silence, and two readers of one body may
 * then see different values; so the text is walked before.
 */
static void
body_check(ApiRequest *request, char *text, size_t length)
{
	BodyCheck *check = palloc0(sizeof(BodyCheck));
	JsonSemAction actions;
	JsonLexContext *lex;
	JsonParseErrorType result;
	bool list = request->route->handler == API_CREATE_MANY;

	check->request = request;
	check->values_left = list ? BODY_MAX_VALUES_OF_LIST : BODY_MAX_VALUES;
	check->groups_left = list ? BODY_MAX_GROUPS_OF_LIST : BODY_MAX_GROUPS;
	check->element = -1;
	memset(&actions, 0, sizeof(actions));
	actions.semstate = check;
	actions.object_start = body_deeper;
	actions.object_end = body_object_end;
	actions.array_start = body_deeper;
	actions.array_end = body_array_end;
	actions.array_element_start = body_element;
	actions.object_field_start = body_key;
	actions.scalar = body_scalar;
	lex = compat_json_lexer(text, (int)length);
	result = pg_parse_json(lex, &actions);
	if (result != JSON_SUCCESS)
		ereport(ERROR,
				(realty_errcode(REALTY_BAD_REQUEST), errmsg("malformed JSON in the body"),
				 errdetail_internal("%s", json_errdetail(result, lex))));
}

static void
parse_raw_body(ApiRequest *request)
{
	char *text;

	if (!content_type_is_json(realty_request_header(request, "content-type")))
		ereport(ERROR, (realty_errcode(REALTY_UNSUPPORTED_MEDIA_TYPE),
						errmsg("the body must be application/json in UTF-8")));
	if (request->raw_length > MaxAllocSize / 8)
		ereport(ERROR, (realty_errcode(REALTY_PAYLOAD_TOO_LARGE),
						errmsg("the body is too large")));
	if (!pg_verify_mbstr(PG_UTF8, request->raw_body, (int)request->raw_length, true))
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
						errmsg("the body is not valid UTF-8")));
	text = pnstrdup(request->raw_body, request->raw_length);
	body_check(request, text, request->raw_length);
	realty_request_check_violations(request);
	request->body = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
}

static void
check_members(ApiRequest *request, int element, JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue key;
	JsonbValue value;

	(void)JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		(void)JsonbIteratorNext(&it, &value, true);
		if (!realty_json_value_is_plain(&value))
			refuse_number(request, element,
						  pnstrdup(key.val.string.val, key.val.string.len));
	}
}

/* The same numbers are refused in a body that comes as jsonb, to realty.request. */
static void
check_parsed_body(ApiRequest *request)
{
	JsonbContainer *root = &request->body->root;

	if (JsonContainerIsObject(root))
		check_members(request, -1, root);
	else
		for (uint32 i = 0; i < JsonContainerSize(root); i++)
		{
			JsonbValue *row = getIthJsonbValueFromContainer(root, i);

			CHECK_FOR_INTERRUPTS();
			if (realty_jsonb_object(row) != NULL)
				check_members(request, (int)i, realty_jsonb_object(row));
			else if (!realty_json_value_is_plain(row))
				refuse_number(request, (int)i, NULL);
		}
	realty_request_check_violations(request);
}

/* GET and most of DELETE have no use for a body, whatever it holds. */
void
realty_request_read_body(ApiRequest *request)
{
	if (!realty_route_takes_body(request->route))
	{
		request->body = NULL;
		return;
	}
	if (request->raw_body != NULL && request->raw_length > 0)
		parse_raw_body(request);
	else if (request->body != NULL)
		check_parsed_body(request);
	if (request->body != NULL && !JB_ROOT_IS_OBJECT(request->body) &&
		request->route->handler != API_CREATE_MANY)
	{
		realty_request_violation(request, API_IN_BODY, NULL, "must be a JSON object");
		realty_request_check_violations(request);
	}
}
