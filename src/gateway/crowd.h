#ifndef REALTY_GATEWAY_CROWD_H
#define REALTY_GATEWAY_CROWD_H

#include <stdbool.h>

typedef struct CrowdPlace CrowdPlace;

bool crowd_enter(const char *address, int most, CrowdPlace **place);
void crowd_leave(CrowdPlace *place);

#endif
