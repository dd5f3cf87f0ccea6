#ifndef REALTY_GATEWAY_HTTP_REQUEST_HEAD_H
#define REALTY_GATEWAY_HTTP_REQUEST_HEAD_H

#include "gateway/http/request.h"

char *head_target(const char *uri);
void head_read(Request *request, struct MHD_Connection *connection, const char *version);
void head_identify(Request *request, const char *proposed);

#endif
