/*
 * connection.c
 *	  The open connections, and how long each stage of one may last.
 *
 * Threat: a client that holds a connection and gives nothing for it. libmicrohttpd
 * only ends a silent connection, so a byte now and then keeps one for ever; here each
 * stage ends at a time that single bytes do not move:
 * - the first head must be complete within --head-timeout, a later one within
 *   --idle-timeout more;
 * - a body and an answer have the same time, and one second more for each --min-rate
 *   bytes of it;
 * - a request that waits for the database has its deadline in the pool. Here only its
 *   client's presence is checked: libmicrohttpd does not read from a suspended
 *   connection, so the loop watches the socket for its end, but only after a while,
 *   so that a request of a few milliseconds costs no extra system call.
 *
 * The connections of a stage are a list in the order in which they entered it. Where
 * all have the same time, only the first ones are looked at.
 */
#include "gateway/http/connection.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "gateway/http/release.h"

#define MAX_DESCRIPTORS (1 << 20)
#define SWEEP 1000     /* ms between two looks at the limits */
#define DRAIN_SWEEP 50 /* the same while draining */
#define LINGER 1000    /* ms in which an idle client may still ask while draining */
#define GONE_AFTER 100 /* ms of waiting after which the client's presence is checked */
#define RELEASE_AFTER 2000 /* ms of idleness */
#define MAX_RESIDENT 1024  /* idle ones that keep their memory so long */
#define MANY 64            /* connections whose memory is worth a trim when they close */

typedef struct ConnectionList
{
	Connection *head;
	Connection *tail;
} ConnectionList;

static ConnectionRules rules;
static Connection **by_descriptor;
static int descriptors;
static ConnectionList lists[CONNECTION_STAGES];
static int count;
static int peak; /* since the heap was last given back */
/* the first idle one that keeps its memory; those behind it do too */
static Connection *resident;
static int resident_count;
static int64_t sweep_at;
static int64_t drain_at = -1;

/* False: out of memory. */
bool
connections_start(const ConnectionRules *chosen)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return false;
	rules = *chosen;
	descriptors =
		limit.rlim_max > MAX_DESCRIPTORS ? MAX_DESCRIPTORS : (int)limit.rlim_max;
	by_descriptor = calloc((size_t)descriptors, sizeof *by_descriptor);
	return by_descriptor != NULL;
}

/* The connection of this descriptor, NULL for none. */
Connection *
connection_of_descriptor(int fd)
{
	return fd >= 0 && fd < descriptors ? by_descriptor[fd] : NULL;
}

int
connections_count(void)
{
	return count;
}

static void
list_append(ConnectionList *list, Connection *connection)
{
	connection->next = NULL;
	connection->previous = list->tail;
	if (list->tail)
		list->tail->next = connection;
	else
		list->head = connection;
	list->tail = connection;
}

static void
list_remove(ConnectionList *list, Connection *connection)
{
	if (connection->previous)
		connection->previous->next = connection->next;
	else
		list->head = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	else
		list->tail = connection->previous;
}

static void
resident_add(Connection *connection)
{
	if (resident == NULL)
		resident = connection;
	resident_count++;
}

static void
resident_remove(Connection *connection)
{
	if (connection == resident)
		resident = connection->next;
	connection->released = true;
	resident_count--;
}

/* The other end of the socket; empty for a Unix-domain one. */
void
connection_name(char name[INET6_ADDRSTRLEN], const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, name,
				  INET6_ADDRSTRLEN);
	else if (address->sa_family == AF_INET6)
	{
		const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
		bool mapped = IN6_IS_ADDR_V4MAPPED(six);

		inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? &six->s6_addr[12] : six->s6_addr,
				  name, INET6_ADDRSTRLEN);
	}
}

static void
connection_unwatch(Connection *connection)
{
	if (connection->watched)
		loop_forget(connection->fd);
	connection->watched = false;
}

/* Its client closed, or shut its sending side, which looks the same from here. */
static void
connection_gone(void *owner, uint32_t events)
{
	Connection *connection = owner;

	(void)events;
	connection_unwatch(connection);
	if (connection->stage == CONNECTION_WAITING && connection->request)
		rules.abandon(connection->request);
}

/*
 * NULL when its address has enough already, or without memory. A trusted proxy brings
 * many clients, which are counted by their requests instead.
 */
Connection *
connection_create(int fd, const struct sockaddr *address)
{
	/* one that cannot be found by its descriptor could not be read by recv.c first */
	Connection *connection = fd < descriptors ? calloc(1, sizeof *connection) : NULL;

	if (connection == NULL)
		return NULL;
	connection_name(connection->address, address);
	connection->proxy = proxies_trust(rules.proxies, connection->address);
	if (!connection->proxy &&
		!address_limit_enter(connection->address, rules.config->clients_per_address,
							 &connection->address_count))
	{
		free(connection);
		return NULL;
	}
	connection->fd = fd;
	/* libmicrohttpd closed that one before its notification */
	if (by_descriptor[fd])
		connection_free(by_descriptor[fd]);
	by_descriptor[fd] = connection;
	connection->since = loop_now();
	connection->source.ready = connection_gone;
	connection->source.owner = connection;
	list_append(&lists[CONNECTION_NEW], connection);
	if (++count > peak)
		peak = count;
	return connection;
}

void
connection_free(Connection *connection)
{
	connection_unwatch(connection);
	if (by_descriptor[connection->fd] == connection)
		by_descriptor[connection->fd] = NULL;
	if (connection->stage == CONNECTION_IDLE && !connection->released)
		resident_remove(connection);
	list_remove(&lists[connection->stage], connection);
	address_limit_leave(connection->address_count);
	count--;
	free(connection);
}

/* Release 0.9 notifies of a connection as it is added, 1.0 in its next turn. */
static Connection *
connection_started(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? connection_of_descriptor(info->connect_fd) : NULL;
}

void
connection_notify(void *cls, struct MHD_Connection *mhd, void **context,
				  enum MHD_ConnectionNotificationCode code)
{
	(void)cls;
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*context = connection_started(mhd);
	else if (*context)
	{
		connection_free(*context);
		*context = NULL;
	}
}

Connection *
connection_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

void
connection_enter(Connection *connection, ConnectionStage stage, int64_t bytes)
{
	connection_unwatch(connection);
	if (connection->stage == CONNECTION_IDLE && !connection->released)
		resident_remove(connection);
	list_remove(&lists[connection->stage], connection);
	connection->stage = stage;
	connection->since = loop_now();
	connection->bytes = bytes;
	connection->released = false;
	list_append(&lists[stage], connection);
	if (stage == CONNECTION_IDLE)
		resident_add(connection);
	/* invalid bytes follow: libmicrohttpd has to read on to see the end */
	if (stage == CONNECTION_IDLE && connection->broken)
		shutdown(connection->fd, SHUT_RD);
}

/* libmicrohttpd then reads an end, and closes. */
static void
connection_close(Connection *connection)
{
	shutdown(connection->fd, SHUT_RDWR);
	connection_enter(connection, CONNECTION_CLOSING, 0);
}

/* When the present stage ends at the latest. */
static int64_t
connection_limit(const Connection *connection)
{
	const Config *config = rules.config;
	int64_t limit = connection->since + (int64_t)config->head_timeout * 1000;

	if (connection->stage == CONNECTION_NEW || connection->stage == CONNECTION_IDLE)
	{
		int64_t last =
			(connection->since > drain_at ? connection->since : drain_at) + LINGER;

		if (connection->stage == CONNECTION_IDLE)
			limit += (int64_t)config->idle_timeout * 1000;
		return drain_at >= 0 && last < limit ? last : limit;
	}
	if (config->min_rate == 0)
		return INT64_MAX;
	return limit + connection->bytes * 1000 / config->min_rate;
}

/* A client that has not completed a request gets an error before the end. */
static void
connection_expire(Connection *connection)
{
	const struct linger reset = {.l_onoff = 1};

	if (connection->stage == CONNECTION_RECEIVING ||
		(connection->stage == CONNECTION_NEW && drain_at < 0))
		rules.expire(connection);
	else if (connection->stage ==
			 CONNECTION_SENDING) /* nor does the kernel keep the rest */
		setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	connection_close(connection);
}

static void
expire_in_order(ConnectionStage stage, int64_t now)
{
	while (lists[stage].head && connection_limit(lists[stage].head) <= now)
		connection_expire(lists[stage].head);
}

static void
expire_any(ConnectionStage stage, int64_t now)
{
	Connection *next;

	for (Connection *connection = lists[stage].head; connection; connection = next)
	{
		next = connection->next;
		if (connection_limit(connection) <= now)
			connection_expire(connection);
	}
}

/*
 * An end that arrived together with the last bytes: libmicrohttpd 0.9.75 waits for an
 * event that has already been, and would keep the connection until it times out.
 */
static bool
connection_has_left(const Connection *connection)
{
	char byte;

	return recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void
close_left(ConnectionStage stage)
{
	Connection *next;

	for (Connection *connection = lists[stage].head; connection; connection = next)
	{
		next = connection->next;
		if (connection_has_left(connection))
			connection_close(connection);
	}
}

/* The one that has been idle longest: closed if its client left, else released. */
static void
release_one(void)
{
	Connection *connection = resident;

	resident_remove(connection);
	if (connection_has_left(connection))
		connection_close(connection);
	else
		release_pages(connection->memory, rules.pool_size);
}

static void
release_idle(int64_t now)
{
	while (resident && resident->since + RELEASE_AFTER <= now)
		release_one();
}

/* Many that fall idle at once would keep their memory until the next sweep. */
static void
release_excess(void)
{
	while (resident_count > MAX_RESIDENT)
		release_one();
}

/* Watch the clients of requests that have waited for some time. */
static void
watch_waiting(int64_t now)
{
	for (Connection *connection = lists[CONNECTION_WAITING].tail;
		 connection && !connection->watched; connection = connection->previous)
		if (connection->since + GONE_AFTER <= now)
			connection->watched = loop_watch(connection->fd, EPOLLRDHUP | EPOLLONESHOT,
											 &connection->source);
}

static bool
many_have_left(void)
{
	return peak >= MANY && count < peak / 2;
}

/* To be called after every turn of the loop. */
void
connections_turn(void)
{
	int64_t now = loop_now();

	watch_waiting(now);
	release_excess();
	if (now < sweep_at)
		return;
	sweep_at = now + (drain_at >= 0 ? DRAIN_SWEEP : SWEEP);
	close_left(CONNECTION_NEW);
	close_left(CONNECTION_RECEIVING);
	expire_in_order(CONNECTION_NEW, now);
	expire_in_order(CONNECTION_IDLE, now);
	expire_any(CONNECTION_RECEIVING, now);
	expire_any(CONNECTION_SENDING, now);
	release_idle(now);
	if (many_have_left())
	{
		release_heap();
		peak = count;
	}
	else if (release_is_due())
		release_heap();
}

/* Milliseconds until something is due, -1 for nothing. */
int64_t
connections_wait(void)
{
	const Connection *newest = lists[CONNECTION_WAITING].tail;
	int64_t due = sweep_at;
	int64_t now = loop_now();

	if (count == 0 && !many_have_left() && !release_is_due())
		return -1;
	if (newest && !newest->watched && now + GONE_AFTER < due)
		due = now + GONE_AFTER;
	return due > now ? due - now : 0;
}

/* No new ones are accepted; idle ones have a moment to send what they have begun. */
void
connections_drain(void)
{
	drain_at = loop_now();
	sweep_at = drain_at;
}

/* Close the one that has been idle longest. False: none is idle. */
bool
connections_make_room(void)
{
	if (lists[CONNECTION_IDLE].head == NULL)
		return false;
	connection_close(lists[CONNECTION_IDLE].head);
	return true;
}
