#ifndef REALTY_GATEWAY_HTTP_GATEWAY_ERRORS_H
#define REALTY_GATEWAY_HTTP_GATEWAY_ERRORS_H

#include "gateway/buffer.h"

typedef enum GatewayError
{
	ERROR_NONE,
	ERROR_BAD_REQUEST,
	ERROR_ORIGIN,
	ERROR_NOT_FOUND,
	ERROR_METHOD_NOT_ALLOWED,
	ERROR_REQUEST_TIMEOUT,
	ERROR_CONFLICT,
	ERROR_BODY_TOO_LARGE,
	ERROR_URL_TOO_LONG,
	ERROR_ADDRESS_LIMIT,
	ERROR_HEAD_TOO_LARGE,
	ERROR_CLIENT_GONE,
	ERROR_INTERNAL,
	ERROR_QUEUE_FULL,
	ERROR_DATABASE_DOWN,
	ERROR_DATABASE_BUSY,
	ERROR_VERSION,
	ERROR_TIMEOUT,
	ERROR_TOO_MANY_STREAMS
} GatewayError;

typedef struct ErrorText
{
	unsigned int status;
	const char *code;
	const char *message;
	const char *hint;
	const char *retry_after; /* seconds */
} ErrorText;

const ErrorText *error_text(GatewayError error);
GatewayError error_of_sqlstate(const char *sqlstate);
GatewayError error_of_status(unsigned int status);
void error_write(GatewayError error, Buffer *body);

#endif
