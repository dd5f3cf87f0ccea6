/*
 * select.h
 *		Rows of a resource as JSON: the statement and its conditions.
 */
#ifndef REALTY_API_SQL_SELECT_H
#define REALTY_API_SQL_SELECT_H

#include "utils/array.h"

#include "api/request.h"

typedef enum RowsTest
{
	ROWS_EQUAL = '=',
	ROWS_LIKE = '~',
	ROWS_AMONG = '*', /* any of an array of values */
	ROWS_AT_LEAST = '>',
	ROWS_AT_MOST = '<',
	ROWS_HAS = '@',   /* a list that contains the value */
	ROWS_NEVER = '0', /* a value that no row can have */
	ROWS_TRUE = '1'   /* a boolean, whatever the value */
} RowsTest;

typedef struct RowsCondition
{
	const ApiColumn *column;
	RowsTest test;
	Oid type;
	Datum value;
} RowsCondition;

/* Where a page starts: after a row with a sort value, or after one with none. */
typedef enum RowsAfter
{
	ROWS_FROM_START,
	ROWS_AFTER_VALUE,
	ROWS_AFTER_NULL
} RowsAfter;

typedef struct RowsQuery
{
	const ApiResource *resource;
	Oid role;
	int nconditions;
	RowsCondition conditions[API_MAX_PARAMETERS + API_MAX_SEGMENTS];

	/* Of a list; sort is NULL for a single row. */
	const ApiColumn *sort;
	bool descending;
	RowsAfter after;
	Datum after_value;
	Datum after_key;
	int64 offset;
	const char *words; /* q=, NULL when nothing is searched for */
	ArrayType *hits;   /* keys of what has the words, the best first; NULL: of nothing */
	Oid hits_type;
	int nhits;
	bool by_rank;      /* best hits first, instead of sort */
	bool many;         /* rows are wanted: the statement is planned for them */
	int64 count_limit; /* of a count */
} RowsQuery;

extern RowsQuery *realty_rows_make(const ApiRequest *request,
								   const ApiResource *resource);
extern void realty_rows_where(RowsQuery *query, const ApiColumn *column, RowsTest test,
							  Oid type, Datum value);

/* Conditions for what the path names; ERROR not_found for a value that cannot be. */
extern void realty_rows_where_captured(const ApiRequest *request, RowsQuery *query);

/* Finds the hits of its words, once for all that is run and counted afterwards. */
extern void realty_rows_search(RowsQuery *query);
/* Runs it; SPI_tuptable holds json, and in a list the key and sort value, of each row. */
extern void realty_rows_run(RowsQuery *query, bool read_only, long limit);
/* How many rows the conditions leave, wherever a page begins; no more than `limit`. */
extern int64 realty_rows_count(const RowsQuery *query, int64 limit);
/* The same as the planner guesses it, from statistics alone and with these values. */
extern int64 realty_rows_estimate(const RowsQuery *query);
/* The same as the kept statement of that count expects for any values: for free. */
extern int64 realty_rows_expected(const RowsQuery *query, int64 limit);

/* The select list of a resource's row, `from` being what follows FROM. */
extern void realty_rows_select(StringInfo sql, const ApiResource *resource, Oid role,
							   const char *from);

/* Column 1 of row `row` of SPI_tuptable, which is JSON: its bytes; and appended. */
extern size_t realty_rows_size(uint64 row);
extern void realty_rows_append(ApiRequest *request, uint64 row);

#endif /* REALTY_API_SQL_SELECT_H */
