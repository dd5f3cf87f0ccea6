/*
 * error_codes.c
 *		The one table of errors, and how PostgreSQL's own map into it.
 *
 * SQLSTATEs of class PT carry the HTTP status in their last three characters:
 * PostgREST answers them with that status, and so do we. Several kinds share a
 * status, so the code word travels in the error's CONSTRAINT NAME field, which
 * every client library exposes and which holds no raw constraint name of ours.
 */
#include "postgres.h"

#include "utils/elog.h"

#include "platform/error_codes.h"

typedef struct ErrorRow
{
	int sqlstate;
	int status;
	const char *code;
} ErrorRow;

#define PT(a, b, c) MAKE_SQLSTATE('P', 'T', a, b, c)

static const ErrorRow error_rows[] = {
	[REALTY_BAD_REQUEST] = {PT('4', '0', '0'), 400, "bad_request"},
	[REALTY_UNAUTHENTICATED] = {PT('4', '0', '1'), 401, "unauthenticated"},
	[REALTY_TOKEN_EXPIRED] = {PT('4', '0', '1'), 401, "token_expired"},
	[REALTY_TOKEN_INVALID] = {PT('4', '0', '1'), 401, "token_invalid"},
	[REALTY_SESSION_REVOKED] = {PT('4', '0', '1'), 401, "session_revoked"},
	[REALTY_BAD_CREDENTIALS] = {PT('4', '0', '1'), 401, "bad_credentials"},
	[REALTY_ACCOUNT_INACTIVE] = {PT('4', '0', '1'), 401, "account_inactive"},
	[REALTY_FORBIDDEN] = {PT('4', '0', '3'), 403, "forbidden"},
	[REALTY_NOT_FOUND] = {PT('4', '0', '4'), 404, "not_found"},
	[REALTY_METHOD_NOT_ALLOWED] = {PT('4', '0', '5'), 405, "method_not_allowed"},
	[REALTY_NOT_ACCEPTABLE] = {PT('4', '0', '6'), 406, "not_acceptable"},
	[REALTY_UNSUPPORTED_MEDIA_TYPE] = {PT('4', '1', '5'), 415, "unsupported_media_type"},
	[REALTY_PAYLOAD_TOO_LARGE] = {PT('4', '1', '3'), 413, "payload_too_large"},
	[REALTY_CONFLICT] = {PT('4', '0', '9'), 409, "conflict"},
	[REALTY_DUPLICATE] = {PT('4', '0', '9'), 409, "duplicate"},
	[REALTY_UNIT_UNAVAILABLE] = {PT('4', '0', '9'), 409, "unit_unavailable"},
	[REALTY_ILLEGAL_TRANSITION] = {PT('4', '0', '9'), 409, "illegal_transition"},
	[REALTY_HOLD_EXPIRED] = {PT('4', '0', '9'), 409, "hold_expired"},
	[REALTY_TOO_MANY_BOOKINGS] = {PT('4', '0', '9'), 409, "too_many_bookings"},
	[REALTY_TOO_MANY_APPOINTMENTS] = {PT('4', '0', '9'), 409, "too_many_appointments"},
	[REALTY_BUILDER_INACTIVE] = {PT('4', '0', '9'), 409, "builder_inactive"},
	[REALTY_BUILDER_UNVERIFIED] = {PT('4', '0', '9'), 409, "builder_unverified"},
	[REALTY_STILL_REFERENCED] = {PT('4', '0', '9'), 409, "still_referenced"},
	[REALTY_IN_PROGRESS] = {PT('4', '0', '9'), 409, "in_progress"},
	[REALTY_VALIDATION] = {PT('4', '2', '2'), 422, "validation_failed"},
	[REALTY_TOO_MANY_REQUESTS] = {PT('4', '2', '9'), 429, "too_many_requests"},
	[REALTY_UNAVAILABLE] = {PT('5', '0', '3'), 503, "unavailable"},
	[REALTY_NOT_CONFIGURED] = {PT('5', '0', '0'), 500, "not_configured"},
};

/* PostgreSQL's own errors that a request can meet; the rest is a 500. */
static const ErrorRow server_rows[] = {
	{ERRCODE_UNIQUE_VIOLATION, 409, "duplicate"},
	{ERRCODE_EXCLUSION_VIOLATION, 409, "conflict"},
	{ERRCODE_FOREIGN_KEY_VIOLATION, 409, "still_referenced"},
	{ERRCODE_RESTRICT_VIOLATION, 409, "still_referenced"},
	{ERRCODE_CHECK_VIOLATION, 422, "validation_failed"},
	{ERRCODE_NOT_NULL_VIOLATION, 422, "validation_failed"},
	{ERRCODE_INSUFFICIENT_PRIVILEGE, 403, "forbidden"},
	{ERRCODE_T_R_SERIALIZATION_FAILURE, 409, "conflict"},
	{ERRCODE_T_R_DEADLOCK_DETECTED, 503, "unavailable"},
	{ERRCODE_LOCK_NOT_AVAILABLE, 503, "unavailable"},
	{ERRCODE_QUERY_CANCELED, 504, "timeout"},
	{ERRCODE_READ_ONLY_SQL_TRANSACTION, 503, "unavailable"},
	/* Of class 22, but never caused by the caller. */
	{ERRCODE_DIVISION_BY_ZERO, 500, "internal"},
};

/* Whole classes (the first two characters) that mean bad input or trouble. */
static const ErrorRow class_rows[] = {
	{MAKE_SQLSTATE('2', '2', '0', '0', '0'), 422, "validation_failed"},
	{MAKE_SQLSTATE('2', '3', '0', '0', '0'), 422, "validation_failed"},
	{MAKE_SQLSTATE('5', '3', '0', '0', '0'), 503, "unavailable"},
	{MAKE_SQLSTATE('5', '7', '0', '0', '0'), 503, "unavailable"},
};

static RealtyRefusalCounter count_refusal = NULL;

void
realty_errcode_count_with(RealtyRefusalCounter counter)
{
	count_refusal = counter;
}

int
realty_errcode(RealtyErrorKind kind)
{
	if (count_refusal != NULL)
		count_refusal(kind);
	errcode(error_rows[kind].sqlstate);
	return err_generic_string(PG_DIAG_CONSTRAINT_NAME, error_rows[kind].code);
}

const char *
realty_error_code(RealtyErrorKind kind)
{
	return error_rows[kind].code;
}

const char *
realty_one_line(const char *text)
{
	char *line = pstrdup(text);

	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\177')
			*c = ' ';
	return line;
}

/* A PTnnn without one of our code words was raised by a site's own function. */
static bool
status_of_pt(int sqlstate, int *status)
{
	const char *state = unpack_sql_state(sqlstate);

	if (strncmp(state, "PT", 2) != 0 || strspn(state + 2, "0123456789") != 3)
		return false;
	*status = atoi(state + 2);
	return *status >= 400 && *status <= 599;
}

static const char *
code_of_status(int status)
{
	for (size_t i = 0; i < lengthof(error_rows); i++)
		if (error_rows[i].status == status)
			return error_rows[i].code;
	return "error";
}

static bool
find_row(const ErrorRow *rows, size_t nrows, int sqlstate, int *status, const char **code)
{
	for (size_t i = 0; i < nrows; i++)
	{
		if (rows[i].sqlstate != sqlstate)
			continue;
		*status = rows[i].status;
		*code = rows[i].code;
		return true;
	}
	return false;
}

void
realty_error_answer(const ErrorData *edata, int *status, const char **code)
{
	if (status_of_pt(edata->sqlerrcode, status))
	{
		*code = edata->constraint_name ? edata->constraint_name : code_of_status(*status);
		return;
	}
	if (find_row(server_rows, lengthof(server_rows), edata->sqlerrcode, status, code))
		return;
	if (find_row(class_rows, lengthof(class_rows), ERRCODE_TO_CATEGORY(edata->sqlerrcode),
				 status, code))
		return;
	*status = 500;
	*code = "internal";
}
