#ifndef REALTY_GATEWAY_HEALTH_H
#define REALTY_GATEWAY_HEALTH_H

#include "gateway/request.h"

void health_live(Request *request);
void health_ready(Request *request);

#endif
