#ifndef REALTY_GATEWAY_HTTP_RELEASE_H
#define REALTY_GATEWAY_HTTP_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

void slim_start(void);
void slim_pool(void *inside, size_t size);
void slim_note(size_t size);
bool slim_is_due(void);
void slim_heap(void);

#endif
