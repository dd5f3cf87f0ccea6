#ifndef REALTY_GATEWAY_HTTP_MHD_ERRORS_H
#define REALTY_GATEWAY_HTTP_MHD_ERRORS_H

#include <microhttpd.h>

enum MHD_Result mhd_queue(struct MHD_Connection *mhd, unsigned int status,
						  struct MHD_Response *response);

#endif
