#ifndef REALTY_GATEWAY_ROUTES_DOCS_H
#define REALTY_GATEWAY_ROUTES_DOCS_H

#include "gateway/http/request.h"

void docs_read(const char *directory);
void docs_serve(Request *request);

#endif
