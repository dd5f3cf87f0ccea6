#ifndef REALTY_GATEWAY_DB_DIAGNOSTICS_H
#define REALTY_GATEWAY_DB_DIAGNOSTICS_H

#include "gateway/config.h"

void advice_give(const Config *config, const char *sqlstate, const char *message);
void advice_version(const char *version);
void advice_clear(const Config *config);

#endif
