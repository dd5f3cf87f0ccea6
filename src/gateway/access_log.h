#ifndef REALTY_GATEWAY_ACCESS_LOG_H
#define REALTY_GATEWAY_ACCESS_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/http/request.h"

#define ACCESS_COLUMNS 7 /* of the row of realty.request_raw; four are for us */

void access_start(const Config *config);
void access_begin(Request *request);
void access_note(Request *request, const PGresult *rows);
void access_end(Request *request, bool whole);
void access_raw_error(Request *request);

#endif
