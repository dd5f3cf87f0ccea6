/*
 * batch.c
 *	  Events as they came from the database, shared by all streams that they are sent
 *	  to.
 */
#include "gateway/stream/batch.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/buffer.h"

#define MORE ": more\n\n" /* at its end: the database has more already */

void
batch_release(Batch *batch)
{
	if (--batch->readers > 0)
		return;
	PQclear(batch->rows);
	free(batch->text);
	free(batch);
}

/* Takes the row over; NULL when memory ran out. One reader: the caller. */
Batch *
batch_of_rows(PGresult *rows)
{
	Batch *batch = calloc(1, sizeof *batch);
	size_t length = (size_t)PQgetlength(rows, 0, 2);
	size_t mark = strlen(MORE);

	if (batch == NULL)
	{
		PQclear(rows);
		return NULL;
	}
	batch->rows = rows;
	batch->data = PQgetvalue(rows, 0, 2);
	batch->length = length;
	batch->more = length >= mark && memcmp(batch->data + length - mark, MORE, mark) == 0;
	batch->readers = 1;
	return batch;
}

/* The last event of a stream: the error that ended it. Takes the row over. */
Batch *
batch_of_end(PGresult *rows)
{
	Batch *batch = batch_of_rows(rows);
	Buffer text = {0};

	if (batch == NULL)
		return NULL;
	buffer_append_text(&text, "event: end\ndata: ");
	buffer_append(&text, batch->data, batch->length);
	for (size_t i = strlen("event: end\n"); i < text.length && !text.failed; i++)
		if (text.data[i] == '\n' || text.data[i] == '\r')
			text.data[i] = ' ';
	buffer_append_text(&text, "\n\n");
	if (text.failed)
	{
		buffer_free(&text);
		batch_release(batch);
		return NULL;
	}
	batch->text = text.data;
	batch->data = text.data;
	batch->length = text.length;
	batch->more = false;
	return batch;
}

/* The cursor behind the batch: its last line that begins with "id: ". To be freed. */
char *
batch_cursor(const Batch *batch)
{
	const char *found = NULL;
	const char *end = batch->data + batch->length;

	for (const char *line = batch->data; line && line < end;)
	{
		if (end - line > 4 && memcmp(line, "id: ", 4) == 0)
			found = line + 4;
		line = memchr(line, '\n', (size_t)(end - line));
		line = line ? line + 1 : NULL;
	}
	return found ? strndup(found, strcspn(found, "\n")) : NULL;
}
