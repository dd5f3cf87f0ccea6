#ifndef REALTY_GATEWAY_HTTP_RESPONSE_H
#define REALTY_GATEWAY_HTTP_RESPONSE_H

#include "gateway/http/request.h"

#define DELAY_HEADER "X-Realty-Hold" /* from the database, for us alone */
#define RESPOND_JSON_TYPE "application/json; charset=utf-8"

void respond_error(Request *request, GatewayError error);
void respond_rows(Request *request, PGresult *rows);
void respond_body(Request *request, unsigned int status, const char *type, Buffer *body);
void respond_json(Request *request, unsigned int status, Buffer *body);
void respond_with(Request *request, unsigned int status, struct MHD_Response *response);
void respond_empty(Request *request, unsigned int status, struct MHD_Response *response);
bool respond_add_lines(struct MHD_Response *response, const char *lines);
unsigned int respond_row_status(const PGresult *rows);
void respond_by_call(Request *request, Call *call);
size_t respond_raw(int fd, GatewayError error, const char *id);

#endif
