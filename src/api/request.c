/*
 * request.c
 *		The SQL functions that take requests: realty.request and realty.request_raw.
 *
 * Both only turn their arguments into one ApiRequest and its answer into a row. What is
 * malformed in a raw request is told by the same answer as everything else.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/inet.h"
#include "utils/memutils.h"

#include "api/api.h"
#include "api/catalog.h"
#include "api/request.h"
#include "api/respond.h"
#include "platform/scope.h"
#include "platform/secrets.h"

PG_FUNCTION_INFO_V1(realty_request);
PG_FUNCTION_INFO_V1(realty_request_raw);
PG_FUNCTION_INFO_V1(realty_ready);

static char *client_setting = NULL;

void
realty_api_init(void)
{
	DefineCustomStringVariable(
		"realty.client", "Address of the client whose request is being answered.",
		"Written by realty.request_raw, as the gateway saw it; kept with a sign-in.",
		&client_setting, "", PGC_SUSET,
		GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"realty.exact_count_limit", "How many rows of a list are counted for totalItems.",
		"Of more the planner's estimate is told, marked as such. 0 "
		"counts however many there are.",
		&realty_exact_count_limit, 10000, 0, INT_MAX, PGC_SUSET, 0, NULL, NULL, NULL);
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

static void
serve(ApiRequest *request)
{
	MemoryContext old = MemoryContextSwitchTo(request->context);

	realty_catalog_enter();
	PG_TRY();
	{
		realty_request_serve(request);
	}
	PG_FINALLY();
	{
		realty_catalog_leave();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(old);
}

/* The row type of the answer, kept: it is the same for every call of a function. */
static TupleDesc
answer_descriptor(Oid headers, Oid body)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	TupleDesc tupdesc = CreateTemplateTupleDesc(3);

	TupleDescInitEntry(tupdesc, 1, "status", INT4OID, -1, 0);
	TupleDescInitEntry(tupdesc, 2, "headers", headers, -1, 0);
	TupleDescInitEntry(tupdesc, 3, "body", body, -1, 0);
	tupdesc = BlessTupleDesc(tupdesc);
	MemoryContextSwitchTo(old);
	return tupdesc;
}

static Datum
answer_row(const ApiRequest *request, TupleDesc tupdesc, Datum headers)
{
	const StringInfoData *body = &request->answer.body;
	Datum values[3];
	bool nulls[3] = {false, false, false};

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
		tupdesc = answer_descriptor(JSONBOID, TEXTOID);
	row = answer_row(request, tupdesc,
					 JsonbPGetDatum(realty_answer_headers_json(&request->answer)));
	MemoryContextDelete(request->context);
	PG_RETURN_DATUM(row);
}

Datum
realty_request_raw(PG_FUNCTION_ARGS)
{
	static TupleDesc tupdesc = NULL;
	ApiRequest *request = request_make();
	Datum row;

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
	serve(request);
	if (tupdesc == NULL)
		tupdesc = answer_descriptor(TEXTOID, BYTEAOID);
	row = answer_row(request, tupdesc,
					 PointerGetDatum(realty_answer_headers_text(&request->answer)));
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
