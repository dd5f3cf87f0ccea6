#ifndef REALTY_GATEWAY_LOG_H
#define REALTY_GATEWAY_LOG_H

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
