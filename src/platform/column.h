/*
 * column.h
 *		Columns that are not as they were made.
 */
#ifndef REALTY_PLATFORM_COLUMN_H
#define REALTY_PLATFORM_COLUMN_H

#include "postgres.h"

#include "platform/compat.h"

/* ERROR unless the types are the same: its values would be read as what they are not. */
extern void realty_column_check_type(const char *column, Oid type, Oid expected);

/* ERROR: a value that a rule cannot do without is NULL. */
pg_noreturn extern void realty_column_refuse_null(const char *column);

#endif /* REALTY_PLATFORM_COLUMN_H */
