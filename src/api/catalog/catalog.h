/*
 * catalog.h
 *		Routes, resources and functions as the dispatcher needs them, kept per backend.
 */
#ifndef REALTY_API_CATALOG_CATALOG_H
#define REALTY_API_CATALOG_CATALOG_H

#include "postgres.h"

#include "nodes/pg_list.h"
#include "utils/acl.h"
#include "utils/jsonb.h"

#include "auth/rate_limit.h"

#define API_MAX_SEGMENTS 16

/* How a value of a column or argument is read and compared. */
typedef enum ApiKind
{
	API_INTEGER,
	API_NUMBER,
	API_BOOLEAN,
	API_DATE,
	API_TIME,
	API_TEXT,
	API_TEXT_LIST,
	API_JSON,
	API_OTHER
} ApiKind;

typedef struct ApiType
{
	ApiKind kind;
	Oid oid;
	int32 typmod;
} ApiType;

typedef struct ApiColumn
{
	const char *name;
	AttrNumber attnum;
	ApiType type;
	bool not_null;
	bool has_default;
	bool hidden;            /* it serves another column's filters */
	struct ApiColumn *twin; /* the twin of this money column, or NULL */
	char **known;           /* values an enumerated text may have, or NULL */
	int nknown;
	struct ApiColumn **implied; /* of each of these a boolean that is true, or NULL */
	const char *lookup;         /* function that finds its few values, or NULL */
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
	List *embeds;       /* ApiEmbed * */
	const char *search; /* function that serves q=, or NULL */
	Jsonb *lookups;     /* functions that find a column's few values */
	Jsonb *implied;     /* boolean columns that a column's value makes true */

	/* Read from the catalog at first use. */
	bool described;
	Oid relid;
	Oid base; /* table that the key column comes from, or InvalidOid */
	const char *quoted_view;
	int ncolumns;
	ApiColumn *columns;
	ApiColumn *key;
} ApiResource;

typedef struct ApiArgument
{
	const char *name;
	ApiType type;
	bool required;
} ApiArgument;

typedef enum ApiResult
{
	API_RESULT_VOID,
	API_RESULT_JSON,
	API_RESULT_SCALAR,
	API_RESULT_ROW
} ApiResult;

typedef struct ApiFunction
{
	Oid oid;
	const char *quoted_name;
	int nargs;
	ApiArgument *args;
	ApiResult result;
	Oid result_type;
	Oid row_relation; /* relation whose row type it returns, or InvalidOid */
	bool returns_set;
	bool returns_many; /* a set, and not declared ROWS 1 */
	bool is_volatile;
} ApiFunction;

typedef enum ApiHandler
{
	API_LIST,
	API_GET,
	API_CREATE,
	API_UPDATE,
	API_DELETE,
	API_SET,
	API_CALL,
	API_CREATE_MANY
} ApiHandler;

/* Who a route is for. */
#define API_FOR_ANONYMOUS 0x01
#define API_FOR_PUBLIC 0x02
#define API_FOR_USER 0x04
#define API_FOR_BUILDER 0x08
#define API_FOR_CUSTOMER 0x10
#define API_FOR_ADMIN 0x20

typedef struct ApiRoute
{
	int64 id;
	const char *method;
	const char *path;
	ApiHandler handler;
	ApiResource *resource;
	ApiResource *parent;
	const char *function_name;
	ApiFunction *function; /* looked up at first use */
	Jsonb *fixed;
	int nfixed;
	int nparams;
	const char *params[API_MAX_SEGMENTS]; /* column or argument of each {} in order */
	int roles;
	RateClass rate_class;
	int status;
	bool bare;
	const char *data_key;   /* NULL when the resource's name serves */
	const char *media_type; /* NULL: JSON in its envelope */
} ApiRoute;

/* Bracket every request; what went stale is dropped only when none is under way. */
extern void realty_catalog_enter(void);
extern void realty_catalog_leave(void);
extern bool realty_catalog_is_nested(void);

extern MemoryContext realty_catalog_context(void);
extern void realty_catalog_watch(Oid relid);

/*
 * For what is read of the catalog while a request runs: the count from before, and then
 * whether anything has changed since, so that the next request reads it anew.
 */
extern uint64 realty_catalog_changes(void);
extern void realty_catalog_made_since(uint64 before);
extern void realty_catalog_init(void);

/* ApiRoute *, a site's before ours. */
extern List *realty_catalog_routes(void);

extern ApiResource *realty_resource_find(const char *name);
extern ApiResource *realty_resource_of_table(Oid table);
extern void realty_resource_describe(ApiResource *resource);
extern ApiColumn *realty_resource_column(const ApiResource *resource, const char *name);
extern bool realty_column_allows(const ApiResource *resource, const ApiColumn *column,
								 Oid role, AclMode mode);
/* May a list be filtered by it, and by min_ and max_ of it? */
extern bool realty_column_is_filter(const ApiColumn *column);
extern bool realty_column_has_order(const ApiColumn *column);
extern void realty_type_classify(ApiType *type, Oid oid, int32 typmod);

extern ApiFunction *realty_function_find(ApiRoute *route);

/* Is the value of this column or argument the route's own to give, by path or fixed? */
extern bool realty_route_gives(const ApiRoute *route, const char *name);

/* Does its body mean something? A DELETE's does where its function asks for more. */
extern bool realty_route_takes_body(ApiRoute *route);

/* The member of data that holds the answer, "" when data is the answer itself. A call's
 * function must have been found. */
extern const char *realty_route_answer_key(const ApiRoute *route);

#endif /* REALTY_API_CATALOG_CATALOG_H */
