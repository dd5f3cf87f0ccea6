#ifndef REALTY_SUPERVISOR_SWEEPER_H
#define REALTY_SUPERVISOR_SWEEPER_H

#include "utils/timestamp.h"

extern void realty_sweeper_init(void);
extern void realty_sweeper_start(void);
extern void realty_sweeper_round(const char *database);
extern void realty_sweeper_finish(void);
extern TimestampTz realty_sweeper_due(void);

#endif
