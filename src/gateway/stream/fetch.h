#ifndef REALTY_GATEWAY_STREAM_FETCH_H
#define REALTY_GATEWAY_STREAM_FETCH_H

#include "gateway/http/request.h"

void fetch_turn(Gateway *gateway);
int64_t fetch_wait(const Gateway *gateway);
void fetch_stop(void);

#endif
