#ifndef REALTY_GATEWAY_ROUTES_HEALTH_H
#define REALTY_GATEWAY_ROUTES_HEALTH_H

#include "gateway/http/request.h"

void health_live(Request *request);
void health_ready(Request *request);

#endif
