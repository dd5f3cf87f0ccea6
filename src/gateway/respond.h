#ifndef REALTY_GATEWAY_RESPOND_H
#define REALTY_GATEWAY_RESPOND_H

#include "gateway/request.h"

void respond_refusal(Request *request, Refusal refusal);
void respond_rows(Request *request, PGresult *rows);
void respond_json(Request *request, unsigned int status, Buffer *body);
void respond_empty(Request *request, unsigned int status, struct MHD_Response *response);
void respond_add_safety(struct MHD_Response *response);

#endif
