#ifndef REALTY_GATEWAY_HTTP_SOCKETS_H
#define REALTY_GATEWAY_HTTP_SOCKETS_H

#include "gateway/config.h"

#define MAX_SOCKETS 8

int sockets_open(const Config *config, int *sockets);

#endif
