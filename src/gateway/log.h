#ifndef REALTY_GATEWAY_LOG_H
#define REALTY_GATEWAY_LOG_H

#include <stddef.h>

void log_raw(const char *line, size_t length);
void log_flush(void);
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
