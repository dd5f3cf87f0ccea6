/*
 * log.c
 *	  One line per start, stop or problem, on stderr.
 *
 * Supervised, stderr is the server's log, so a line is written with a single write():
 * lines of several processes do not mix. Control characters are replaced, because part
 * of a line may stem from the other end of a connection.
 */
#include "gateway/log.h"

#include <stdarg.h>
#include <stdio.h>
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
