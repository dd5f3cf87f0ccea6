#ifndef REALTY_GATEWAY_HTTP_RECV_H
#define REALTY_GATEWAY_HTTP_RECV_H

#include <stdbool.h>

#include "gateway/http/connection.h"

bool tap_start(void);
bool tap_attach(Peer *peer);
void tap_detach(const Peer *peer);
Peer *tap_peer(int fd);

#endif
