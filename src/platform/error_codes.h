/*
 * error_codes.h
 *		Every error a user can meet: one table of SQLSTATE, HTTP status and code.
 */
#ifndef REALTY_PLATFORM_ERROR_CODES_H
#define REALTY_PLATFORM_ERROR_CODES_H

#include "postgres.h"

typedef enum RealtyErrorKind
{
	REALTY_BAD_REQUEST,
	REALTY_UNAUTHENTICATED,
	REALTY_TOKEN_EXPIRED,
	REALTY_TOKEN_INVALID,
	REALTY_SESSION_REVOKED,
	REALTY_BAD_CREDENTIALS,
	REALTY_ACCOUNT_INACTIVE,
	REALTY_FORBIDDEN,
	REALTY_NOT_FOUND,
	REALTY_METHOD_NOT_ALLOWED,
	REALTY_NOT_ACCEPTABLE,
	REALTY_UNSUPPORTED_MEDIA_TYPE,
	REALTY_PAYLOAD_TOO_LARGE,
	REALTY_CONFLICT,
	REALTY_DUPLICATE,
	REALTY_UNIT_UNAVAILABLE,
	REALTY_ILLEGAL_TRANSITION,
	REALTY_HOLD_EXPIRED,
	REALTY_TOO_MANY_BOOKINGS,
	REALTY_TOO_MANY_APPOINTMENTS,
	REALTY_BUILDER_INACTIVE,
	REALTY_BUILDER_UNVERIFIED,
	REALTY_STILL_REFERENCED,
	REALTY_IN_PROGRESS,
	REALTY_VALIDATION,
	REALTY_TOO_MANY_REQUESTS,
	REALTY_UNAVAILABLE,
	REALTY_NOT_CONFIGURED,
	REALTY_ERROR_KINDS
} RealtyErrorKind;

/*
 * Use inside ereport(): sets the SQLSTATE of the kind and puts its code word
 * ("unit_unavailable") into the error's CONSTRAINT NAME field, where libpq,
 * PL code and the api room find it.
 */
extern int realty_errcode(RealtyErrorKind kind);

/* Calls counter with the kind of each error that realty_errcode raises from now on. */
typedef void (*RealtyRefusalCounter)(RealtyErrorKind kind);
extern void realty_errcode_count_with(RealtyRefusalCounter counter);

/* The code word of a kind. */
extern const char *realty_error_code(RealtyErrorKind kind);

/*
 * Text of others inside a primary message. PostgREST makes the message the reason
 * of its status line, as it is: a line break in it would let that text add headers.
 */
extern const char *realty_one_line(const char *text);

/* The HTTP status and code word of any error, ours or PostgreSQL's own. */
extern void realty_error_answer(const ErrorData *edata, int *status, const char **code);

#endif /* REALTY_PLATFORM_ERROR_CODES_H */
