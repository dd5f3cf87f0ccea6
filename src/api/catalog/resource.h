/*
 * resource.h
 *		A resource: its view's columns, types and known values.
 */
#ifndef REALTY_API_CATALOG_RESOURCE_H
#define REALTY_API_CATALOG_RESOURCE_H

#include "postgres.h"

#include "nodes/pg_list.h"
#include "utils/acl.h"
#include "utils/jsonb.h"

#include "api/catalog/type.h"
#include "platform/compat.h"

typedef struct ApiColumn
{
	const char *name;
	AttrNumber attnum;
	ApiType type;
	bool not_null;
	bool has_default;
	bool hidden;                   /* it serves another column's filters */
	struct ApiColumn *minor_units; /* of a money column: it times 100; else NULL */
	char **known;                  /* values an enumerated text may have, or NULL */
	int nknown;
	struct ApiColumn **implied_filter; /* of each: a boolean that is true then, or NULL */
	const char *value_lookup;          /* function that finds its few values, or NULL */
} ApiColumn;

typedef struct ApiEmbed
{
	const char *key;
	const char *resource;
	const char *by; /* our column that holds the other's key */
	List *columns;  /* char * */
} ApiEmbed;

typedef struct ApiResource
{
	const char *name;
	const char *list_key; /* the name, with _ for - */
	const char *singular;
	const char *view; /* as the table says */
	const char *key_name;
	List *sort; /* char * */
	const char *default_sort;
	List *embeds;           /* ApiEmbed * */
	const char *search;     /* function that serves q=, or NULL */
	Jsonb *value_lookups;   /* column: function that finds its few values */
	Jsonb *implied_filters; /* column: value: boolean column that is true then */

	/* Read from the catalog at first use. */
	bool described;
	Oid relid;
	Oid base; /* table that the key column comes from, or InvalidOid */
	const char *quoted_view;
	int ncolumns;
	ApiColumn *columns;
	ApiColumn *key;
} ApiResource;

/* Reads the lower half of the struct, once; ERROR when the view is not there. */
extern void realty_resource_describe(ApiResource *resource);

/* The column of that name of a described resource, or NULL. */
extern ApiColumn *realty_resource_column(const ApiResource *resource, const char *name);

/* The type of that column, or NULL; the target is an ApiResource. */
extern const ApiType *realty_resource_type(const void *target, const char *name);

/* May the role do this with the column, by the view's grants or the column's? */
extern bool realty_column_allows(const ApiResource *resource, const ApiColumn *column,
								 Oid role, AclMode mode);

/* May a list be filtered by it, and by min_ and max_ of it? */
extern bool realty_column_is_filter(const ApiColumn *column);
extern bool realty_column_has_order(const ApiColumn *column);

/*
 * ERROR not_found: there is no such row, or none for this caller to know of. NULL: of no
 * resource.
 */
pg_noreturn extern void realty_resource_not_found(const ApiResource *resource);

#endif /* REALTY_API_CATALOG_RESOURCE_H */
