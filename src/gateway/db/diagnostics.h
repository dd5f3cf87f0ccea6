#ifndef REALTY_GATEWAY_DB_DIAGNOSTICS_H
#define REALTY_GATEWAY_DB_DIAGNOSTICS_H

#include "gateway/config.h"

void diagnostics_report(const Config *config, const char *sqlstate, const char *message);
void diagnostics_version(const char *version);
void diagnostics_clear(const Config *config);

#endif
