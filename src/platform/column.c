/*
 * column.c
 *		Columns that are not as they were made.
 *
 * The owner of a table may alter it, drop a NOT NULL, or hang a trigger function of
 * ours on a table of another shape. The C reads values by their type and most of
 * them without expecting NULL, so both are checked where a value is read: an error
 * of that statement instead of a crash of the server.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "platform/column.h"

void
realty_column_check_type(const char *column, Oid type, Oid expected)
{
	if (type != expected)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" is of type %s, but realty needs %s", column,
							   format_type_be(type), format_type_be(expected)),
						errhint("Restore the column's original type.")));
}

void
realty_column_refuse_null(const char *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" is null, but realty needs a value", column),
			 errhint("Give the row a value, and make the column NOT NULL again.")));
}
