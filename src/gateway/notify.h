#ifndef REALTY_GATEWAY_NOTIFY_H
#define REALTY_GATEWAY_NOTIFY_H

void notify_manager(const char *state);

#endif
