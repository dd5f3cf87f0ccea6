#ifndef REALTY_GATEWAY_STREAM_STREAM_H
#define REALTY_GATEWAY_STREAM_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/stream/queue.h"

bool stream_asked_for(const PGresult *rows);
bool stream_take(Request *request, PGresult *rows);
void stream_give(Stream *stream, Batch *batch);
void stream_finish(Stream *stream);
void stream_drain(void);
int stream_count(void);
int64_t stream_drops(void);
Stream *stream_first(void);
void stream_turn(const Gateway *gateway);
int64_t stream_wait(void);

#endif
