/*
 * list.c
 *		GET of a list, with its filters, order and pages.
 *
 * Any column that the role may read is a filter; the query string names it. Every
 * unknown parameter and every bad value is collected into one error.
 *
 * There are two ways to page. page= counts all matching rows, as the seed's front end
 * wants it, up to realty.exact_count_limit; beyond that it answers the planner's
 * estimate, marked as such. No count is run where the page itself shows the end, or
 * where the planner expects more than ten times the limit. after= continues behind a row
 * and counts nothing, so its cost does not grow with the page's distance.
 *
 * A page is limited in bytes, too, and ends early where its rows would pass that limit;
 * it says so, and the cursor continues behind the last row shown. Where there is no
 * cursor (hits ordered by rank, an answer that is the bare list) the client is asked
 * for a smaller limit instead.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "api/handlers/list.h"
#include "api/http/answer.h"
#include "api/request.h"
#include "api/sql/convert.h"
#include "api/sql/cursor.h"
#include "api/sql/local_time.h"
#include "api/sql/select.h"
#include "api/sql/statement_cache.h"
#include "api/violations.h"
#include "common/base64url.h"
#include "platform/kept_statement.h"

#define LIMIT_DEFAULT 10
#define LIMIT_MAX 100

/* Of a page's rows, unless its first one alone has more. */
#define PAGE_BYTES (1024 * 1024)

/* From so many times the limit on, the planner's estimate is taken without a count. */
#define COUNT_FAR 10

static int exact_count_limit = 1000;

typedef struct ListRequest
{
	ApiRequest *request;
	ApiResource *resource;
	int64 page;
	int64 limit;
	const char *sort;  /* as asked for, or the resource's own */
	const char *after; /* NULL when paging by number */
	const char *words; /* q=, or NULL */
	bool sort_given;
	bool page_given;
} ListRequest;

void
realty_list_init(void)
{
	DefineCustomIntVariable(
		"realty.exact_count_limit", "How many rows of a list are counted for totalItems.",
		"For longer lists the planner's estimate is returned, marked as such. 0 always "
		"counts.",
		&exact_count_limit, 1000, 0, INT_MAX, PGC_SUSET, 0, NULL, NULL, NULL);
}

/* ---- filters ---- */

/* Anywhere in the text; the client's own % and _ mean themselves. */
static Datum
like_pattern(const char *text)
{
	StringInfoData pattern;

	initStringInfo(&pattern);
	appendStringInfoChar(&pattern, '%');
	for (const char *c = text; *c; c++)
	{
		if (strchr("%_\\", *c) != NULL)
			appendStringInfoChar(&pattern, '\\');
		appendStringInfoChar(&pattern, *c);
	}
	appendStringInfoChar(&pattern, '%');
	return CStringGetTextDatum(pattern.data);
}

static void
write_value_lookup(StringInfo sql, const void *what)
{
	const ApiColumn *column = what;

	appendStringInfo(sql, "SELECT %s($1)", column->value_lookup);
}

static const char *
known_values_message(const ApiColumn *column)
{
	StringInfoData message;

	initStringInfo(&message);
	appendStringInfoString(&message, "must be one of ");
	for (int i = 0; i < column->nknown; i++)
		appendStringInfo(&message, "%s%s", i ? ", " : "", column->known[i]);
	return message.data;
}

static const char *
filter_known(RowsQuery *query, const ApiColumn *column, const char *value)
{
	int at = 0;

	while (at < column->nknown && strcmp(column->known[at], value) != 0)
		at++;
	if (at == column->nknown)
		return known_values_message(column);
	realty_rows_where(query, column, ROWS_EQUAL, TEXTOID, CStringGetTextDatum(value));
	if (column->implied_filter[at] != NULL)
		realty_rows_where(query, column->implied_filter[at], ROWS_TRUE, BOOLOID,
						  BoolGetDatum(true));
	return NULL;
}

/* The values of the column that are like the pattern, an array; NULL when too many. */
static ArrayType *
look_up(const RowsQuery *query, const ApiColumn *column, Datum pattern)
{
	ApiStatement *statement = realty_statement_make(query->role);
	bool isnull;
	Datum values;

	(void)realty_statement_bind(statement, TEXTOID, pattern, false);
	appendStringInfo(&statement->key, "L%u.%d %s", query->resource->relid, column->attnum,
					 column->value_lookup);
	realty_statement_run(statement, write_value_lookup, column, true, 1);
	if (SPI_processed == 0)
		return NULL;
	values = realty_result(1, TEXTARRAYOID, &isnull);
	return isnull ? NULL : DatumGetArrayTypePCopy(values);
}

/*
 * Under row security no index serves ILIKE, for it is not leakproof; equality is. So of a
 * column with few values those that match are looked up first.
 */
static void
filter_like(RowsQuery *query, const ApiColumn *column, const char *value)
{
	Datum pattern = like_pattern(value);
	ArrayType *found = column->value_lookup ? look_up(query, column, pattern) : NULL;
	Datum *values;
	bool *nulls;
	int count;

	if (found == NULL)
	{
		realty_rows_where(query, column, ROWS_LIKE, TEXTOID, pattern);
		return;
	}
	deconstruct_array(found, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &count);
	if (count == 1 && !nulls[0]) /* the rows come in the index's order */
		realty_rows_where(query, column, ROWS_EQUAL, TEXTOID, values[0]);
	else
		realty_rows_where(query, column, ROWS_AMONG, TEXTARRAYOID,
						  PointerGetDatum(found));
}

static const char *
filter_text(RowsQuery *query, const ApiColumn *column, const char *value)
{
	if (column->known != NULL)
		return filter_known(query, column, value);
	if (value[0] != '\0')
		filter_like(query, column, value);
	return NULL;
}

/* Money: compared as whole hundredths, which an index serves. */
static const char *
filter_money(RowsQuery *query, const ApiColumn *column, RowsTest test, const char *value)
{
	Datum minor;
	bool exact;
	const char *violation =
		realty_convert_minor(value, test == ROWS_AT_LEAST, &exact, &minor);

	if (violation != NULL)
		return violation;
	if (test == ROWS_EQUAL && !exact)
		test = ROWS_NEVER;
	realty_rows_where(query, column->minor_units, test, INT8OID, minor);
	return NULL;
}

/* A date means the whole day, in the caller's time zone; so does a time without offset.
 */
static void
filter_local(RowsQuery *query, const ApiColumn *column, RowsTest test, const char *value)
{
	const char *zone = realty_clock_of_caller();
	bool is_day = strlen(value) == strlen("2026-01-31");
	Datum first;
	Datum last;

	realty_convert_local(value, zone, 0, &first);
	realty_convert_local(value, zone, is_day ? USECS_PER_DAY : 0, &last);
	if (is_day)
		last = TimestampTzGetDatum(DatumGetTimestampTz(last) - 1);
	if (test == ROWS_EQUAL && is_day)
	{
		realty_rows_where(query, column, ROWS_AT_LEAST, TIMESTAMPTZOID, first);
		test = ROWS_AT_MOST;
	}
	realty_rows_where(query, column, test, TIMESTAMPTZOID,
					  test == ROWS_AT_MOST ? last : first);
}

static const char *
filter_value(RowsQuery *query, const ApiColumn *column, RowsTest test, const char *value)
{
	ApiType type = column->type;
	Datum datum;
	const char *violation;

	if (column->minor_units != NULL)
		return filter_money(query, column, test, value);
	if (type.kind == API_TEXT)
		return filter_text(query, column, value);
	if (type.kind == API_TEXT_LIST)
	{
		realty_rows_where(query, column, ROWS_HAS, TEXTOID, CStringGetTextDatum(value));
		return NULL;
	}
	type.typmod = -1;
	violation = realty_convert_text(&type, value, &datum);
	if (violation != NULL)
		return violation;
	if (realty_clock_is_local(&type, value))
		filter_local(query, column, test, value);
	else
		realty_rows_where(query, column, test, type.oid, datum);
	return NULL;
}

static const ApiColumn *
visible_column(const ApiRequest *request, const ApiResource *resource, const char *name)
{
	const ApiColumn *column = realty_resource_column(resource, name);

	if (column == NULL || column->hidden ||
		!realty_column_allows(resource, column, request->role, ACL_SELECT))
		return NULL;
	return column;
}

/* The column a parameter filters, and how; NULL when there is none. */
static const ApiColumn *
filter_column(const ListRequest *list, const char *name, RowsTest *test)
{
	const ApiColumn *column = visible_column(list->request, list->resource, name);

	*test = ROWS_EQUAL;
	if (column != NULL)
		return realty_column_is_filter(column) ? column : NULL;
	if (strncmp(name, "min_", 4) != 0 && strncmp(name, "max_", 4) != 0)
		return NULL;
	*test = name[1] == 'i' ? ROWS_AT_LEAST : ROWS_AT_MOST;
	column = visible_column(list->request, list->resource, name + 4);
	return column != NULL && realty_column_has_order(column) ? column : NULL;
}

/* ---- the parameters that page ---- */

static const char *
take_bounded(const char *value, int64 most, int64 *number)
{
	ApiType type = {.kind = API_INTEGER, .oid = INT8OID, .typmod = -1};
	Datum datum;
	const char *violation = realty_convert_text(&type, value, &datum);

	if (violation != NULL)
		return violation;
	if (DatumGetInt64(datum) < 1 || DatumGetInt64(datum) > most)
		return psprintf("must be from 1 to " INT64_FORMAT, most);
	*number = DatumGetInt64(datum);
	return NULL;
}

static bool
sort_is_listed(const ListRequest *list, const char *name)
{
	ListCell *cell;

	foreach (cell, list->resource->sort)
		if (strcmp(lfirst(cell), name) == 0 &&
			visible_column(list->request, list->resource, name) != NULL)
			return true;
	return false;
}

static const char *
take_sort(ListRequest *list, const char *value)
{
	StringInfoData message;
	ListCell *cell;

	if (sort_is_listed(list, value + (value[0] == '-')))
	{
		list->sort = value;
		list->sort_given = true;
		return NULL;
	}
	initStringInfo(&message);
	appendStringInfoString(&message, "must be one of ");
	foreach (cell, list->resource->sort)
		appendStringInfo(&message, "%s%s",
						 cell == list_head(list->resource->sort) ? "" : ", ",
						 (char *)lfirst(cell));
	appendStringInfoString(&message, ", with - before it for descending");
	return message.data;
}

/* True when the parameter is one of ours; *violation says what is wrong with it. */
static bool
take_paging(ListRequest *list, const ApiPair *parameter, const char **violation)
{
	*violation = NULL;
	if (strcmp(parameter->name, "page") == 0)
	{
		list->page_given = true;
		*violation = take_bounded(parameter->value, PG_INT32_MAX, &list->page);
	}
	else if (strcmp(parameter->name, "limit") == 0)
		*violation = take_bounded(parameter->value, LIMIT_MAX, &list->limit);
	else if (strcmp(parameter->name, "sort") == 0)
		*violation = take_sort(list, parameter->value);
	else if (strcmp(parameter->name, "after") == 0)
		list->after = parameter->value;
	else if (strcmp(parameter->name, "q") == 0 && list->resource->search != NULL)
		list->words = parameter->value;
	else
		return false;
	return true;
}

static bool
is_repeated(const ApiRequest *request, int at)
{
	for (int i = 0; i < at; i++)
		if (strcmp(request->parameters[i].name, request->parameters[at].name) == 0)
			return true;
	return false;
}

static void
take_parameter(ListRequest *list, RowsQuery *query, int at)
{
	ApiRequest *request = list->request;
	const ApiPair *parameter = &request->parameters[at];
	const ApiColumn *column;
	const char *violation;
	RowsTest test;

	if (is_repeated(request, at))
		violation = "is given twice";
	else if (!take_paging(list, parameter, &violation))
	{
		column = filter_column(list, parameter->name, &test);
		violation = column == NULL ? "is not a known parameter"
								   : filter_value(query, column, test, parameter->value);
	}
	if (violation != NULL)
		realty_request_violation(request, API_IN_QUERY, parameter->name, violation);
}

/* ---- cursors ---- */

/* What realty_cursor_read takes apart. */
static char *
cursor_make(const char *sort, const char *key, const char *value)
{
	char *plain =
		value ? psprintf("%s|%s|=%s", sort, key, value) : psprintf("%s|%s|", sort, key);
	size_t length = strlen(plain);
	char *cursor = palloc(realty_base64url_encoded_size(length) + 1);

	cursor[realty_base64url_encode((const uint8_t *)plain, length, cursor)] = '\0';
	return cursor;
}

static const char *
cursor_bind(RowsQuery *query, const Cursor *cursor)
{
	ApiType type = query->sort->type;

	query->after = ROWS_AFTER_NULL;
	if (cursor->value != NULL)
	{
		type.typmod = -1;
		if (realty_convert_text(&type, cursor->value, &query->after_value) != NULL)
			return "is not a cursor of this list";
		query->after = ROWS_AFTER_VALUE;
	}
	/* When the key itself sorts, it alone says where. */
	if (query->sort == query->resource->key)
		query->after = ROWS_AFTER_NULL;
	if (realty_convert_text(&query->resource->key->type, cursor->key,
							&query->after_key) != NULL)
		return "is not a cursor of this list";
	return NULL;
}

static const char *
cursor_take(const ListRequest *list, RowsQuery *query)
{
	size_t length = strlen(list->after);
	char *plain = palloc(realty_base64url_decoded_size(length) + 1);
	Cursor cursor;

	if (!realty_cursor_read(list->after, length, plain, &cursor))
		return "is not a cursor of this list";
	if (strcmp(cursor.sort, list->sort) != 0)
		return "belongs to another order of this list";
	return cursor_bind(query, &cursor);
}

/* ---- list ---- */

static void
set_order(const ListRequest *list, RowsQuery *query)
{
	const ApiColumn *column =
		realty_resource_column(list->resource, list->sort + (list->sort[0] == '-'));

	if (column == NULL)
		elog(ERROR, "resource \"%s\" sorts by an unknown column", list->resource->name);
	query->descending = list->sort[0] == '-';
	query->sort = column->minor_units ? column->minor_units : column;
}

static void
set_start(const ListRequest *list, RowsQuery *query)
{
	const char *violation = NULL;

	if (list->after != NULL && list->page_given)
		violation = "cannot be combined with page";
	else if (list->after != NULL && query->by_rank)
		violation = "needs sort when there is a q: hits are paged by number";
	else if (list->after != NULL && list->after[0] != '\0')
		violation = cursor_take(list, query);
	if (violation != NULL)
		realty_request_violation(list->request, API_IN_QUERY, "after", violation);
	query->offset = (list->page - 1) * list->limit;
}

static RowsQuery *
list_query(ListRequest *list)
{
	RowsQuery *query = realty_rows_make(list->request, list->resource);

	realty_rows_where_captured(list->request, query);
	for (int i = 0; i < list->request->nparameters; i++)
		take_parameter(list, query, i);
	query->words = list->words;
	query->by_rank = list->words != NULL && !list->sort_given;
	set_order(list, query);
	set_start(list, query);
	realty_request_check_violations(list->request);
	if (query->words != NULL)
		realty_rows_search(query);
	return query;
}

/* An empty list below something that is not there, or not theirs to see, is a 404. */
static void
check_parent(ApiRequest *request)
{
	ApiResource *parent = request->route->parent;
	RowsQuery *query;
	Datum key;

	if (parent == NULL || request->ncaptures == 0)
		return;
	realty_resource_describe(parent);
	query = realty_rows_make(request, parent);
	if (realty_convert_text(&parent->key->type, request->captures[0], &key) == NULL)
	{
		realty_rows_where(query, parent->key, ROWS_EQUAL, parent->key->type.oid, key);
		realty_rows_run(query, true, 1);
		if (SPI_processed > 0)
			return;
	}
	realty_resource_not_found(parent);
}

static char *
column_output(uint64 row, int column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);
}

/* How many of the rows found fit on the page. */
static uint64
rows_that_fit(const ListRequest *list, uint64 found)
{
	uint64 wanted = Min(found, (uint64)list->limit);
	size_t bytes = 0;

	for (uint64 i = 0; i < wanted; i++)
	{
		bytes += realty_rows_size(i);
		if (i > 0 && bytes > PAGE_BYTES)
			return i;
	}
	return wanted;
}

static void
refuse_cut(const ListRequest *list)
{
	realty_request_violation(list->request, API_IN_QUERY, "limit",
							 psprintf("must be smaller: that many of these rows exceed "
									  "%d bytes",
									  PAGE_BYTES));
	realty_request_check_violations(list->request);
}

/* The page's rows; gives the cursor behind the last one when more follow. */
static const char *
append_rows(ListRequest *list, const RowsQuery *query, uint64 found, uint64 shown)
{
	StringInfo body = &list->request->answer.body;

	appendStringInfoChar(body, '[');
	for (uint64 i = 0; i < shown; i++)
	{
		if (i > 0)
			appendStringInfoChar(body, ',');
		realty_rows_append(list->request, i);
	}
	appendStringInfoChar(body, ']');
	if (found == shown || query->by_rank)
		return NULL;
	return cursor_make(list->sort, column_output(shown - 1, 2),
					   column_output(shown - 1, 3));
}

/*
 * Many by far: first by an estimate for any values, which is free, then for these. 0: no.
 * Of hits alone, with no other condition, there are about as many as were found: their
 * function returns those that the caller may know of.
 */
static int64
far_more(const RowsQuery *query, int64 most)
{
	int64 guess;

	if (query->nconditions == 0 && query->nhits > most)
		return query->nhits;
	if (realty_rows_expected(query, most + 1) <= COUNT_FAR * most)
		return 0;
	guess = realty_rows_estimate(query);
	return guess > COUNT_FAR * most ? guess : 0;
}

/*
 * Counted up to the limit, for counting a million rows costs a thousand times the page.
 * Beyond it the planner's estimate is used; where that is below what has been counted,
 * the statistics know nothing of these rows, and the count goes on for a while.
 */
static int64
count_items(const RowsQuery *query, bool *guessed)
{
	int64 most = exact_count_limit;
	int64 guess = far_more(query, most);
	int64 counted;

	*guessed = true;
	if (guess > 0)
		return guess;
	counted = realty_rows_count(query, most + 1);
	*guessed = counted > most;
	if (!*guessed)
		return counted;
	guess = realty_rows_estimate(query);
	if (guess > counted)
		return guess;
	counted = realty_rows_count(query, COUNT_FAR * most + 1);
	*guessed = counted > COUNT_FAR * most;
	return counted;
}

/*
 * A page that ends before its limit proves the count; else the table is asked. Behind the
 * end it is counted whatever it costs, which is no more than the page did: it walked the
 * same rows. The planner's estimate would reveal there how many rows match that this
 * caller may not see.
 */
static int64
total_items(const ListRequest *list, const RowsQuery *query, uint64 shown, bool more,
			bool *guessed)
{
	int64 seen = query->offset + (int64)shown + (more ? 1 : 0);
	int64 total;

	if (!more && (shown > 0 || list->page == 1))
		return seen;
	if (exact_count_limit == 0)
		return realty_rows_count(query, PG_INT64_MAX);
	if (shown == 0)
		return realty_rows_count(query, query->offset);
	total = count_items(query, guessed);
	return *guessed ? Max(seen, total) : total;
}

static void
append_pagination(ListRequest *list, const RowsQuery *query, uint64 shown, bool more,
				  const char *next)
{
	StringInfo body = &list->request->answer.body;

	appendStringInfoString(body, ",\"pagination\":{");
	if (list->after == NULL)
	{
		bool guessed = false;
		int64 total = total_items(list, query, shown, more, &guessed);

		appendStringInfo(body,
						 "\"currentPage\":" INT64_FORMAT ",\"totalPages\":" INT64_FORMAT
						 ",\"totalItems\":" INT64_FORMAT ",%s",
						 list->page, (total + list->limit - 1) / list->limit, total,
						 guessed ? "\"isEstimate\":true," : "");
	}
	appendStringInfo(body, "\"limit\":" INT64_FORMAT ",%s\"nextCursor\":", list->limit,
					 more && shown < (uint64)list->limit ? "\"endsEarly\":true," : "");
	if (next != NULL)
		escape_json(body, next);
	else
		appendStringInfoString(body, "null");
	appendStringInfoChar(body, '}');
}

void
realty_handle_list(ApiRequest *request)
{
	ListRequest list = {.request = request, .page = 1, .limit = LIMIT_DEFAULT};
	const char *key = realty_route_answer_key(request->route);
	RowsQuery *query;
	uint64 found;
	uint64 shown;
	const char *next;

	list.resource = request->route->resource;
	realty_resource_describe(list.resource);
	list.sort = list.resource->default_sort;
	query = list_query(&list);
	realty_rows_run(query, true, (long)list.limit + 1);
	found = SPI_processed;
	shown = rows_that_fit(&list, found);
	if (found == 0)
		check_parent(request);
	if (shown < Min(found, (uint64)list.limit) && (query->by_rank || key[0] == '\0'))
		refuse_cut(&list);
	realty_answer_begin(request, key);
	next = append_rows(&list, query, found, shown);
	if (key[0] != '\0')
		append_pagination(&list, query, shown, found > shown, next);
	realty_answer_end(request, key);
}
