/*
 * shmem.h
 *		Shared memory of the library: asked for when the server starts.
 */
#ifndef REALTY_PLATFORM_SHMEM_H
#define REALTY_PLATFORM_SHMEM_H

#include "postgres.h"

#define REALTY_SHMEM_MAX_PARTS 8

/* Fills a part that is all zeros, once for each start of the server; may be NULL. */
typedef void (*RealtyShmemInit)(void *part);

/*
 * From _PG_init: reserves `size` bytes under that name, and lets *address point to them
 * in every process. ERROR when there are more than REALTY_SHMEM_MAX_PARTS.
 */
extern void realty_shmem_add(const char *name, Size size, RealtyShmemInit init,
							 void **address);

#endif /* REALTY_PLATFORM_SHMEM_H */
