#ifndef REALTY_SUPERVISOR_BACKOFF_H
#define REALTY_SUPERVISOR_BACKOFF_H

#include "utils/timestamp.h"

extern TimestampTz realty_now(void);
extern int realty_backoff_ms(int failures);
extern TimestampTz realty_after_ms(int wait);

#endif
