/*
 * main.c
 *	  realty-gateway: HTTP on one side, PostgreSQL on the other, one thread.
 *
 * It holds no secret and decides nothing: who the caller is and what the caller may
 * do is found out by realty.request in the database. The gateway's part is transport:
 * connections, limits, a queue, and a stop without loss: after SIGTERM nothing new is
 * accepted, requests in flight are answered, and after --drain-timeout the rest gets
 * 503.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "gateway/access_log.h"
#include "gateway/config.h"
#include "gateway/db/connection.h"
#include "gateway/db/pool.h"
#include "gateway/db/replicas.h"
#include "gateway/http/connection.h"
#include "gateway/http/delayed_response.h"
#include "gateway/http/listener.h"
#include "gateway/http/proxy.h"
#include "gateway/http/release.h"
#include "gateway/log.h"
#include "gateway/loop.h"
#include "gateway/routes/api.h"
#include "gateway/routes/docs.h"
#include "gateway/routes/health.h"
#include "gateway/routes/metrics.h"
#include "gateway/service_manager.h"
#include "gateway/stream/fetch.h"
#include "gateway/stream/stream.h"
#include "gateway/worker_thread.h"

#define EXIT_SETTINGS 2

static const Route routes[] = {
	{"/api", true, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", api_serve},
	{"/openapi.json", false, "GET, HEAD, OPTIONS", api_serve},
	{"/docs", true, "GET, HEAD, OPTIONS", docs_serve},
	{"/health", false, "GET, HEAD, OPTIONS", health_live},
	{"/ready", false, "GET, HEAD, OPTIONS", health_ready},
	{"/metrics", false, "GET, HEAD, OPTIONS", metrics_serve},
	{.path = NULL},
};

static Config config;
static Gateway gateway = {.config = &config, .routes = routes};
static int64_t drain_until = -1;
static bool stop_now;
static int signals_fd = -1;
static Source signals_source;

static void
drain_begin(void)
{
	gateway.draining = true;
	notify_manager("STOPPING=1");
	drain_until = loop_now() + (int64_t)config.drain_timeout * 1000;
	listener_quiesce();
	log_line("stopping; requests in flight: %d, connections: %d", gateway.active,
			 connections_count());
	stream_drain();
}

/* The first signal drains, a second one stops at once. */
static void
signals_ready(void *owner, uint32_t events)
{
	struct signalfd_siginfo info;

	(void)owner;
	(void)events;
	while (read(signals_fd, &info, sizeof info) == sizeof info)
	{
		if (gateway.draining)
			stop_now = true;
		else
			drain_begin();
	}
}

static bool
signals_start(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return false;
	signals_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	signals_source.ready = signals_ready;
	return signals_fd >= 0 && loop_watch(signals_fd, EPOLLIN, &signals_source);
}

static int64_t
main_wait(void)
{
	int64_t wait = loop_sooner(listener_wait(), pool_wait(gateway.pool));

	wait = loop_sooner(wait, loop_sooner(stream_wait(), fetch_wait(&gateway)));
	wait = loop_sooner(wait, loop_sooner(replicas_wait(), delay_wait()));
	if (!gateway.draining)
		return wait;
	return loop_sooner(wait, loop_until(drain_until));
}

static bool
main_is_over(void)
{
	if (stop_now || !gateway.draining || loop_now() >= drain_until)
		return stop_now || gateway.draining;
	return gateway.active == 0 &&
		   (connections_count() == 0 || pool_is_down(gateway.pool));
}

/*
 * Answers arrive in the loop's turn and wake connections; libmicrohttpd then writes
 * them and reads new requests, which the pool sends on: one turn is one step of each
 * part.
 */
static void
main_loop(void)
{
	while (!main_is_over())
	{
		loop_turn(main_wait());
		delay_turn();
		listener_turn();
		stream_turn(&gateway);
		fetch_turn(&gateway);
		replicas_turn();
		pool_turn(gateway.pool);
		log_flush();
	}
}

/* Requests that still wait get their error, in the time of a few writes. */
static void
main_stop(void)
{
	fetch_stop();
	replicas_stop();
	pool_stop(gateway.pool);
	delay_stop();
	stream_drain();
	for (int turn = 0; turn < 10 && gateway.active > 0; turn++)
	{
		listener_turn();
		loop_turn(10);
	}
	listener_stop();
	log_flush();
	log_line("stopped");
}

static int
main_check(void)
{
	int status = db_check(&config);

	return replicas_check() ? status : 1;
}

int
main(int argc, char **argv)
{
	switch (config_read(&config, argc, argv))
	{
	case CONFIG_DONE:
		return 0;
	case CONFIG_WRONG:
		return EXIT_SETTINGS;
	case CONFIG_RUN:
		break;
	}
	if (!proxies_read(&gateway.proxies, config.trusted_proxies) ||
		!cors_read(&gateway.cors, config.cors_origins) || !metrics_start(&gateway) ||
		!replicas_read(&config))
		return EXIT_SETTINGS;
	srandom((unsigned int)getpid() ^ (unsigned int)loop_now());
	if (config.check)
		return main_check();
	release_start();
	access_start(&config);
	if (!loop_start() || !signals_start() || !threads_start() ||
		!listener_start(&gateway))
	{
		log_line("not started: %s", errno ? strerror(errno) : "see above");
		return 1;
	}
	docs_read(config.docs);
	gateway.pool = pool_start(&config);
	if (gateway.pool == NULL || !replicas_start(&config))
		return 1;
	notify_manager("READY=1");
	main_loop();
	main_stop();
	/*
	 * a thread that still waits for a resolver must not meet what exit() takes down
	 */
	if (threads_running() > 0)
		_exit(0);
	return 0;
}
