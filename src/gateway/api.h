#ifndef REALTY_GATEWAY_API_H
#define REALTY_GATEWAY_API_H

#include "gateway/request.h"

void api_serve(Request *request);

#endif
