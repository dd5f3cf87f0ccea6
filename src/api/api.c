/*
 * api.c
 *		The SQL functions that take requests: realty.request and realty.request_raw.
 *
 * Both only turn their arguments into one ApiRequest and its answer into a row. A
 * malformed request is answered like every other one.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/inet.h"
#include "utils/memutils.h"

#include "api/api.h"
#include "api/catalog/invalidation.h"
#include "api/handlers/list.h"
#include "api/http/answer.h"
#include "api/request.h"
#include "api/serve.h"
#include "api/sql/statement_cache.h"
#include "auth/response_floor.h"
#include "platform/compat.h"
#include "platform/scope.h"
#include "platform/secrets.h"

PG_FUNCTION_INFO_V1(realty_request);
PG_FUNCTION_INFO_V1(realty_request_raw);
PG_FUNCTION_INFO_V1(realty_ready);

#define RAW_COLUMNS 7

static char *client_setting = NULL;

void
realty_api_init(void)
{
	DefineCustomStringVariable(
		"realty.client", "Address of the client of the current request.",
		"Written by realty.request_raw, as given by the gateway; stored with a login.",
		&client_setting, "", PGC_SUSET,
		GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, NULL, NULL, NULL);
	realty_list_init();
	realty_catalog_init();
}

static ApiRequest *
request_make(void)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "realty request",
												  ALLOCSET_DEFAULT_SIZES);
	ApiRequest *request = MemoryContextAllocZero(context, sizeof(ApiRequest));

	request->context = context;
	return request;
}

static const char *
text_argument(FunctionCallInfo fcinfo, int at)
{
	return PG_ARGISNULL(at) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(at));
}

/* For the gateway, which delays the answer for so long and removes the header. */
static void
add_hold_header(ApiRequest *request)
{
	int64 left = realty_response_floor_left();

	if (left > 0)
		realty_answer_header(request, "X-Realty-Hold", psprintf(INT64_FORMAT, left));
}

static void
serve(ApiRequest *request)
{
	MemoryContext old = MemoryContextSwitchTo(request->context);
	StatementLabel outer = realty_statement_label((StatementLabel){NULL, NULL});

	realty_catalog_enter();
	PG_TRY();
	{
		realty_request_serve(request);
		add_hold_header(request);
	}
	PG_FINALLY();
	{
		/* ours points into memory that goes with this call */
		(void)realty_statement_label(outer);
		realty_catalog_leave();
		realty_response_floor_defer(false);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(old);
}

/* The row type of the answer, kept: it is the same for every call of a function. */
static TupleDesc
answer_descriptor(void)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	TupleDesc tupdesc = CreateTemplateTupleDesc(3);

	TupleDescInitEntry(tupdesc, 1, "status", INT4OID, -1, 0);
	TupleDescInitEntry(tupdesc, 2, "headers", JSONBOID, -1, 0);
	TupleDescInitEntry(tupdesc, 3, "body", TEXTOID, -1, 0);
	TupleDescFinalize(tupdesc);
	tupdesc = BlessTupleDesc(tupdesc);
	MemoryContextSwitchTo(old);
	return tupdesc;
}

/* What the gateway writes into its log. */
static TupleDesc
raw_descriptor(void)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	TupleDesc tupdesc = CreateTemplateTupleDesc(RAW_COLUMNS);

	TupleDescInitEntry(tupdesc, 1, "status", INT4OID, -1, 0);
	TupleDescInitEntry(tupdesc, 2, "headers", TEXTOID, -1, 0);
	TupleDescInitEntry(tupdesc, 3, "body", BYTEAOID, -1, 0);
	TupleDescInitEntry(tupdesc, 4, "route", TEXTOID, -1, 0);
	TupleDescInitEntry(tupdesc, 5, "user_id", INT8OID, -1, 0);
	TupleDescInitEntry(tupdesc, 6, "microseconds", INT8OID, -1, 0);
	TupleDescInitEntry(tupdesc, 7, "query_id", INT8OID, -1, 0);
	TupleDescFinalize(tupdesc);
	tupdesc = BlessTupleDesc(tupdesc);
	MemoryContextSwitchTo(old);
	return tupdesc;
}

static void
fill_log_columns(const ApiRequest *request, instr_time since, Datum *values, bool *nulls)
{
	uint64 query_id = realty_statement_query_id();
	instr_time now;

	nulls[3] = request->route == NULL;
	if (!nulls[3])
		values[3] = CStringGetTextDatum(request->route->path);
	nulls[4] = !request->identity.present;
	values[4] = Int64GetDatum(request->identity.user_id);
	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, since);
	values[5] = Int64GetDatum((int64)INSTR_TIME_GET_MICROSEC(now));
	nulls[6] = query_id == 0;
	values[6] = Int64GetDatum((int64)query_id);
}

static Datum
answer_row(const ApiRequest *request, TupleDesc tupdesc, Datum headers,
		   const instr_time *since)
{
	const StringInfoData *body = &request->answer.body;
	Datum values[RAW_COLUMNS];
	bool nulls[RAW_COLUMNS] = {false};

	if (since != NULL)
		fill_log_columns(request, *since, values, nulls);
	values[0] = Int32GetDatum(request->answer.status);
	values[1] = headers;
	/* text and bytea are alike inside. */
	values[2] = PointerGetDatum(cstring_to_text_with_len(body->data, body->len));
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}

Datum
realty_request(PG_FUNCTION_ARGS)
{
	static TupleDesc tupdesc = NULL;
	ApiRequest *request = request_make();
	Datum row;

	request->method = text_argument(fcinfo, 0);
	request->target = text_argument(fcinfo, 1);
	request->body = PG_ARGISNULL(2) ? NULL : PG_GETARG_JSONB_P(2);
	request->input_headers_json = PG_ARGISNULL(3) ? NULL : PG_GETARG_JSONB_P(3);
	serve(request);
	if (tupdesc == NULL)
		tupdesc = answer_descriptor();
	row = answer_row(request, tupdesc,
					 JsonbPGetDatum(realty_pairs_jsonb(request->answer.headers,
													   request->answer.nheaders)),
					 NULL);
	MemoryContextDelete(request->context);
	PG_RETURN_DATUM(row);
}

Datum
realty_request_raw(PG_FUNCTION_ARGS)
{
	static TupleDesc tupdesc = NULL;
	ApiRequest *request = request_make();
	instr_time since;
	Datum row;

	INSTR_TIME_SET_CURRENT(since);
	request->method = text_argument(fcinfo, 0);
	request->target = text_argument(fcinfo, 1);
	request->input_headers = text_argument(fcinfo, 2);
	if (!PG_ARGISNULL(3))
	{
		bytea *body = PG_GETARG_BYTEA_PP(3);

		request->raw_body = VARDATA_ANY(body);
		request->raw_length = VARSIZE_ANY_EXHDR(body);
	}
	if (!PG_ARGISNULL(4))
		request->client =
			DatumGetCString(DirectFunctionCall1(inet_out, PG_GETARG_DATUM(4)));
	realty_response_floor_defer(true);
	serve(request);
	if (tupdesc == NULL)
		tupdesc = raw_descriptor();
	row =
		answer_row(request, tupdesc,
				   PointerGetDatum(realty_answer_headers_text(&request->answer)), &since);
	MemoryContextDelete(request->context);
	PG_RETURN_DATUM(row);
}

/* Would requests be served now? An error says what is missing. */
Datum
realty_ready(PG_FUNCTION_ARGS)
{
	Secret secret;
	SecretVerdict verdict = realty_secret_current(&secret);

	if (verdict != SECRET_FOUND)
		realty_secret_refuse(verdict);
	(void)realty_owner();
	PG_RETURN_TEXT_P(cstring_to_text(RecoveryInProgress() ? "ready to read" : "ready"));
}
