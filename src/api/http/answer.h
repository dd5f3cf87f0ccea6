/*
 * answer.h
 *		The envelope and the headers around an answer.
 */
#ifndef REALTY_API_HTTP_ANSWER_H
#define REALTY_API_HTTP_ANSWER_H

#include "api/request.h"

/*
 * A success: begin, append one JSON value to answer.body, end. It is the member `key` of
 * the data, or with an empty key the data itself.
 */
extern void realty_answer_begin(ApiRequest *request, const char *key);
extern void realty_answer_end(ApiRequest *request, const char *key);

/* An error; its details are request->violations. */
extern void realty_answer_error(ApiRequest *request, int status, const char *code,
								const char *message, const char *hint);

extern void realty_answer_header(ApiRequest *request, const char *name,
								 const char *value);
/* Headers of every answer, the ETag, 304 and HEAD: called last. */
extern void realty_answer_finish(ApiRequest *request);

/* The headers as "Name: value" lines. */
extern text *realty_answer_headers_text(const ApiAnswer *answer);

#endif /* REALTY_API_HTTP_ANSWER_H */
