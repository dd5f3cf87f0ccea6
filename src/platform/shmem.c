/*
 * shmem.c
 *		Shared memory of the library: asked for when the server starts.
 *
 * Each part is declared by the file that uses it, from _PG_init. The server asks for
 * sizes and for contents by two hooks; both go through the parts from here.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"

#include "platform/shmem.h"

typedef struct ShmemPart
{
	const char *name;
	Size size;
	RealtyShmemInit init;
	void **address;
} ShmemPart;

static ShmemPart parts[REALTY_SHMEM_MAX_PARTS];
static int nparts = 0;
static shmem_request_hook_type next_request = NULL;
static shmem_startup_hook_type next_startup = NULL;

static void
request_parts(void)
{
	if (next_request != NULL)
		next_request();
	for (int i = 0; i < nparts; i++)
		RequestAddinShmemSpace(MAXALIGN(parts[i].size));
}

static void
attach_parts(void)
{
	if (next_startup != NULL)
		next_startup();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	for (ShmemPart *part = parts; part < parts + nparts; part++)
	{
		bool found;

		*part->address = ShmemInitStruct(part->name, part->size, &found);
		if (found)
			continue;
		memset(*part->address, 0, part->size);
		if (part->init != NULL)
			part->init(*part->address);
	}
	LWLockRelease(AddinShmemInitLock);
}

void
realty_shmem_add(const char *name, Size size, RealtyShmemInit init, void **address)
{
	if (nparts == 0)
	{
		next_request = shmem_request_hook;
		shmem_request_hook = request_parts;
		next_startup = shmem_startup_hook;
		shmem_startup_hook = attach_parts;
	}
	if (nparts == REALTY_SHMEM_MAX_PARTS)
		elog(ERROR, "too many parts of shared memory");
	parts[nparts++] = (ShmemPart){name, size, init, address};
}
