#ifndef REALTY_GATEWAY_HTTP_ADDRESS_LIMIT_H
#define REALTY_GATEWAY_HTTP_ADDRESS_LIMIT_H

#include <stdbool.h>

typedef struct AddressCount AddressCount;

bool address_limit_enter(const char *address, int max, AddressCount **entry);
void address_limit_leave(AddressCount *entry);

#endif
