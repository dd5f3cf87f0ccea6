/*
 * city.c
 *		The cities in which there are projects, by a part of their name.
 *
 * Under row security no index serves ILIKE, for it is not leakproof; equality is. A
 * list filtered by a part of a city's name therefore looks up the cities that
 * match, which are few, and then asks for those. The cities are found in an index:
 * the first entry after the last city, and so on, one descent for each. A statement
 * for each descent would cost more than the page. In projects_of_city_by_status a
 * city's drafts, which are the newest, come after its public projects.
 *
 * Reads as the owner would. So it decides itself which projects the caller may know
 * of, as the policies of projects do, and returns nothing but names of cities.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "domain/current_user.h"
#include "platform/column.h"
#include "platform/compat.h"

PG_FUNCTION_INFO_V1(realty_project_cities);

/* Beyond that a scan of the projects costs about as much. */
#define CITIES_MOST 200
#define PATTERN_BYTES 1000 /* more than any city's name, each letter escaped */

typedef struct CityScan
{
	Relation projects;
	Relation index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	AttrNumber city;
	AttrNumber is_listed;
	AttrNumber builder_id;
	Caller caller;
} CityScan;

static Oid
relation_named(const char *name)
{
	return get_relname_relid(name, get_namespace_oid("realty", false));
}

/* The table's column, whose values are read as of this type. */
static AttrNumber
column_of(Relation projects, const char *name, Oid type)
{
	AttrNumber column = get_attnum(RelationGetRelid(projects), name);

	if (column <= 0)
		elog(ERROR, "the relation has no column \"%s\"", name);
	realty_column_check_type(
		name, TupleDescAttr(RelationGetDescr(projects), column - 1)->atttypid, type);
	return column;
}

/* A site may have replaced the index by one that cannot be read by city. */
static void
check_index(const CityScan *cities)
{
	Relation index = cities->index;

	if (index->rd_rel->relkind != RELKIND_INDEX || index->rd_rel->relam != BTREE_AM_OID ||
		index->rd_index->indrelid != RelationGetRelid(cities->projects) ||
		index->rd_index->indkey.values[0] != cities->city ||
		index->rd_opcintype[0] != TEXTOID || !index->rd_index->indisvalid)
		elog(ERROR, "index projects_of_city_by_status was altered");
}

static void
scan_start(CityScan *cities)
{
	cities->projects = table_open(relation_named("projects"), AccessShareLock);
	cities->city = column_of(cities->projects, "city", TEXTOID);
	cities->is_listed = column_of(cities->projects, "is_listed", BOOLOID);
	cities->builder_id = column_of(cities->projects, "builder_id", INT8OID);
	cities->index =
		index_open(relation_named("projects_of_city_by_status"), AccessShareLock);
	check_index(cities);
	cities->slot = table_slot_create(cities->projects, NULL);
	cities->scan =
		compat_index_beginscan(cities->projects, cities->index, GetActiveSnapshot(), 1);
	cities->caller = realty_caller();
}

static void
scan_end(CityScan *cities)
{
	index_endscan(cities->scan);
	ExecDropSingleTupleTableSlot(cities->slot);
	index_close(cities->index, AccessShareLock);
	table_close(cities->projects, AccessShareLock);
}

static bool
may_know_of(const CityScan *cities)
{
	bool isnull;
	Datum is_listed = slot_getattr(cities->slot, cities->is_listed, &isnull);

	if (cities->caller.is_admin || (!isnull && DatumGetBool(is_listed)))
		return true;
	return cities->caller.is_builder &&
		   DatumGetInt64(slot_getattr(cities->slot, cities->builder_id, &isnull)) ==
			   cities->caller.profile_id;
}

/* The first city behind `last` that the caller may know of; false when there is none. */
static bool
scan_next(CityScan *cities, Datum last, Datum *city)
{
	ScanKeyData key;
	bool isnull;

	ScanKeyEntryInitialize(&key, 0, 1, BTGreaterStrategyNumber, InvalidOid,
						   DEFAULT_COLLATION_OID, F_TEXT_GT, last);
	index_rescan(cities->scan, &key, 1, NULL, 0);
	while (index_getnext_slot(cities->scan, ForwardScanDirection, cities->slot))
	{
		CHECK_FOR_INTERRUPTS();
		if (may_know_of(cities))
		{
			text *found =
				DatumGetTextPCopy(slot_getattr(cities->slot, cities->city, &isnull));

			*city = PointerGetDatum(found);
			return true;
		}
	}
	return false;
}

/*
 * api.project_cities(pattern text) → text[]
 *
 * NULL when there are more cities than it looks through. A pattern without end would be
 * read anew for each of them, and no city is that long.
 */
Datum
realty_project_cities(PG_FUNCTION_ARGS)
{
	Datum found[CITIES_MOST];
	int nfound = 0;
	int seen = 0;
	Datum city = CStringGetTextDatum("");
	Datum pattern = PointerGetDatum(PG_GETARG_TEXT_PP(0));
	CityScan cities;

	if (VARSIZE_ANY_EXHDR(DatumGetPointer(pattern)) > PATTERN_BYTES)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
	scan_start(&cities);
	while (seen < CITIES_MOST && scan_next(&cities, city, &city))
	{
		seen++;
		if (DatumGetBool(DirectFunctionCall2Coll(texticlike, DEFAULT_COLLATION_OID, city,
												 pattern)))
			found[nfound++] = city;
	}
	scan_end(&cities);
	if (seen == CITIES_MOST)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(
		construct_array(found, nfound, TEXTOID, -1, false, TYPALIGN_INT));
}
