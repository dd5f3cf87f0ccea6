/*
 * server.c
 *		As much of the server as src/api/catalog/route_tree.c needs, on malloc.
 *
 * What was allocated lives until server_forget().
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

#include "server.h"

typedef struct Block
{
	struct Block *next;
	max_align_t bytes[];
} Block;

static Block *blocks;

void *
palloc0(Size size)
{
	Block *block = calloc(1, sizeof(Block) + size);

	block->next = blocks;
	blocks = block;
	return block->bytes;
}

void *
palloc(Size size)
{
	return palloc0(size);
}

char *
pstrdup(const char *text)
{
	return strcpy(palloc0(strlen(text) + 1), text);
}

void
server_forget(void)
{
	while (blocks)
	{
		Block *next = blocks->next;

		free(blocks);
		blocks = next;
	}
}

/* A new cell and a new list each time: no more is asked of it here. */
List *
lappend(List *list, void *datum)
{
	int length = list_length(list);
	List *longer = palloc0(sizeof(List));

	longer->type = T_List;
	longer->length = longer->max_length = length + 1;
	longer->elements = palloc0((length + 1) * sizeof(ListCell));
	for (int i = 0; i < length; i++)
		longer->elements[i] = list->elements[i];
	longer->elements[length].ptr_value = datum;
	return longer;
}

void
initStringInfo(StringInfo str)
{
	memset(str, 0, sizeof(*str));
	str->data = palloc0(1);
}

void
appendStringInfoString(StringInfo str, const char *text)
{
	char *longer = palloc0(str->len + strlen(text) + 1);

	memcpy(longer, str->data, str->len);
	strcpy(longer + str->len, text);
	str->data = longer;
	str->len += (int)strlen(text);
}

/* The one format that is used: "%s, ". */
void
appendStringInfo(StringInfo str, const char *format, ...)
{
	va_list arguments;

	if (strcmp(format, "%s, ") != 0)
		abort();
	va_start(arguments, format);
	appendStringInfoString(str, va_arg(arguments, const char *));
	va_end(arguments);
	appendStringInfoString(str, ", ");
}
