#ifndef REALTY_GATEWAY_HTTP_DELAYED_RESPONSE_H
#define REALTY_GATEWAY_HTTP_DELAYED_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/http/request.h"

/* Is this answer, whose status is known, one that is to be delayed? */
bool delay_is_asked(const PGresult *rows);
bool delay_take(Request *request, PGresult *rows);
void delay_turn(void);
int64_t delay_wait(void);
void delay_stop(void);

#endif
