#ifndef REALTY_GATEWAY_ROUTES_METRICS_H
#define REALTY_GATEWAY_ROUTES_METRICS_H

#include "gateway/http/request.h"

bool metrics_start(const Gateway *gateway);
void metrics_serve(Request *request);

#endif
