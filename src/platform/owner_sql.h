/*
 * owner_sql.h
 *		The room's own statements, run as the extension's owner.
 */
#ifndef REALTY_PLATFORM_OWNER_SQL_H
#define REALTY_PLATFORM_OWNER_SQL_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "platform/kept_statement.h"
#include "platform/scope.h"

typedef struct OwnerSql
{
	OwnerScope scope;
	MemoryContext caller;
} OwnerSql;

/* Between these two CurrentMemoryContext is SPI's; what must outlive it is kept. */
extern void realty_owner_sql_begin(OwnerSql *sql);
extern void realty_owner_sql_end(OwnerSql *sql);

/* Column (from 1) of the first row: a text is an ERROR when null, others read as NULL, 0,
 * false. */
extern char *realty_owner_sql_text(OwnerSql *sql, int column);
extern Jsonb *realty_owner_sql_jsonb(OwnerSql *sql, int column);
extern int64 realty_owner_sql_int64(int column);
extern bool realty_owner_sql_bool(int column);

#endif /* REALTY_PLATFORM_OWNER_SQL_H */
