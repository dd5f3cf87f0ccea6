#ifndef REALTY_GATEWAY_STREAM_FEED_H
#define REALTY_GATEWAY_STREAM_FEED_H

#include "gateway/http/request.h"

void feed_turn(Gateway *gateway);
int64_t feed_wait(const Gateway *gateway);
void feed_stop(void);

#endif
