#ifndef REALTY_GATEWAY_HTTP_GATEWAY_ERRORS_H
#define REALTY_GATEWAY_HTTP_GATEWAY_ERRORS_H

#include "gateway/buffer.h"

typedef enum Refusal
{
	REFUSE_NOTHING,
	REFUSE_BAD_REQUEST,
	REFUSE_ORIGIN,
	REFUSE_NOT_FOUND,
	REFUSE_METHOD,
	REFUSE_SLOW,
	REFUSE_CONFLICT,
	REFUSE_BODY,
	REFUSE_URL,
	REFUSE_CROWD,
	REFUSE_HEAD,
	REFUSE_GONE,
	REFUSE_INTERNAL,
	REFUSE_FULL,
	REFUSE_AWAY,
	REFUSE_BUSY,
	REFUSE_VERSION,
	REFUSE_TIMEOUT,
	REFUSE_STREAMS
} Refusal;

typedef struct RefusalText
{
	unsigned int status;
	const char *code;
	const char *message;
	const char *hint;
	const char *retry_after; /* seconds */
} RefusalText;

const RefusalText *refusal_text(Refusal refusal);
Refusal refusal_of_sqlstate(const char *sqlstate);
Refusal refusal_of_status(unsigned int status);
void refusal_write(Refusal refusal, Buffer *body);

#endif
