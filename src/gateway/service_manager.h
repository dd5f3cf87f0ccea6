#ifndef REALTY_GATEWAY_SERVICE_MANAGER_H
#define REALTY_GATEWAY_SERVICE_MANAGER_H

void notify_manager(const char *state);

#endif
