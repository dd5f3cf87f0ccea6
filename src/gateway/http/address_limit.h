#ifndef REALTY_GATEWAY_HTTP_ADDRESS_LIMIT_H
#define REALTY_GATEWAY_HTTP_ADDRESS_LIMIT_H

#include <stdbool.h>

typedef struct CrowdPlace CrowdPlace;

bool crowd_enter(const char *address, int most, CrowdPlace **place);
void crowd_leave(CrowdPlace *place);

#endif
