/*
 * connection.c
 *	  Who is connected, and how long each may take for what.
 *
 * Threat: a client that holds a connection and gives nothing for it. libmicrohttpd only
 * ends a connection that is silent, so a byte now and then keeps it for ever; here each
 * stage ends at a time that single bytes do not move:
 * - the first head must be complete within --head-timeout, a later one within
 *   --idle-timeout more;
 * - a body and an answer have the same time, and one second more for each --min-rate
 *   bytes of it;
 * - a request that waits for the database has its deadline in the pool. What is looked at
 *   here is whether its client still is there: libmicrohttpd does not read from a
 *   suspended connection, so the loop watches the socket for its end. Only after a while,
 *   so that a request of a few milliseconds costs no system call more.
 *
 * The connections of a stage are a list in the order in which they entered it. Where all
 * have the same time, only the first ones are looked at.
 */
#include "gateway/http/connection.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "gateway/http/release.h"

#define DESCRIPTORS_MOST (1 << 20)
#define SWEEP 1000      /* ms between two looks at the limits */
#define DRAIN_SWEEP 50  /* the same while we drain, and somebody waits for our end */
#define LINGER 1000     /* ms in which somebody idle may still ask while we drain */
#define GONE_AFTER 100  /* ms of waiting after which it is looked who left */
#define SLIM_AFTER 2000 /* ms of idleness */
#define PLUMP_MOST 1024 /* idle ones that keep their memory so long */
#define CROWD 64 /* connections, whose memory is worth a look when they have left */

typedef struct PeerList
{
	Peer *head;
	Peer *tail;
} PeerList;

static PeerRules rules;
static Peer **by_descriptor;
static int descriptors;
static PeerList lists[PEER_STAGES];
static int count;
static int peak;    /* since the heap was last given back */
static Peer *plump; /* the first idle one that has its memory yet; all behind it have */
static int plump_count;
static int64_t sweep_at;
static int64_t drain_at = -1;

/* False: out of memory. */
bool
peers_start(const PeerRules *chosen)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return false;
	rules = *chosen;
	descriptors =
		limit.rlim_max > DESCRIPTORS_MOST ? DESCRIPTORS_MOST : (int)limit.rlim_max;
	by_descriptor = calloc((size_t)descriptors, sizeof *by_descriptor);
	return by_descriptor != NULL;
}

/* The connection of this descriptor, NULL for none. */
Peer *
peer_of_descriptor(int fd)
{
	return fd >= 0 && fd < descriptors ? by_descriptor[fd] : NULL;
}

int
peers_count(void)
{
	return count;
}

static void
list_append(PeerList *list, Peer *peer)
{
	peer->next = NULL;
	peer->previous = list->tail;
	if (list->tail)
		list->tail->next = peer;
	else
		list->head = peer;
	list->tail = peer;
}

static void
list_remove(PeerList *list, Peer *peer)
{
	if (peer->previous)
		peer->previous->next = peer->next;
	else
		list->head = peer->next;
	if (peer->next)
		peer->next->previous = peer->previous;
	else
		list->tail = peer->previous;
}

static void
plump_add(Peer *peer)
{
	if (plump == NULL)
		plump = peer;
	plump_count++;
}

static void
plump_remove(Peer *peer)
{
	if (peer == plump)
		plump = peer->next;
	peer->slimmed = true;
	plump_count--;
}

/* The other end of the socket; empty for a Unix-domain one. */
void
peer_name(char name[INET6_ADDRSTRLEN], const struct sockaddr *address)
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
peer_unwatch(Peer *peer)
{
	if (peer->watched)
		loop_forget(peer->fd);
	peer->watched = false;
}

/* Its client left, or will send no more, which is how leaving looks from here. */
static void
peer_gone(void *owner, uint32_t events)
{
	Peer *peer = owner;

	(void)events;
	peer_unwatch(peer);
	if (peer->stage == PEER_WAITING && peer->request)
		rules.abandon(peer->request);
}

/*
 * NULL when its address has enough already, or without memory. A trusted proxy brings
 * many clients, who are counted by their requests instead.
 */
Peer *
peer_create(int fd, const struct sockaddr *address)
{
	/* one that cannot be found by its descriptor could not be read by recv.c first */
	Peer *peer = fd < descriptors ? calloc(1, sizeof *peer) : NULL;

	if (peer == NULL)
		return NULL;
	peer_name(peer->address, address);
	peer->proxy = proxies_trust(rules.proxies, peer->address);
	if (!peer->proxy &&
		!crowd_enter(peer->address, rules.config->clients_per_address, &peer->place))
	{
		free(peer);
		return NULL;
	}
	peer->fd = fd;
	/* the library closed that one before it told of it */
	if (by_descriptor[fd])
		peer_free(by_descriptor[fd]);
	by_descriptor[fd] = peer;
	peer->since = loop_now();
	peer->source.ready = peer_gone;
	peer->source.owner = peer;
	list_append(&lists[PEER_NEW], peer);
	if (++count > peak)
		peak = count;
	return peer;
}

void
peer_free(Peer *peer)
{
	peer_unwatch(peer);
	if (by_descriptor[peer->fd] == peer)
		by_descriptor[peer->fd] = NULL;
	if (peer->stage == PEER_IDLE && !peer->slimmed)
		plump_remove(peer);
	list_remove(&lists[peer->stage], peer);
	crowd_leave(peer->place);
	count--;
	free(peer);
}

/* Release 0.9 tells of a connection as it is added, 1.0 when it takes its next turn. */
static Peer *
peer_started(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? peer_of_descriptor(info->connect_fd) : NULL;
}

void
peer_notify(void *cls, struct MHD_Connection *connection, void **context,
			enum MHD_ConnectionNotificationCode code)
{
	(void)cls;
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*context = peer_started(connection);
	else if (*context)
	{
		peer_free(*context);
		*context = NULL;
	}
}

Peer *
peer_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

void
peer_enter(Peer *peer, PeerStage stage, int64_t bytes)
{
	peer_unwatch(peer);
	if (peer->stage == PEER_IDLE && !peer->slimmed)
		plump_remove(peer);
	list_remove(&lists[peer->stage], peer);
	peer->stage = stage;
	peer->since = loop_now();
	peer->bytes = bytes;
	peer->slimmed = false;
	list_append(&lists[stage], peer);
	if (stage == PEER_IDLE)
		plump_add(peer);
	/* what came behind its request is none: the library has to read on to be told so */
	if (stage == PEER_IDLE && peer->broken)
		shutdown(peer->fd, SHUT_RD);
}

/* libmicrohttpd then reads an end, and closes. */
static void
peer_close(Peer *peer)
{
	shutdown(peer->fd, SHUT_RDWR);
	peer_enter(peer, PEER_CLOSING, 0);
}

/* When the present stage ends at the latest. */
static int64_t
peer_limit(const Peer *peer)
{
	const Config *config = rules.config;
	int64_t limit = peer->since + (int64_t)config->head_timeout * 1000;

	if (peer->stage == PEER_NEW || peer->stage == PEER_IDLE)
	{
		int64_t last = (peer->since > drain_at ? peer->since : drain_at) + LINGER;

		if (peer->stage == PEER_IDLE)
			limit += (int64_t)config->idle_timeout * 1000;
		return drain_at >= 0 && last < limit ? last : limit;
	}
	if (config->min_rate == 0)
		return INT64_MAX;
	return limit + peer->bytes * 1000 / config->min_rate;
}

/* Somebody who has yet to finish a request is told why it ends. */
static void
peer_expire(Peer *peer)
{
	const struct linger reset = {.l_onoff = 1};

	if (peer->stage == PEER_RECEIVING || (peer->stage == PEER_NEW && drain_at < 0))
		rules.expire(peer);
	else if (peer->stage == PEER_SENDING) /* nor does the kernel keep it for them */
		setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	peer_close(peer);
}

static void
expire_in_order(PeerStage stage, int64_t now)
{
	while (lists[stage].head && peer_limit(lists[stage].head) <= now)
		peer_expire(lists[stage].head);
}

static void
expire_any(PeerStage stage, int64_t now)
{
	Peer *next;

	for (Peer *peer = lists[stage].head; peer; peer = next)
	{
		next = peer->next;
		if (peer_limit(peer) <= now)
			peer_expire(peer);
	}
}

/*
 * An end that arrived together with the last bytes: libmicrohttpd 0.9.75 waits for an
 * event that has already been, and would keep the connection until it times out.
 */
static bool
peer_has_left(const Peer *peer)
{
	char byte;

	return recv(peer->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void
close_left(PeerStage stage)
{
	Peer *next;

	for (Peer *peer = lists[stage].head; peer; peer = next)
	{
		next = peer->next;
		if (peer_has_left(peer))
			peer_close(peer);
	}
}

/* The one that is idle longest: whether it left, and if not, its memory back. */
static void
slim_one(void)
{
	Peer *peer = plump;

	plump_remove(peer);
	if (peer_has_left(peer))
		peer_close(peer);
	else
		slim_pool(peer->memory, rules.pool_size);
}

static void
slim_idle(int64_t now)
{
	while (plump && plump->since + SLIM_AFTER <= now)
		slim_one();
}

/* A crowd that falls idle at once would have all its memory until the next sweep. */
static void
slim_crowd(void)
{
	while (plump_count > PLUMP_MOST)
		slim_one();
}

/* From now on look whether those are gone who wait for some time already. */
static void
watch_waiting(int64_t now)
{
	for (Peer *peer = lists[PEER_WAITING].tail; peer && !peer->watched;
		 peer = peer->previous)
		if (peer->since + GONE_AFTER <= now)
			peer->watched =
				loop_watch(peer->fd, EPOLLRDHUP | EPOLLONESHOT, &peer->source);
}

static bool
a_crowd_has_left(void)
{
	return peak >= CROWD && count < peak / 2;
}

/* To be called after every turn of the loop. */
void
peers_turn(void)
{
	int64_t now = loop_now();

	watch_waiting(now);
	slim_crowd();
	if (now < sweep_at)
		return;
	sweep_at = now + (drain_at >= 0 ? DRAIN_SWEEP : SWEEP);
	close_left(PEER_NEW);
	close_left(PEER_RECEIVING);
	expire_in_order(PEER_NEW, now);
	expire_in_order(PEER_IDLE, now);
	expire_any(PEER_RECEIVING, now);
	expire_any(PEER_SENDING, now);
	slim_idle(now);
	if (a_crowd_has_left())
	{
		slim_heap();
		peak = count;
	}
	else if (slim_is_due())
		slim_heap();
}

/* Milliseconds until something is due, -1 for nothing. */
int64_t
peers_wait(void)
{
	const Peer *newest = lists[PEER_WAITING].tail;
	int64_t due = sweep_at;
	int64_t now = loop_now();

	if (count == 0 && !a_crowd_has_left() && !slim_is_due())
		return -1;
	if (newest && !newest->watched && now + GONE_AFTER < due)
		due = now + GONE_AFTER;
	return due > now ? due - now : 0;
}

/* Nobody new comes; those who are idle have a moment to send what they have begun to. */
void
peers_drain(void)
{
	drain_at = loop_now();
	sweep_at = drain_at;
}

/* Give up whoever is idle longest. False: nobody is. */
bool
peers_make_room(void)
{
	if (lists[PEER_IDLE].head == NULL)
		return false;
	peer_close(lists[PEER_IDLE].head);
	return true;
}
