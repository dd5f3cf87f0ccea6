#ifndef REALTY_GATEWAY_HTTP_HANDLER_H
#define REALTY_GATEWAY_HTTP_HANDLER_H

#include "gateway/http/request.h"

void *request_begin(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result request_handle(void *cls, struct MHD_Connection *mhd, const char *url,
							   const char *method, const char *version, const char *data,
							   size_t *size, void **context);
void request_end(void *cls, struct MHD_Connection *mhd, void **context,
				 enum MHD_RequestTerminationCode how);

#endif
