#ifndef REALTY_GATEWAY_HTTP_REQUEST_HEAD_H
#define REALTY_GATEWAY_HTTP_REQUEST_HEAD_H

#include "gateway/http/request.h"

char *request_head_target(const char *uri);
void request_head_read(Request *request, struct MHD_Connection *mhd, const char *version);
void request_head_identify(Request *request, const char *proposed);

#endif
