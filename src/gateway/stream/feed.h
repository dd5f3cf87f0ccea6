#ifndef REALTY_GATEWAY_STREAM_FEED_H
#define REALTY_GATEWAY_STREAM_FEED_H

#include "gateway/stream/stream.h"

void feed_key(Stream *stream);
void feed_consider(Stream *stream);
void feed_forget(Stream *stream);
void feed_turn(Gateway *gateway);
int64_t feed_wait(const Gateway *gateway);
void feed_stop(void);

#endif
