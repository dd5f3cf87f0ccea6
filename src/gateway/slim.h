#ifndef REALTY_GATEWAY_SLIM_H
#define REALTY_GATEWAY_SLIM_H

#include <stddef.h>

void slim_start(void);
void slim_pool(void *inside, size_t size);
void slim_heap(void);

#endif
