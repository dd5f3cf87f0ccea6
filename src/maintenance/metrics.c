/*
 * metrics.c
 *		What an operator watches: counters of this database, and its state.
 *
 * Everything comes from shared memory but the backlogs, which are looked up by
 * index and counted up to a thousand: a scrape must be cheap. It may run on a hot
 * standby, where the numbers are the standby's own.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/stats.h"

PG_FUNCTION_INFO_V1(realty_statistics);
PG_FUNCTION_INFO_V1(realty_metrics);

typedef struct Number
{
	const char *name;
	const char *type;
	const char *help;
	double value;
	bool is_known;
} Number;

typedef struct Counted
{
	RealtyCounter counter;
	const char *name;
	const char *help;
} Counted;

static const Counted counted[] = {
	{REALTY_LOGINS, "logins_total", "Logins that succeeded."},
	{REALTY_LOGIN_FAILURES, "login_failures_total",
	 "Logins with a wrong e-mail address or password."},
	{REALTY_BOOKINGS, "bookings_total", "Bookings made."},
	{REALTY_HOLDS_EXPIRED, "holds_expired_total", "Holds recorded as expired."},
	{REALTY_RATE_LIMITED, "rate_limited_total", "Requests rejected by rate limits."},
	{REALTY_EMAILS, "letters_total", "E-mails put into the outbox."},
	{REALTY_SWEPT, "swept_rows_total", "Rows that the sweeper expired or deleted."},
};

#define NUMBERS_MOST (lengthof(counted) + 9)

static RealtyStatement backlog = {
	"SELECT (SELECT pg_catalog.count(*) FROM (SELECT FROM realty.outbox o "
	"WHERE o.delivered_at IS NULL "
	"AND coalesce(o.expires_at > pg_catalog.clock_timestamp(), true) LIMIT 1000) w), "
	"(SELECT pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - o.created_at) "
	"FROM realty.outbox o WHERE o.delivered_at IS NULL "
	"AND coalesce(o.expires_at > pg_catalog.clock_timestamp(), true) "
	"ORDER BY o.id LIMIT 1), "
	"(SELECT pg_catalog.count(*) FROM (SELECT FROM realty.bookings b "
	"WHERE b.status = 'pending' "
	"AND b.hold_expires_at <= pg_catalog.statement_timestamp() LIMIT 1000) h)",
	0,
	{0},
	NULL};

/* ---- gathering ---- */

static void
number_add(Number *numbers, int *count, const char *name, const char *type,
		   const char *help, double value, bool is_known)
{
	numbers[(*count)++] = (Number){name, type, help, value, is_known};
}

static double
unix_time(uint64 stamp)
{
	return (double)(int64)stamp / USECS_PER_SEC +
		   (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * (double)SECS_PER_DAY;
}

static uint64
conflicts(RealtyStats *stats)
{
	uint64 sum = 0;

	for (int kind = REALTY_CONFLICT; kind <= REALTY_STILL_REFERENCED; kind++)
		sum += pg_atomic_read_u64(&stats->refusals[kind]);
	return sum;
}

static void
gather_counters(RealtyStats *stats, Number *numbers, int *count)
{
	for (size_t i = 0; i < lengthof(counted); i++)
		number_add(numbers, count, counted[i].name, "counter", counted[i].help,
				   (double)pg_atomic_read_u64(&stats->counters[counted[i].counter]),
				   true);
	number_add(numbers, count, "conflicts_total", "counter",
			   "Errors because of a conflict with the present state (409).",
			   (double)conflicts(stats), true);
}

static void
gather_backlog(Number *numbers, int *count)
{
	OwnerSql sql;
	bool isnull;
	Datum lag;

	realty_owner_sql_begin(&sql);
	realty_execute(&backlog, NULL, NULL, true, 0);
	number_add(numbers, count, "outbox_waiting", "gauge",
			   "E-mails waiting to be sent; 1000 stands for more.",
			   (double)DatumGetInt64(realty_result_required(1, INT8OID)), true);
	lag = realty_result(2, FLOAT8OID, &isnull);
	number_add(numbers, count, "outbox_lag_seconds", "gauge",
			   "How long the oldest of them has waited.",
			   isnull ? 0 : DatumGetFloat8(lag), true);
	number_add(numbers, count, "holds_lapsed", "gauge",
			   "Lapsed holds not recorded as expired yet; 1000 stands for more.",
			   (double)DatumGetInt64(realty_result_required(3, INT8OID)), true);
	realty_owner_sql_end(&sql);
}

static void
gather_workers(RealtyStats *stats, Number *numbers, int *count)
{
	int64 deviations = (int64)pg_atomic_read_u64(&stats->deviations);
	int64 of_schema = (int64)pg_atomic_read_u64(&stats->schema_deviations);
	uint64 swept_at = pg_atomic_read_u64(&stats->swept_at);
	uint64 checked_at = pg_atomic_read_u64(&stats->checked_at);

	number_add(numbers, count, "deviations", "gauge",
			   "What realty.check_invariants() found when it was last run.",
			   (double)deviations, deviations != REALTY_UNCHECKED);
	number_add(numbers, count, "schema_deviations", "gauge",
			   "What realty.check_schema() found when it was last run.",
			   (double)of_schema, of_schema != REALTY_UNCHECKED);
	number_add(numbers, count, "check_timestamp_seconds", "gauge",
			   "When that was, in Unix time.", unix_time(checked_at), checked_at != 0);
	number_add(numbers, count, "sweep_timestamp_seconds", "gauge",
			   "When the last sweep was complete, in Unix time.", unix_time(swept_at),
			   swept_at != 0);
	number_add(numbers, count, "supervisor_up", "gauge", "Whether the supervisor runs.",
			   realty_stats_is_supervised() ? 1 : 0, true);
}

static int
gather(RealtyStats *stats, Number *numbers)
{
	int count = 0;

	gather_counters(stats, numbers, &count);
	gather_backlog(numbers, &count);
	gather_workers(stats, numbers, &count);
	return count;
}

/* ---- giving ---- */

/* realty.statistics() → SETOF (name text, value double precision) */
Datum
realty_statistics(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *)fcinfo->resultinfo;
	Number numbers[NUMBERS_MOST];
	int count;

	InitMaterializedSRF(fcinfo, 0);
	count = gather(realty_stats_here(), numbers);
	for (int i = 0; i < count; i++)
	{
		Datum values[] = {CStringGetTextDatum(numbers[i].name),
						  Float8GetDatum(numbers[i].value)};
		bool nulls[] = {false, !numbers[i].is_known};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum)0;
}

static void
write_refusals(StringInfo text, RealtyStats *stats)
{
	appendStringInfoString(text,
						   "# HELP realty_refusals_total Errors by their code, on every "
						   "surface.\n# TYPE realty_refusals_total counter\n");
	for (int kind = 0; kind < REALTY_ERROR_KINDS; kind++)
		appendStringInfo(text, "realty_refusals_total{code=\"%s\"} " UINT64_FORMAT "\n",
						 realty_error_code(kind),
						 pg_atomic_read_u64(&stats->refusals[kind]));
}

/* realty.metrics() → text */
Datum
realty_metrics(PG_FUNCTION_ARGS)
{
	RealtyStats *stats = realty_stats_here();
	Number numbers[NUMBERS_MOST];
	int count = gather(stats, numbers);
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < count; i++)
		if (numbers[i].is_known)
			appendStringInfo(
				&text, "# HELP realty_%s %s\n# TYPE realty_%s %s\nrealty_%s %.15g\n",
				numbers[i].name, numbers[i].help, numbers[i].name, numbers[i].type,
				numbers[i].name, numbers[i].value);
	write_refusals(&text, stats);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text.data, text.len));
}
