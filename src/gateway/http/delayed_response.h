#ifndef REALTY_GATEWAY_HTTP_DELAYED_RESPONSE_H
#define REALTY_GATEWAY_HTTP_DELAYED_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/http/request.h"

bool hold_take(Request *request, PGresult *rows);
void hold_turn(void);
int64_t hold_wait(void);
void hold_stop(void);

#endif
