#ifndef REALTY_GATEWAY_HTTP_RAW_ERROR_H
#define REALTY_GATEWAY_HTTP_RAW_ERROR_H

#include "gateway/http/connection.h"
#include "gateway/http/gateway_errors.h"

void raw_error_send(Connection *connection, GatewayError error, const char *reason);
void raw_error_send_unknown(int fd, const char *address, GatewayError error);

#endif
