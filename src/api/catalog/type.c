/*
 * type.c
 *		How a value of a column or argument is read, compared and described.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "api/catalog/type.h"

void
realty_type_classify(ApiType *type, Oid oid, int32 typmod)
{
	static const struct
	{
		Oid oid;
		ApiKind kind;
	} kinds[] = {
		{INT2OID, API_INTEGER},        {INT4OID, API_INTEGER},   {INT8OID, API_INTEGER},
		{NUMERICOID, API_NUMBER},      {BOOLOID, API_BOOLEAN},   {DATEOID, API_DATE},
		{TIMESTAMPTZOID, API_TIME},    {TIMESTAMPOID, API_TIME}, {TEXTOID, API_TEXT},
		{TEXTARRAYOID, API_TEXT_LIST}, {JSONBOID, API_JSON},     {JSONOID, API_JSON},
	};

	type->oid = oid;
	type->typmod = typmod;
	type->kind = API_OTHER;
	for (size_t i = 0; i < lengthof(kinds); i++)
		if (kinds[i].oid == oid)
			type->kind = kinds[i].kind;
}
