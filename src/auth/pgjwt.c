/*
 * pgjwt.c
 *		The functions of the extension pgjwt, same arguments and results.
 *
 * For databases that already speak it. It is as lenient as the original: base64 may
 * hold white space, parts after the third are ignored, a token without exp never ends,
 * and the caller says which algorithm and secret count. What our own tokens need is in
 * jwt.c. Two things differ on purpose: signatures are compared in constant time, and
 * verify is STABLE, since it looks at the clock.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include <math.h>
#include <sodium.h>

#include "auth/jws.h"
#include "common/base64url.h"
#include "platform/compat.h"

PG_FUNCTION_INFO_V1(realty_url_encode);
PG_FUNCTION_INFO_V1(realty_url_decode);
PG_FUNCTION_INFO_V1(realty_algorithm_sign);
PG_FUNCTION_INFO_V1(realty_sign);
PG_FUNCTION_INFO_V1(realty_verify);
PG_FUNCTION_INFO_V1(realty_try_cast_double);

static text *
encode_text(const void *bytes, size_t length)
{
	size_t letters = realty_base64url_encoded_size(length);
	text *encoded = palloc(VARHDRSZ + letters);

	SET_VARSIZE(encoded, VARHDRSZ + letters);
	realty_base64url_encode(bytes, length, VARDATA(encoded));
	return encoded;
}

/* url_encode(data bytea) → text */
Datum
realty_url_encode(PG_FUNCTION_ARGS)
{
	bytea *data = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_TEXT_P(encode_text(VARDATA_ANY(data), VARSIZE_ANY_EXHDR(data)));
}

/* The server's own decode() of plain base64, after padding: its errors are pgjwt's. */
static bytea *
decode_lenient(const char *letters, size_t length)
{
	StringInfoData plain;
	size_t remainder;

	initStringInfo(&plain);
	appendBinaryStringInfo(&plain, letters, (int)length);
	for (int i = 0; i < plain.len; i++)
	{
		if (plain.data[i] == '-')
			plain.data[i] = '+';
		else if (plain.data[i] == '_')
			plain.data[i] = '/';
	}
	remainder = (size_t)pg_mbstrlen_with_len(letters, (int)length) % 4;
	for (; remainder > 0 && remainder < 4; remainder++)
		appendStringInfoChar(&plain, '=');
	return DatumGetByteaPP(DirectFunctionCall2(
		binary_decode, PointerGetDatum(cstring_to_text_with_len(plain.data, plain.len)),
		PointerGetDatum(cstring_to_text("base64"))));
}

/* url_decode(data text) → bytea */
Datum
realty_url_decode(PG_FUNCTION_ARGS)
{
	text *data = PG_GETARG_TEXT_PP(0);

	PG_RETURN_BYTEA_P(decode_lenient(VARDATA_ANY(data), VARSIZE_ANY_EXHDR(data)));
}

/* The original passes an unknown algorithm on to pgcrypto as '': this is its message. */
static JwsAlgorithm
require_algorithm(const text *name)
{
	JwsAlgorithm found;

	if (name == NULL ||
		!realty_jws_algorithm_find(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &found))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("Cannot use \"\": No such hash algorithm")));
	return found;
}

static size_t
require_mac(JwsAlgorithm algorithm, const text *secret, const char *data, size_t length,
			unsigned char *mac)
{
	size_t size = realty_jws_mac(algorithm, VARDATA_ANY(secret),
								 VARSIZE_ANY_EXHDR(secret), data, length, mac);

	if (size == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute an HMAC")));
	return size;
}

static text *
argument_text(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? NULL : PG_GETARG_TEXT_PP(number);
}

/* algorithm_sign(signables text, secret text, algorithm text) → text */
Datum
realty_algorithm_sign(PG_FUNCTION_ARGS)
{
	text *signables = argument_text(fcinfo, 0);
	text *secret = argument_text(fcinfo, 1);
	unsigned char mac[JWS_MAC_MAX];
	JwsAlgorithm algorithm;
	size_t size;

	if (signables == NULL || secret == NULL)
		PG_RETURN_NULL();
	algorithm = require_algorithm(argument_text(fcinfo, 2));
	size = require_mac(algorithm, secret, VARDATA_ANY(signables),
					   VARSIZE_ANY_EXHDR(signables), mac);
	PG_RETURN_TEXT_P(encode_text(mac, size));
}

/* sign(payload json, secret text, algorithm text) → text */
Datum
realty_sign(PG_FUNCTION_ARGS)
{
	text *payload = PG_GETARG_TEXT_PP(0);
	text *secret = PG_GETARG_TEXT_PP(1);
	JwsAlgorithm algorithm = require_algorithm(PG_GETARG_TEXT_PP(2));
	char *header = psprintf("{\"alg\":\"%s\",\"typ\":\"JWT\"}",
							realty_jws_algorithm_name(algorithm));
	char *covered = psprintf(
		"%s.%s", text_to_cstring(encode_text(header, strlen(header))),
		text_to_cstring(encode_text(VARDATA_ANY(payload), VARSIZE_ANY_EXHDR(payload))));

	PG_RETURN_TEXT_P(cstring_to_text(realty_jws_seal(
		algorithm, VARDATA_ANY(secret), VARSIZE_ANY_EXHDR(secret), covered)));
}

/* What ::double precision takes; false where that would raise. */
static bool
read_double(const char *input, double *value)
{
	char *end;

	errno = 0;
	*value = strtod(input, &end);
	if (end == input ||
		(errno == ERANGE && (*value == 0 || *value >= HUGE_VAL || *value <= -HUGE_VAL)))
		return false;
	while (isspace((unsigned char)*end))
		end++;
	return *end == '\0';
}

/* try_cast_double(inp text) → double precision */
Datum
realty_try_cast_double(PG_FUNCTION_ARGS)
{
	double value;

	if (!read_double(text_to_cstring(PG_GETARG_TEXT_PP(0)), &value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

/* Part number wanted (from 0) of text split at dots; false when there are fewer. */
static bool
find_part(const text *token, int wanted, JwsSlice *part)
{
	const char *start = VARDATA_ANY(token);
	const char *end = start + VARSIZE_ANY_EXHDR(token);

	for (int i = 0;; i++)
	{
		const char *dot = memchr(start, '.', (size_t)(end - start));
		const char *stop = dot != NULL ? dot : end;

		if (i == wanted)
		{
			part->start = start;
			part->length = (size_t)(stop - start);
			return true;
		}
		if (dot == NULL)
			return false;
		start = dot + 1;
	}
}

static Datum
part_as_json(const JwsSlice *part)
{
	bytea *decoded = decode_lenient(part->start, part->length);
	int length = (int)VARSIZE_ANY_EXHDR(decoded);

	pg_verify_mbstr(PG_UTF8, VARDATA_ANY(decoded), length, false);
	return DirectFunctionCall1(
		json_in, CStringGetDatum(pnstrdup(VARDATA_ANY(decoded), (size_t)length)));
}

/* to_timestamp(try_cast_double(payload->>name)); false where that is null. */
static bool
payload_time(Datum payload, const char *name, TimestampTz *time)
{
	LOCAL_FCINFO(call, 2);
	Datum found;
	double seconds;

	InitFunctionCallInfoData(*call, NULL, 2, InvalidOid, NULL, NULL);
	call->args[0].value = payload;
	call->args[0].isnull = false;
	call->args[1].value = PointerGetDatum(cstring_to_text(name));
	call->args[1].isnull = false;
	found = json_object_field_text(call);
	if (call->isnull || !read_double(TextDatumGetCString(found), &seconds))
		return false;
	*time = DatumGetTimestampTz(
		DirectFunctionCall1(float8_timestamptz, Float8GetDatum(seconds)));
	return true;
}

/* tstzrange(nbf, exp) @> CURRENT_TIMESTAMP */
static bool
payload_is_current(Datum payload)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	TimestampTz from = DT_NOBEGIN;
	TimestampTz until = DT_NOEND;
	bool has_from = payload_time(payload, "nbf", &from);
	bool has_until = payload_time(payload, "exp", &until);

	if (has_from && has_until && from > until)
		ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
						errmsg("range lower bound must be less than or equal to range "
							   "upper bound")));
	return (!has_from || from <= now) && (!has_until || now < until);
}

static bool
signature_equals(const JwsSlice *given, const JwsSlice *header, const JwsSlice *payload,
				 const text *secret, JwsAlgorithm algorithm)
{
	unsigned char mac[JWS_MAC_MAX];
	char letters[JWS_MAC_MAX / 3 * 4 + 4];
	size_t covered = header->length + 1 + payload->length;
	size_t size = require_mac(algorithm, secret, header->start, covered, mac);
	size_t length = realty_base64url_encode(mac, size, letters);

	return given->length == length && sodium_memcmp(given->start, letters, length) == 0;
}

/* The row of verify(). The original, too, looks at the algorithm before the parts. */
static void
verify_parts(const text *token, const text *secret, const text *algorithm, Datum *values,
			 bool *nulls)
{
	JwsSlice header = {0};
	JwsSlice payload = {0};
	JwsSlice signature = {0};
	bool has_payload = find_part(token, 1, &payload);
	bool known = find_part(token, 2, &signature) && secret != NULL;
	JwsAlgorithm wanted = JWS_HS256;

	if (has_payload && secret != NULL)
		wanted = require_algorithm(algorithm);
	(void)find_part(token, 0, &header);
	values[0] = part_as_json(&header);
	nulls[0] = false;
	if (!has_payload)
		return;
	values[1] = part_as_json(&payload);
	nulls[1] = false;
	if (known && !signature_equals(&signature, &header, &payload, secret, wanted))
		values[2] = BoolGetDatum(false);
	else
		values[2] = BoolGetDatum(payload_is_current(values[1]));
	/* SQL's logic: unknown AND true is unknown, unknown AND false is false. */
	nulls[2] = !known && DatumGetBool(values[2]);
}

/*
 * verify(token text, secret text, algorithm text) → (header json, payload json,
 * valid boolean), always one row, as the original's.
 */
Datum
realty_verify(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *)fcinfo->resultinfo;
	Datum values[3] = {0};
	bool nulls[3] = {true, true, true};

	InitMaterializedSRF(fcinfo, 0);
	if (!PG_ARGISNULL(0))
		verify_parts(PG_GETARG_TEXT_PP(0), argument_text(fcinfo, 1),
					 argument_text(fcinfo, 2), values, nulls);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	return (Datum)0;
}
