/*
 * stats.h
 *		What happened in each database, counted in shared memory; and waking the
 * supervisor.
 */
#ifndef REALTY_PLATFORM_STATS_H
#define REALTY_PLATFORM_STATS_H

#include "postgres.h"

#include "port/atomics.h"
#include "storage/spin.h"
#include "utils/timestamp.h"

#include "platform/error_codes.h"

/* What is counted. Refusals are counted by their kind as well. */
typedef enum RealtyCounter
{
	REALTY_LOGINS,
	REALTY_LOGIN_FAILURES,
	REALTY_BOOKINGS,
	REALTY_HOLDS_EXPIRED,
	REALTY_RATE_LIMITED,
	REALTY_EMAILS, /* one makes the supervisor wake the mailers */
	REALTY_SWEPT,  /* rows that the sweeper took away or changed */
	REALTY_COUNTERS
} RealtyCounter;

#define REALTY_STATS_DATABASES 64
#define REALTY_UNCHECKED (-1)

/*
 * One database. A slot is taken at the first use of realty there and never given back, so
 * that a pointer to it is good for ever; database and the numbers since are read without
 * a lock.
 */
typedef struct RealtyStats
{
	Oid database;
	pg_atomic_uint32 in_use; /* 0: gone, or the extension is */
	pg_atomic_uint32 wake;   /* e-mails came since the mailers were woken */
	pg_atomic_uint64 counters[REALTY_COUNTERS];
	pg_atomic_uint64 refusals[REALTY_ERROR_KINDS];
	pg_atomic_uint64 swept_at;          /* TimestampTz, 0 for never */
	pg_atomic_uint64 checked_at;        /* the same */
	pg_atomic_uint64 deviations;        /* int64, REALTY_UNCHECKED until counted */
	pg_atomic_uint64 schema_deviations; /* the same */
} RealtyStats;

extern void realty_stats_init(void);

/* This database's slot. When all are taken, one that several databases share. */
extern RealtyStats *realty_stats_here(void);
/* Slot by number, NULL for one that is not taken. */
extern RealtyStats *realty_stats_slot(int number);

/* At once, whatever becomes of the transaction. */
extern void realty_stats_count(RealtyCounter counter);
/* If and when what happens here is committed. */
extern void realty_stats_count_at_commit(RealtyCounter counter);

/* The supervisor says that it is the one to wake; is there one? */
extern void realty_stats_supervise(void);
extern bool realty_stats_is_supervised(void);

#endif /* REALTY_PLATFORM_STATS_H */
