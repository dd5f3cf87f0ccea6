#ifndef REALTY_GATEWAY_HTTP_RELEASE_H
#define REALTY_GATEWAY_HTTP_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

void release_start(void);
void release_pages(void *inside, size_t size);
void release_note(size_t size);
bool release_is_due(void);
void release_heap(void);

#endif
