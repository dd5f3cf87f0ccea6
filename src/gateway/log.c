/*
 * log.c
 *	  One line per start, stop or problem, on stderr.
 *
 * Under the supervisor stderr is the server's log, so a line is written with a single
 * write(): lines of several processes do not mix. Control characters are replaced,
 * because part of a line may come from the other end of a connection.
 */
#include "gateway/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int
log_stamp(char *line, size_t size)
{
	struct timespec now;
	struct tm parts;
	char when[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &parts);
	return snprintf(line, size, "%s.%03ld UTC [%d] realty-gateway: ", when,
					now.tv_nsec / 1000000, (int)getpid());
}

static char log_batch[4096]; /* what a pipe takes in one piece */
static size_t log_batched;

/* Whole lines that were collected. */
void
log_flush(void)
{
	size_t length = log_batched;

	log_batched = 0;
	if (length > 0 && write(STDERR_FILENO, log_batch, length) < 0)
		return; /* nowhere left to complain */
}

/*
 * A line as it is, ended by a line break; written with others at the next
 * log_flush().
 */
void
log_raw(const char *line, size_t length)
{
	if (length > sizeof log_batch - log_batched)
		log_flush();
	if (length > sizeof log_batch)
		return;
	memcpy(log_batch + log_batched, line, length);
	log_batched += length;
}

void
log_line(const char *format, ...)
{
	char line[2048];
	int start = log_stamp(line, sizeof line);
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line + start, sizeof line - start - 1, format, args);
	va_end(args);
	if (length < 0)
		return;
	log_flush();
	length += start;
	if (length > (int)sizeof line - 2)
		length = sizeof line - 2;
	for (char *p = line + start; p < line + length; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
	line[length++] = '\n';
	if (write(STDERR_FILENO, line, length) < 0)
		return; /* nowhere left to complain */
}
