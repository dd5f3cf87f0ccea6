#ifndef REALTY_GATEWAY_HTTP_LISTENER_H
#define REALTY_GATEWAY_HTTP_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/http/request.h"

bool listener_start(Gateway *gateway);
void listener_turn(void);
int64_t listener_wait(void);
void listener_quiesce(void);
void listener_stop(void);

#endif
