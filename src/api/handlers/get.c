/*
 * get.c
 *		GET of one row.
 */
#include "postgres.h"

#include "executor/spi.h"

#include "api/handlers/get.h"
#include "api/http/answer.h"
#include "api/sql/select.h"
#include "api/violations.h"

void
realty_handle_get(ApiRequest *request)
{
	ApiResource *resource = request->route->resource;
	RowsQuery *query;
	const char *key;

	realty_resource_describe(resource);
	realty_request_refuse_parameters(request);
	realty_request_check_violations(request);
	query = realty_rows_make(request, resource);
	realty_rows_where_captured(request, query);
	realty_rows_run(query, true, 1);
	if (SPI_processed == 0)
		realty_resource_not_found(resource);
	key = realty_route_answer_key(request->route);
	realty_answer_begin(request, key);
	realty_rows_append(request, 0);
	realty_answer_end(request, key);
}
