/*
 * metrics.c
 *	  /metrics, in Prometheus' text format 0.0.4.
 *
 * The gateway's own counts are in its memory; the database's come ready made from
 * realty.metrics(), by the way of every request. When the database is down or the
 * queue is full only that part is missing: a scrape always has an answer.
 *
 * A setting says who may read it; for other clients the path does not exist. A
 * request that came through a proxy counts as its client's: where the proxy is not
 * trusted to name the client, the request is refused, or a proxy on this host would
 * open the numbers to the world.
 */
#include "gateway/routes/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/db/replicas.h"
#include "gateway/http/connection.h"
#include "gateway/http/response.h"
#include "gateway/metrics.h"
#include "gateway/stream/stream.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

static Proxies readers;
static time_t started;

static void
write_number(Buffer *text, const char *name, const char *type, const char *help,
			 double value)
{
	char line[256];

	metrics_write_head(text, name, type, help);
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
				 connections_count());
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
				 "Streams ended because the client did not read them.",
				 (double)stream_drops());
	write_number(text, "realty_gateway_body_bytes", "gauge",
				 "Memory that request bodies take.", (double)gateway->body_bytes);
	write_number(text, "realty_gateway_queue_length", "gauge",
				 "Requests that wait for a database connection.", pool.queued);
	write_number(text, "realty_gateway_queue_limit", "gauge",
				 "Requests that may wait; one more gets 503.", gateway->config->queue);
	metrics_write_head(text, "realty_gateway_database_connections", "gauge",
					   "Connections to the database, by what they do.");
	snprintf(line, sizeof line,
			 "realty_gateway_database_connections{state=\"idle\"} %d\n"
			 "realty_gateway_database_connections{state=\"busy\"} %d\n"
			 "realty_gateway_database_connections{state=\"down\"} %d\n",
			 pool.idle, pool.busy, pool.down);
	buffer_append_text(text, line);
	write_number(text, "realty_gateway_start_time_seconds", "gauge",
				 "When this gateway started, in Unix time.", (double)started);
	metrics_write_head(text, "realty_gateway_build_info", "gauge",
					   "The gateway's version.");
	buffer_append_text(text,
					   "realty_gateway_build_info{version=\"" REALTY_VERSION "\"} 1\n");
}

static void
write_requests_of(Buffer *text, const char *server, uint64_t requests)
{
	char rest[64];

	buffer_append_text(text, "realty_gateway_database_requests_total");
	metrics_write_label(text, "{server", server);
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

	metrics_write_head(text, "realty_gateway_replica_fallbacks_total", "counter",
					   "GETs that the primary answered, by reason.");
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
	metrics_write_label(text, "{server", state->name);
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
	metrics_write_head(text, "realty_gateway_database_requests_total", "counter",
					   "Requests that were handed to a server's connections.");
	write_requests_of(text, "primary", pool_submitted(gateway->pool));
	for (int i = 0; replica_look(i, &state); i++)
		write_requests_of(text, state.name, state.requests);
	metrics_write_head(text, "realty_gateway_replica_up", "gauge",
					   "Whether the replica gets GETs.");
	for (int i = 0; replica_look(i, &state); i++)
		write_replica(text, "realty_gateway_replica_up", &state, state.used);
	metrics_write_head(text, "realty_gateway_replica_lag_seconds", "gauge",
					   "Upper bound of the replica's lag, as far as known.");
	for (int i = 0; replica_look(i, &state); i++)
		if (state.behind >= 0)
			write_replica(text, "realty_gateway_replica_lag_seconds", &state,
						  (double)state.behind / 1000);
	write_fallbacks(text);
}

static void
metrics_write(Buffer *text, const Gateway *gateway, bool up)
{
	metrics_write_requests(text);
	write_gauges(text, gateway);
	write_replicas(text, gateway);
	write_number(text, "realty_up", "gauge", "Whether the database answered this scrape.",
				 up);
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
			proxies_trust(&request->gateway->proxies, request->connection->address));
}

void
metrics_serve(Request *request)
{
	Call *call;

	if (!metrics_may_read(request))
	{
		respond_error(request, ERROR_NOT_FOUND);
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
