/*
 * views.c
 *		Defaults and comments that a view of the API takes from its table at install.
 *
 * A client of PostgREST sees the view alone. PostgreSQL keeps defaults and comments
 * with the table, so without this `Prefer: missing=default` would write nulls, and
 * PostgREST's OpenAPI document would not say which values a status can have. Both
 * are taken from the table, so that each is written once.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(realty_complete_views);

/* Columns (a, b) of one name in the view (v) and the table (t) of one name. */
#define PAIRS                                                                            \
	"FROM pg_class v JOIN pg_class t ON t.relname = v.relname AND t.relkind = 'r' "      \
	"AND t.relnamespace = 'realty'::regnamespace AND v.relkind = 'v' "                   \
	"AND v.relnamespace = 'api'::regnamespace "                                          \
	"JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0 "                        \
	"JOIN pg_attribute b ON b.attrelid = t.oid AND b.attname = a.attname "

/*
 * Of columns that a role may insert. PostgREST writes the expression into its own
 * statements, so one that calls a function of realty, which no role may name, is left
 * out.
 */
static const char *const defaults =
	"SELECT format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', v.oid::regclass, "
	"a.attname, pg_get_expr(d.adbin, d.adrelid)) " PAIRS
	"JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = b.attnum "
	"WHERE b.attgenerated = '' AND NOT a.atthasdef "
	"AND pg_get_expr(d.adbin, d.adrelid) NOT LIKE '%realty.%' "
	"AND EXISTS (SELECT FROM aclexplode(a.attacl) g WHERE g.privilege_type = 'INSERT')";

/* The table's words, then the rules of the CHECKs that are named after the column. */
static const char *const comments =
	"SELECT format('COMMENT ON COLUMN %s.%I IS %L', v.oid::regclass, a.attname, "
	"w.words) " PAIRS
	"CROSS JOIN LATERAL (SELECT concat_ws(' ', col_description(t.oid, b.attnum), "
	"(SELECT string_agg(upper(left(m.rule, 1)) || substr(m.rule, 2) || '.', ' ' "
	"ORDER BY k.conname) FROM pg_constraint k, "
	"LATERAL obj_description(k.oid, 'pg_constraint') m (rule) "
	"WHERE k.conrelid = t.oid AND k.contype = 'c' "
	"AND starts_with(k.conname, t.relname || '_' || b.attname || '_')))) w (words) "
	"WHERE col_description(v.oid, a.attnum) IS NULL AND w.words <> ''";

static void
run_each(const char *query)
{
	SPITupleTable *statements;

	if (SPI_execute(query, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not run \"%s\"", query);
	statements = SPI_tuptable;
	for (uint64 i = 0; i < statements->numvals; i++)
	{
		char *statement = SPI_getvalue(statements->vals[i], statements->tupdesc, 1);

		if (SPI_execute(statement, false, 0) != SPI_OK_UTILITY)
			elog(ERROR, "could not run \"%s\"", statement);
	}
}

/* realty.complete_views(): the owner's, in the install and upgrade scripts. */
Datum
realty_complete_views(PG_FUNCTION_ARGS)
{
	SPI_connect();
	run_each(defaults);
	run_each(comments);
	SPI_finish();
	PG_RETURN_VOID();
}
