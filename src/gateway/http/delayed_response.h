#ifndef REALTY_GATEWAY_HTTP_DELAYED_RESPONSE_H
#define REALTY_GATEWAY_HTTP_DELAYED_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/http/request.h"

bool delay_take(Request *request, PGresult *rows);
void delay_turn(void);
int64_t delay_wait(void);
void delay_stop(void);

#endif
