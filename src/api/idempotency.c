/*
 * idempotency.c
 *		Idempotency-Key: a retry gets the first answer, and nothing happens twice.
 *
 * For a client that lost the answer to a booking and cannot know whether it was made.
 * The client chooses the key; it is unique for each user and valid for the request it
 * came with: method, target and body (as JSON, so spaces and the order of members don't
 * count). The answer is kept in the transaction of the work itself, so either both are
 * there or neither; it counts for 24 hours, whether it has been swept or not.
 *
 * Locking: an advisory lock on user and key, taken before the look-up and held to the
 * end of the transaction. A second request with the same key does not wait for it:
 * copies that wait would each hold a connection of the gateway. It gets 409
 * in_progress and Retry-After, and asked again it finds the answer. The lock is taken
 * outside the work's subtransaction, because an error rolls that back and would release
 * it before its answer is kept.
 *
 * Errors are kept as well: the same request would meet them again, or worse, not. Not
 * kept is what says "try again": 429 and 5xx.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include <sodium.h>

#include "api/error_response.h"
#include "api/http/answer.h"
#include "api/http/parse.h"
#include "api/idempotency.h"
#include "api/subtransaction.h"
#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/kept_statement.h"
#include "platform/scope.h"

#define KEY_MAX 255
#define BODY_MAX (4 * 1024 * 1024) /* bytes; idempotency_keys_body_is_short */

static RealtyStatement lock_key = {
	.sql = "SELECT pg_catalog.pg_try_advisory_xact_lock("
		   "pg_catalog.hashtextextended($2, 7261446 # $1))",
	.nargs = 2,
	.types = {INT8OID, TEXTOID},
};

static RealtyStatement find_answer = {
	.sql = "SELECT request_hash = $3, status, headers, body FROM realty.idempotency_keys "
		   "WHERE user_id = $1 AND key = $2 "
		   "AND created_at > pg_catalog.clock_timestamp() - interval '24 hours'",
	.nargs = 3,
	.types = {INT8OID, TEXTOID, BYTEAOID},
};

static RealtyStatement keep_answer = {
	.sql =
		"INSERT INTO realty.idempotency_keys "
		"(user_id, key, request_hash, status, headers, body, created_at) "
		"VALUES ($1, $2, $3, $4, $5, $6, pg_catalog.clock_timestamp()) "
		"ON CONFLICT (user_id, key) DO UPDATE SET request_hash = excluded.request_hash, "
		"status = excluded.status, headers = excluded.headers, body = excluded.body, "
		"created_at = excluded.created_at",
	.nargs = 6,
	.types = {INT8OID, TEXTOID, BYTEAOID, INT4OID, JSONBOID, TEXTOID},
};

static const char *
key_of(const ApiRequest *request)
{
	return realty_request_header(request, "idempotency-key");
}

/* Answers of auth hold tokens, which are kept nowhere. */
bool
realty_idempotency_applies(const ApiRequest *request)
{
	return strcmp(request->method, "POST") == 0 && request->identity.present &&
		   key_of(request) != NULL &&
		   strncmp(request->route->path, "/api/auth/", strlen("/api/auth/")) != 0;
}

static Datum
request_hash(const ApiRequest *request)
{
	bytea *hash = palloc(VARHDRSZ + crypto_hash_sha256_BYTES);
	StringInfoData covered;

	initStringInfo(&covered);
	appendStringInfo(&covered, "%s\n%s\n", request->method, request->target);
	if (request->body != NULL)
		(void)JsonbToCString(&covered, &request->body->root, VARSIZE(request->body));
	SET_VARSIZE(hash, VARHDRSZ + crypto_hash_sha256_BYTES);
	crypto_hash_sha256((unsigned char *)VARDATA(hash), (unsigned char *)covered.data,
					   (unsigned long long)covered.len);
	return PointerGetDatum(hash);
}

static void
check_key(const char *key)
{
	if (key[0] == '\0' || strlen(key) > KEY_MAX)
		ereport(ERROR, (realty_errcode(REALTY_BAD_REQUEST),
						errmsg("the Idempotency-Key must have 1 to %d bytes", KEY_MAX)));
}

static void
take_headers(ApiRequest *request, Jsonb *headers)
{
	JsonbIterator *it = JsonbIteratorInit(&headers->root);
	JsonbValue name;
	JsonbValue value;

	(void)JsonbIteratorNext(&it, &name, true);
	while (JsonbIteratorNext(&it, &name, true) == WJB_KEY)
	{
		(void)JsonbIteratorNext(&it, &value, true);
		realty_answer_header(request, pnstrdup(name.val.string.val, name.val.string.len),
							 pnstrdup(value.val.string.val, value.val.string.len));
	}
}

/* The kept answer becomes ours. Called while SPI_tuptable holds it. */
static void
replay(ApiRequest *request)
{
	MemoryContext old = MemoryContextSwitchTo(request->context);

	if (!DatumGetBool(realty_result_required(1, BOOLOID)))
		ereport(ERROR, (realty_errcode(REALTY_VALIDATION),
						errmsg("this Idempotency-Key was used for another request"),
						errhint("Use a new key for each request.")));
	request->answer.status = DatumGetInt32(realty_result_required(2, INT4OID));
	resetStringInfo(&request->answer.body);
	appendStringInfoString(&request->answer.body,
						   TextDatumGetCString(realty_result_required(4, TEXTOID)));
	take_headers(request, DatumGetJsonbPCopy(realty_result_required(3, JSONBOID)));
	realty_answer_header(request, "Idempotent-Replayed", "true");
	MemoryContextSwitchTo(old);
}

static void
lock(Datum *values)
{
	realty_execute(&lock_key, values, NULL, false, 1);
	if (!DatumGetBool(realty_result_required(1, BOOLOID)))
		ereport(ERROR,
				(realty_errcode(REALTY_IN_PROGRESS),
				 errmsg("a request with this Idempotency-Key is in progress"),
				 errhint("Send it again in a second: it gets the same response.")));
}

static void
look_up(ApiRequest *request, void *found)
{
	Datum values[] = {Int64GetDatum(request->identity.user_id), (Datum)0,
					  request_hash(request)};
	OwnerScope scope;

	check_key(key_of(request));
	values[1] = CStringGetTextDatum(key_of(request));
	realty_owner_enter(&scope);
	SPI_connect();
	lock(values);
	realty_execute(&find_answer, values, NULL, false, 1);
	*(bool *)found = SPI_processed > 0;
	if (SPI_processed > 0)
		replay(request);
	SPI_finish();
	realty_owner_leave(&scope);
}

/* In no subtransaction: work whose answer cannot be kept is undone with the whole. */
static void
keep(const ApiRequest *request)
{
	const ApiAnswer *answer = &request->answer;
	Datum values[] = {
		Int64GetDatum(request->identity.user_id),
		CStringGetTextDatum(key_of(request)),
		request_hash(request),
		Int32GetDatum(answer->status),
		JsonbPGetDatum(realty_pairs_jsonb(answer->headers, answer->nheaders)),
		PointerGetDatum(cstring_to_text_with_len(answer->body.data, answer->body.len))};
	OwnerScope scope;

	if (answer->status == 429 || answer->status >= 500)
		return;
	realty_owner_enter(&scope);
	SPI_connect();
	realty_execute(&keep_answer, values, NULL, false, 0);
	SPI_finish();
	realty_owner_leave(&scope);
	MemoryContextSwitchTo(request->context);
}

/* The work, undone where its answer could not be kept. */
static void
work_to_be_kept(ApiRequest *request, void *work)
{
	(*(ApiWork *)work)(request, NULL);
	if (request->answer.body.len > BODY_MAX)
		ereport(ERROR, (realty_errcode(REALTY_PAYLOAD_TOO_LARGE),
						errmsg("the response is too large to be stored for a retry"),
						errhint("Request less at once, or send no Idempotency-Key.")));
}

void
realty_idempotency_serve(ApiRequest *request, ApiWork work)
{
	ErrorData *error;
	bool found = false;

	if (!realty_request_in_subtransaction(request, look_up, &found, &error))
		realty_error_response(request, error);
	else if (!found)
	{
		if (!realty_request_in_subtransaction(request, work_to_be_kept, &work, &error))
			realty_error_response(request, error);
		keep(request);
	}
}
