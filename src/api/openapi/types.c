/*
 * types.c
 *		Names and types as OpenAPI 3.1 (JSON Schema 2020-12) writes them.
 *
 * A column is described by what the database knows of it: its type, the values that its
 * CHECK names, its COMMENT, and the comments of its other CHECKs, which are the texts
 * that an error would use.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "api/json_writer.h"
#include "api/openapi/types.h"

/* ---- names ---- */

static void
append_camel(StringInfo name, const char *words, bool capital)
{
	for (; *words; words++)
	{
		if (strchr("_-./{}", *words) != NULL)
			capital = true;
		else
		{
			appendStringInfoChar(name,
								 capital ? pg_toupper((unsigned char)*words) : *words);
			capital = false;
		}
	}
}

char *
realty_openapi_schema_name(const char *words, const char *suffix)
{
	StringInfoData name;

	initStringInfo(&name);
	append_camel(&name, words, true);
	appendStringInfoString(&name, suffix);
	return name.data;
}

char *
realty_openapi_operation_name(const char *method, const char *path)
{
	StringInfoData name;

	initStringInfo(&name);
	for (const char *c = method; *c; c++)
		appendStringInfoChar(&name, pg_tolower((unsigned char)*c));
	if (strncmp(path, "/api/", 5) == 0)
		path += 4;
	for (const char *c = path; *c; c++)
		if (c[0] == '/' && c[1] == '{')
			appendStringInfoString(&name, "By");
		else if (c[0] == '/')
		{
			char *word = pnstrdup(c + 1, strcspn(c + 1, "/"));

			append_camel(&name, word, true);
		}
		else if (c[0] == '{')
			append_camel(&name, pnstrdup(c + 1, strcspn(c + 1, "}")), true);
	return name.data;
}

/* ---- examples ---- */

/* What a person would write there; by the end of the name, the longest first. */
static const char *
example_of_name(const char *name)
{
	static const struct
	{
		const char *end;
		const char *example;
	} examples[] = {{"company_name", "Sunrise Developers"},
					{"full_name", "Asha Patil"},
					{"license_number", "PRM/KA/RERA/1251/446"},
					{"rera_number", "PRM/KA/RERA/1251/446"},
					{"booking_number", "BK-2026-000042"},
					{"unit_number", "A-1204"},
					{"postal_code", "560037"},
					{"current_password", "correct horse battery"},
					{"new_password", "a longer pass phrase"},
					{"password", "correct horse battery"},
					{"email", "asha@example.com"},
					{"phone", "+91 98450 12345"},
					{"phone_e164", "+919845012345"},
					{"website", "https://sunrise.example"},
					{"_url", "https://cdn.example/tower-a.glb"},
					{"city", "Bengaluru"},
					{"state", "Karnataka"},
					{"tower", "A"},
					{"time_zone", "Asia/Kolkata"},
					{"name", "Palm Court"},
					{"title", "Slab of the tenth floor cast"}};

	for (size_t i = 0; i < lengthof(examples); i++)
	{
		size_t length = strlen(examples[i].end);

		if (strlen(name) >= length &&
			strcmp(name + strlen(name) - length, examples[i].end) == 0)
			return examples[i].example;
	}
	return "text";
}

static bool
is_float(const ApiType *type)
{
	return type->oid == FLOAT4OID || type->oid == FLOAT8OID;
}

static void
append_example(StringInfo json, const char *name, const ApiType *type)
{
	static const char *const examples[] = {[API_INTEGER] = "1",
										   [API_NUMBER] = "7500000.00",
										   [API_BOOLEAN] = "true",
										   [API_DATE] = "\"2027-03-31\"",
										   [API_TIME] = "\"2027-03-31T10:00:00+00:00\"",
										   [API_TEXT_LIST] = "[\"pool\",\"gym\"]",
										   [API_JSON] = "{}"};

	realty_json_open_list(json, "examples");
	if (is_float(type))
		realty_json_raw(json, NULL, "0.5");
	else if (type->kind == API_TEXT || type->kind == API_OTHER)
		realty_json_text(json, NULL, example_of_name(name ? name : ""));
	else
		realty_json_raw(json, NULL, examples[type->kind]);
	realty_json_close_list(json);
}

/* ---- types ---- */

static void
append_type_word(StringInfo json, const char *word, bool nullable)
{
	if (!nullable)
	{
		realty_json_text(json, "type", word);
		return;
	}
	realty_json_open_list(json, "type");
	realty_json_text(json, NULL, word);
	realty_json_text(json, NULL, "null");
	realty_json_close_list(json);
}

static void
append_type(StringInfo json, const ApiType *type, bool nullable)
{
	switch (type->kind)
	{
	case API_INTEGER:
		append_type_word(json, "integer", nullable);
		realty_json_text(json, "format", type->oid == INT8OID ? "int64" : "int32");
		break;
	case API_NUMBER:
		append_type_word(json, "number", nullable);
		break;
	case API_BOOLEAN:
		append_type_word(json, "boolean", nullable);
		break;
	case API_DATE:
	case API_TIME:
		append_type_word(json, "string", nullable);
		realty_json_text(json, "format", type->kind == API_DATE ? "date" : "date-time");
		break;
	case API_TEXT_LIST:
		append_type_word(json, "array", nullable);
		realty_json_raw(json, "items", "{\"type\":\"string\"}");
		break;
	case API_JSON:
		break; /* any JSON */
	case API_TEXT:
	case API_OTHER:
		append_type_word(json, is_float(type) ? "number" : "string", nullable);
	}
}

void
realty_openapi_type(StringInfo json, const char *name, const ApiType *type, bool nullable,
					const char *description)
{
	realty_json_open(json, name);
	append_type(json, type, nullable);
	if (description != NULL && description[0] != '\0')
		realty_json_text(json, "description", description);
	append_example(json, name, type);
	realty_json_close(json);
}

/* ---- columns ---- */

/*
 * The comments of our views have the rules already, for PostgREST. Here a column whose
 * values are listed leaves that rule out.
 */
static void
add_or_drop_rule(StringInfo text, const ApiColumn *column, const char *rule)
{
	char *seen = strstr(text->data, rule);

	if (seen == NULL && column->known == NULL)
		appendStringInfo(text, "%s%s", text->len ? " " : "", rule);
	else if (seen != NULL && column->known != NULL && seen[strlen(rule)] == '\0')
	{
		text->len = Max(seen - text->data - 1, 0);
		text->data[text->len] = '\0';
	}
}

/* Adds "Must be …." for each CHECK that is named after the column. */
static void
append_rules(StringInfo text, const ApiResource *resource, const ApiColumn *column)
{
	Relation constraints = table_open(ConstraintRelationId, AccessShareLock);
	char *prefix = psprintf("%s_%s_", get_rel_name(resource->base), column->name);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(resource->base));
	scan = systable_beginscan(constraints, ConstraintRelidTypidNameIndexId, true, NULL, 1,
							  &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint)GETSTRUCT(tuple);
		char *comment;

		if (form->contype != CONSTRAINT_CHECK ||
			strncmp(NameStr(form->conname), prefix, strlen(prefix)) != 0)
			continue;
		comment = GetComment(form->oid, ConstraintRelationId, 0);
		if (comment == NULL)
			continue;
		add_or_drop_rule(
			text, column,
			psprintf("%c%s.", pg_toupper((unsigned char)comment[0]), comment + 1));
	}
	systable_endscan(scan);
	table_close(constraints, AccessShareLock);
}

static char *
column_description(const ApiResource *resource, const ApiColumn *column)
{
	char *comment = GetComment(resource->relid, RelationRelationId, column->attnum);
	AttrNumber at = OidIsValid(resource->base) ? get_attnum(resource->base, column->name)
											   : InvalidAttrNumber;
	StringInfoData text;

	if (comment == NULL && at != InvalidAttrNumber)
		comment = GetComment(resource->base, RelationRelationId, at);
	initStringInfo(&text);
	if (comment != NULL)
		appendStringInfoString(&text, comment);
	if (at != InvalidAttrNumber)
		append_rules(&text, resource, column);
	return text.data;
}

static void
append_known(StringInfo json, const ApiColumn *column, bool nullable)
{
	append_type_word(json, "string", nullable);
	realty_json_open_list(json, "enum");
	for (int i = 0; i < column->nknown; i++)
		realty_json_text(json, NULL, column->known[i]);
	if (nullable)
		realty_json_raw(json, NULL, "null");
	realty_json_close_list(json);
}

void
realty_openapi_column(StringInfo json, const ApiResource *resource,
					  const ApiColumn *column, bool nullable)
{
	char *description = column_description(resource, column);

	realty_json_open(json, column->name);
	if (column->known != NULL)
		append_known(json, column, nullable);
	else
		append_type(json, &column->type, nullable);
	if (description[0] != '\0')
		realty_json_text(json, "description", description);
	if (column->known == NULL)
		append_example(json, column->name, &column->type);
	realty_json_close(json);
}
