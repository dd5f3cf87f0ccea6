/*
 * metrics.c
 *	  /metrics, in Prometheus' text format 0.0.4.
 *
 * What went through this process is counted in its memory; what happened in the database
 * comes ready made from realty.metrics(), by the way of every request. A database that is
 * away, or a full queue, takes only its own part along: a scrape always has an answer.
 *
 * Who may read it is a setting; to everybody else the path does not exist. A request that
 * came through a proxy is its client's: where the proxy is not trusted to name him, it is
 * refused, or a proxy on this host would open the numbers to the world.
 *
 * A series is a method and a route's pattern, of which there are as many as routes: what
 * a client may choose freely (paths, methods of his own) falls into one series each.
 */
#include "gateway/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/db/replicas.h"
#include "gateway/http/response.h"
#include "gateway/log.h"
#include "gateway/stream/stream.h"

#ifndef REALTY_VERSION
#define REALTY_VERSION "unknown"
#endif

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define SERIES_MOST 1024
#define SERIES_CHAINS 256
#define STATUSES_MOST 24 /* of one series */
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
	char route[ACCESS_ROUTE_MOST + 1];
	StatusCount statuses[STATUSES_MOST];
	uint64_t buckets[BOUNDS]; /* not cumulative */
	int64_t sum_us;
	int64_t database_us;
} Series;

static Series *chains[SERIES_CHAINS];
static int series_count;
static Proxies readers;
static time_t started;

/* ---- counting ---- */

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
	if (series_count >= SERIES_MOST && strcmp(route, OTHER) != 0)
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
	for (int i = 0; i < STATUSES_MOST; i++)
	{
		StatusCount *entry = &series->statuses[i];

		if (entry->count > 0 && entry->status != status)
			continue;
		entry->status = status;
		entry->count++;
		return;
	}
}

/* An answer without an end took as long as its client wished. */
void
metrics_observe(const Request *request, int64_t took)
{
	const char *route = access_route(request);
	Series *series =
		series_find(method_label(request->access.method), route ? route : "none");
	size_t bucket = 0;

	if (series == NULL)
		return;
	series_count_status(series, request->status);
	if (request->access.database_us > 0)
		series->database_us += request->access.database_us;
	if (request->length < 0 && request->status == 200)
		return;
	while (took > bounds[bucket].us)
		bucket++;
	series->buckets[bucket]++;
	series->sum_us += took;
}

/* ---- writing ---- */

static void
write_head(Buffer *text, const char *name, const char *type, const char *help)
{
	char line[512];

	snprintf(line, sizeof line, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
	buffer_append_text(text, line);
}

/* A label's value: patterns come from a table, but a site writes its own routes. */
static void
write_label(Buffer *text, const char *name, const char *value)
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
	write_label(text, "{method", series->method);
	write_label(text, ",route", series->route);
}

static void
write_requests(Buffer *text, const Series *series)
{
	char rest[64];

	for (int i = 0; i < STATUSES_MOST && series->statuses[i].count > 0; i++)
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

static void
write_number(Buffer *text, const char *name, const char *type, const char *help,
			 double value)
{
	char line[256];

	write_head(text, name, type, help);
	snprintf(line, sizeof line, "%s %.15g\n", name, value);
	buffer_append_text(text, line);
}

static void
write_gauges(Buffer *text, const Gateway *gateway)
{
	PoolState pool;
	char line[256];

	pool_look(gateway->pool, &pool);
	write_number(text, "realty_gateway_connections", "gauge", "HTTP connections open.",
				 peers_count());
	write_number(text, "realty_gateway_connections_limit", "gauge",
				 "HTTP connections that may be open.", gateway->config->clients);
	write_number(text, "realty_gateway_requests_in_flight", "gauge",
				 "Requests begun and not yet completed, but for streams.",
				 gateway->active - stream_count());
	write_number(text, "realty_gateway_streams", "gauge", "Streams of events open.",
				 stream_count());
	write_number(text, "realty_gateway_streams_limit", "gauge",
				 "Streams that may be open; one more gets 503.",
				 gateway->config->streams);
	write_number(text, "realty_gateway_streams_dropped_total", "counter",
				 "Streams ended because their reader did not take what came.",
				 (double)stream_drops());
	write_number(text, "realty_gateway_body_bytes", "gauge",
				 "Memory that request bodies take.", (double)gateway->body_bytes);
	write_number(text, "realty_gateway_queue_length", "gauge",
				 "Requests that wait for a database connection.", pool.queued);
	write_number(text, "realty_gateway_queue_limit", "gauge",
				 "Requests that may wait; one more gets 503.", gateway->config->queue);
	write_head(text, "realty_gateway_database_connections", "gauge",
			   "Connections to the database, by what they do.");
	snprintf(line, sizeof line,
			 "realty_gateway_database_connections{state=\"idle\"} %d\n"
			 "realty_gateway_database_connections{state=\"busy\"} %d\n"
			 "realty_gateway_database_connections{state=\"down\"} %d\n",
			 pool.idle, pool.busy, pool.down);
	buffer_append_text(text, line);
	write_number(text, "realty_gateway_start_time_seconds", "gauge",
				 "When this gateway started, in Unix time.", (double)started);
	write_head(text, "realty_gateway_build_info", "gauge", "The gateway's version.");
	buffer_append_text(text,
					   "realty_gateway_build_info{version=\"" REALTY_VERSION "\"} 1\n");
}

static void
write_requests_of(Buffer *text, const char *server, uint64_t requests)
{
	char rest[64];

	buffer_append_text(text, "realty_gateway_database_requests_total");
	write_label(text, "{server", server);
	snprintf(rest, sizeof rest, "} %" PRIu64 "\n", requests);
	buffer_append_text(text, rest);
}

static void
write_fallbacks(Buffer *text)
{
	static const char *const reasons[] = {[FALLBACK_NONE_FIT] = "none_fit",
										  [FALLBACK_BEHIND] = "behind",
										  [FALLBACK_FAILED] = "failed",
										  [FALLBACK_REFUSED] = "unauthorized",
										  [FALLBACK_STREAM] = "stream"};
	char line[128];

	write_head(text, "realty_gateway_replica_fallbacks_total", "counter",
			   "GETs that the primary answered all the same, by why.");
	for (int why = 0; why < FALLBACKS; why++)
	{
		snprintf(line, sizeof line,
				 "realty_gateway_replica_fallbacks_total{reason=\"%s\"} %" PRIu64 "\n",
				 reasons[why], replicas_fallbacks((Fallback)why));
		buffer_append_text(text, line);
	}
}

static void
write_replica(Buffer *text, const char *name, const ReplicaState *state, double value)
{
	char rest[64];

	buffer_append_text(text, name);
	write_label(text, "{server", state->name);
	snprintf(rest, sizeof rest, "} %.15g\n", value);
	buffer_append_text(text, rest);
}

/* Only where there are some. */
static void
write_replicas(Buffer *text, const Gateway *gateway)
{
	ReplicaState state;

	if (replicas_count() == 0)
		return;
	write_head(text, "realty_gateway_database_requests_total", "counter",
			   "Requests that were handed to a server's connections.");
	write_requests_of(text, "primary", pool_submitted(gateway->pool));
	for (int i = 0; replica_look(i, &state); i++)
		write_requests_of(text, state.name, state.requests);
	write_head(text, "realty_gateway_replica_up", "gauge", "Does it get GETs?");
	for (int i = 0; replica_look(i, &state); i++)
		write_replica(text, "realty_gateway_replica_up", &state, state.used);
	write_head(text, "realty_gateway_replica_lag_seconds", "gauge",
			   "How far it is behind the primary at most, as far as is known.");
	for (int i = 0; replica_look(i, &state); i++)
		if (state.behind >= 0)
			write_replica(text, "realty_gateway_replica_lag_seconds", &state,
						  (double)state.behind / 1000);
	write_fallbacks(text);
}

static void
metrics_write(Buffer *text, const Gateway *gateway, bool up)
{
	write_head(text, "realty_http_requests_total", "counter",
			   "Requests completed; status 0 got no answer of ours.");
	write_each(text, write_requests);
	write_head(text, "realty_http_request_duration_seconds", "histogram",
			   "From the first line of a request to the last byte of its answer.");
	write_each(text, write_durations);
	write_head(text, "realty_http_database_seconds_total", "counter",
			   "Of that, time in the database without the commit.");
	write_each(text, write_database_time);
	write_gauges(text, gateway);
	write_replicas(text, gateway);
	write_number(text, "realty_up", "gauge", "Did the database answer this scrape?", up);
}

/* ---- serving ---- */

static void
metrics_answer(Request *request, const char *database)
{
	Buffer text = {0};

	metrics_write(&text, request->gateway, database != NULL);
	if (database)
		buffer_append_text(&text, database);
	respond_body(request, MHD_HTTP_OK, METRICS_TYPE, &text);
}

static void
metrics_done(void *owner, const CallResult *result)
{
	PGresult *rows = result->outcome == CALL_ROWS ? result->rows : NULL;

	metrics_answer(owner, rows && PQntuples(rows) ? PQgetvalue(rows, 0, 0) : NULL);
	PQclear(rows);
}

static bool
metrics_may_read(const Request *request)
{
	return proxies_trust(&readers, request->client) &&
		   (request->forwarded.length == 0 ||
			proxies_trust(&request->gateway->proxies, request->peer->address));
}

void
metrics_serve(Request *request)
{
	Call *call;

	if (!metrics_may_read(request))
	{
		respond_refusal(request, REFUSE_NOT_FOUND);
		return;
	}
	call = call_create(STATEMENT_METRICS, metrics_done, request);
	if (call == NULL || request_ask(request, call) != POOL_ACCEPTED)
		metrics_answer(request, NULL);
}

/* "off", "loopback" or addresses. False when it is none of these. */
bool
metrics_start(const Gateway *gateway)
{
	const char *list = gateway->config->metrics;

	started = time(NULL);
	if (strcmp(list, "loopback") == 0)
		list = "127.0.0.0/8, ::1, unix";
	else if (strcmp(list, "off") == 0)
		list = "";
	return proxies_read(&readers, list);
}
