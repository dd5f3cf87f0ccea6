/*
 * release.c
 *	  Gives back the memory of idle connections.
 *
 * libmicrohttpd keeps for each connection as much memory as the largest head takes,
 * and fills it with zeros after each request. With thousands of connections that are
 * mostly idle that is nearly all of the gateway's memory (5,000 of them: 74 MB
 * without this file, 34 MB with it; the bar is 64). A page that holds only zeros can
 * be given back to the kernel: it reads as zeros when it is touched again. So nothing
 * has to be known about what the library does there; a page that is not zero stays.
 *
 * Large and short-lived memory, a body or an answer, goes back when it is freed: by
 * default the allocator would take the first one as a sign to keep as much for later
 * ones.
 */
#include "gateway/http/release.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGE (256 * 1024) /* bytes */

static bool due;

/* To be called once, before anything large is allocated. */
void
release_start(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, 4 * LARGE);
}

static bool
is_zero(const char *page, size_t size)
{
	return page[0] == 0 && memcmp(page, page + 1, size - 1) == 0;
}

/*
 * The whole pages behind an address in the pool. It may lie further in than the
 * pool's beginning, so the size may reach beyond its end, but not beyond the heap; a
 * pool that is elsewhere is left alone.
 */
void
release_pages(void *inside, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t top = (uintptr_t)sbrk(0);
	uintptr_t from = (uintptr_t)inside;
	uintptr_t to = from + size;

	if (inside == NULL || from >= top)
		return;
	if (to > top)
		to = top;
	for (from = (from + page - 1) / page * page; from + page <= to; from += page)
		if (is_zero((const char *)from, page))
			madvise((void *)from, page, MADV_DONTNEED);
}

/*
 * So many bytes were freed. If they came from a hole in the heap they stay there.
 */
void
release_note(size_t size)
{
	due |= size >= LARGE;
}

bool
release_is_due(void)
{
	return due;
}

/* Many connections or a body are gone: their memory lies between what is in use. */
void
release_heap(void)
{
	due = false;
	malloc_trim(0);
}
