#ifndef REALTY_GATEWAY_HTTP_RAW_ERROR_H
#define REALTY_GATEWAY_HTTP_RAW_ERROR_H

#include "gateway/http/connection.h"
#include "gateway/http/gateway_errors.h"

void reject_peer(Peer *peer, Refusal refusal, const char *reason);
void reject_stranger(int fd, const char *address, Refusal refusal);

#endif
