#ifndef REALTY_GATEWAY_ROUTES_API_H
#define REALTY_GATEWAY_ROUTES_API_H

#include "gateway/http/request.h"

void api_serve(Request *request);

#endif
