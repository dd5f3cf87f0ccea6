/*
 * metrics.c
 *	  Counts requests by method and route, and writes the counts as Prometheus reads
 *	  them.
 *
 * A series is a method and a route's pattern, of which there are as many as routes:
 * what a client may choose freely (paths, methods of its own) falls into one series
 * each.
 */
#include "gateway/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SERIES 1024
#define SERIES_CHAINS 256
#define MAX_STATUSES 24 /* of one series */
#define OTHER "other"

/* Upper bounds in microseconds, and what they are called. */
static const struct
{
	int64_t us;
	const char *le;
} bounds[] = {
	{1000, "0.001"},  {2500, "0.0025"},    {5000, "0.005"},  {10000, "0.01"},
	{25000, "0.025"}, {50000, "0.05"},     {100000, "0.1"},  {250000, "0.25"},
	{500000, "0.5"},  {1000000, "1"},      {2500000, "2.5"}, {5000000, "5"},
	{10000000, "10"}, {INT64_MAX, "+Inf"},
};

#define BOUNDS (sizeof bounds / sizeof *bounds)

typedef struct StatusCount
{
	unsigned int status;
	uint64_t count;
} StatusCount;

typedef struct Series
{
	struct Series *next;
	char method[16];
	char route[MAX_ROUTE + 1];
	StatusCount statuses[MAX_STATUSES];
	uint64_t buckets[BOUNDS]; /* not cumulative */
	int64_t sum_us;
	int64_t database_us;
} Series;

static Series *chains[SERIES_CHAINS];
static int series_count;

static const char *const methods[] = {"GET",   "HEAD",   "POST",   "PUT",
									  "PATCH", "DELETE", "OPTIONS"};

static const char *
method_label(const char *method)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(methods[i], method) == 0)
			return methods[i];
	return OTHER;
}

static unsigned int
series_chain(const char *method, const char *route)
{
	uint32_t hash = 2166136261u;

	for (const char *at = method; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619u;
	for (const char *at = route; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619u;
	return hash % SERIES_CHAINS;
}

static Series *
series_find(const char *method, const char *route)
{
	Series **chain = &chains[series_chain(method, route)];
	Series *series;

	for (series = *chain; series; series = series->next)
		if (strcmp(series->method, method) == 0 && strcmp(series->route, route) == 0)
			return series;
	if (series_count >= MAX_SERIES && strcmp(route, OTHER) != 0)
		return series_find(method, OTHER);
	series = calloc(1, sizeof *series);
	if (series == NULL)
		return NULL;
	snprintf(series->method, sizeof series->method, "%s", method);
	snprintf(series->route, sizeof series->route, "%s", route);
	series->next = *chain;
	*chain = series;
	series_count++;
	return series;
}

static void
series_count_status(Series *series, unsigned int status)
{
	for (int i = 0; i < MAX_STATUSES; i++)
	{
		StatusCount *entry = &series->statuses[i];

		if (entry->count > 0 && entry->status != status)
			continue;
		entry->status = status;
		entry->count++;
		return;
	}
}

void
metrics_observe(const Observation *seen)
{
	Series *series =
		series_find(method_label(seen->method), seen->route ? seen->route : "none");
	size_t bucket = 0;

	if (series == NULL)
		return;
	series_count_status(series, seen->status);
	if (seen->database_us > 0)
		series->database_us += seen->database_us;
	if (seen->took_us < 0)
		return;
	while (seen->took_us > bounds[bucket].us)
		bucket++;
	series->buckets[bucket]++;
	series->sum_us += seen->took_us;
}

void
metrics_write_head(Buffer *text, const char *name, const char *type, const char *help)
{
	char line[512];

	snprintf(line, sizeof line, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
	buffer_append_text(text, line);
}

/* A label's value: patterns come from a table, but a site writes its own routes. */
void
metrics_write_label(Buffer *text, const char *name, const char *value)
{
	buffer_append_text(text, name);
	buffer_append_text(text, "=\"");
	for (const char *at = value; *at; at++)
	{
		if (*at == '\\' || *at == '"')
			buffer_append(text, "\\", 1);
		buffer_append(text, *at == '\n' ? " " : at, 1);
	}
	buffer_append_text(text, "\"");
}

static void
write_name(Buffer *text, const char *name, const Series *series)
{
	buffer_append_text(text, name);
	metrics_write_label(text, "{method", series->method);
	metrics_write_label(text, ",route", series->route);
}

static void
write_requests(Buffer *text, const Series *series)
{
	char rest[64];

	for (int i = 0; i < MAX_STATUSES && series->statuses[i].count > 0; i++)
	{
		write_name(text, "realty_http_requests_total", series);
		snprintf(rest, sizeof rest, ",status=\"%u\"} %" PRIu64 "\n",
				 series->statuses[i].status, series->statuses[i].count);
		buffer_append_text(text, rest);
	}
}

static void
write_durations(Buffer *text, const Series *series)
{
	uint64_t total = 0;
	char rest[96];

	for (size_t i = 0; i < BOUNDS; i++)
	{
		total += series->buckets[i];
		write_name(text, "realty_http_request_duration_seconds_bucket", series);
		snprintf(rest, sizeof rest, ",le=\"%s\"} %" PRIu64 "\n", bounds[i].le, total);
		buffer_append_text(text, rest);
	}
	write_name(text, "realty_http_request_duration_seconds_sum", series);
	snprintf(rest, sizeof rest, "} %.6f\n", (double)series->sum_us / 1e6);
	buffer_append_text(text, rest);
	write_name(text, "realty_http_request_duration_seconds_count", series);
	snprintf(rest, sizeof rest, "} %" PRIu64 "\n", total);
	buffer_append_text(text, rest);
}

static void
write_database_time(Buffer *text, const Series *series)
{
	char rest[64];

	if (series->database_us == 0)
		return;
	write_name(text, "realty_http_database_seconds_total", series);
	snprintf(rest, sizeof rest, "} %.6f\n", (double)series->database_us / 1e6);
	buffer_append_text(text, rest);
}

static void
write_each(Buffer *text, void (*write)(Buffer *text, const Series *series))
{
	for (int i = 0; i < SERIES_CHAINS; i++)
		for (const Series *series = chains[i]; series; series = series->next)
			write(text, series);
}

/* Every series. */
void
metrics_write_requests(Buffer *text)
{
	metrics_write_head(text, "realty_http_requests_total", "counter",
					   "Requests completed; status 0 got no response.");
	write_each(text, write_requests);
	metrics_write_head(
		text, "realty_http_request_duration_seconds", "histogram",
		"From the first line of a request to the last byte of its answer.");
	write_each(text, write_durations);
	metrics_write_head(text, "realty_http_database_seconds_total", "counter",
					   "Of that, time in the database without the commit.");
	write_each(text, write_database_time);
}
