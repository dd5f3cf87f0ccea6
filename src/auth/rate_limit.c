/*
 * rate_limit.c
 *		How often one address and one user may ask, for the whole cluster.
 *
 * Token buckets in shared memory, so that they count over all backends, survive a
 * rollback and work in READ ONLY transactions and on a standby. They are empty
 * after a restart.
 *
 * Shared memory: an array of sets, each guarded by its own spinlock, held while
 * sixteen entries are searched. Keys are hashed with a secret of this start of the
 * server: an attacker cannot choose addresses that fall into one set.
 *
 * An IPv6 address counts by its first 64 bits, the smallest network that one
 * customer of a provider gets.
 */
#include "postgres.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <time.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "storage/shmem.h"
#include "storage/spin.h"
#include "utils/guc.h"

#include "auth/rate_limit.h"
#include "platform/shmem.h"
#include "platform/stats.h"
#include "platform/token_buckets.h"

#define SECOND INT64CONST(1000000)
#define BUCKETS_DEFAULT 262144

typedef struct TokenBucketSet
{
	slock_t mutex;
	TokenBucket buckets[TOKEN_BUCKET_WAYS];
} TokenBucketSet;

typedef struct TokenBuckets
{
	uint8 secret[crypto_shorthash_siphashx24_KEYBYTES];
	uint64 nsets; /* a power of two */
	TokenBucketSet sets[FLEXIBLE_ARRAY_MEMBER];
} TokenBuckets;

/* Who is counted. */
typedef enum RateParty
{
	RATE_ADDRESS,
	RATE_USER
} RateParty;

typedef struct RateSetting
{
	const char *name;
	const char *standard;
	const char *description;
	char *value;
} RateSetting;

/*
 * Reads are not limited unless asked for: thousands of people may sit behind one address,
 * and a page of a list costs less than telling them apart. [party][class]
 */
static RateSetting settings[2][3] = {
	{{"realty.rate_limit_address_auth", "60/min",
	  "Requests that check or set a password, for each address."},
	 {"realty.rate_limit_address_read", "off", "GET requests, for each address."},
	 {"realty.rate_limit_address_write", "off", "Other requests, for each address."}},
	{{"realty.rate_limit_user_auth", "20/min",
	  "Requests that check or set a password, for each user."},
	 {"realty.rate_limit_user_read", "off", "GET requests, for each user."},
	 {"realty.rate_limit_user_write", "1200/min", "Other requests, for each user."}}};

static bool rate_limits = true;
static int rate_limit_buckets = BUCKETS_DEFAULT;
static TokenBuckets *buckets = NULL;

/* ---- settings ---- */

/* "60/min", "5/s", "1000/h" or "off"; false when it is none of these. */
static bool
limit_parse(const char *text, TokenBucketLimit *limit)
{
	static const struct
	{
		const char *unit;
		int64 period;
	} periods[] = {{"s", SECOND}, {"min", 60 * SECOND}, {"h", 3600 * SECOND}};
	char *end;
	long count;

	limit->capacity = 0;
	if (strcmp(text, "off") == 0)
		return true;
	if (*text < '1' || *text > '9')
		return false;
	errno = 0;
	count = strtol(text, &end, 10);
	if (errno != 0 || count > SECOND || *end != '/')
		return false;
	for (size_t i = 0; i < lengthof(periods); i++)
		if (strcmp(end + 1, periods[i].unit) == 0)
		{
			limit->capacity = count;
			limit->interval = periods[i].period / count;
			return true;
		}
	return false;
}

static bool
limit_check(char **value, void **extra, GucSource source)
{
	TokenBucketLimit limit;

	if (limit_parse(*value, &limit))
		return true;
	GUC_check_errdetail("A limit is off, or a number from 1 to 1000000 and a time: "
						"60/min, 5/s, 1000/h.");
	return false;
}

static void
define_settings(void)
{
	DefineCustomBoolVariable("realty.rate_limits",
							 "Rejects requests beyond the rate limits, with status 429.",
							 "The limits themselves are realty.rate_limit_...",
							 &rate_limits, true, PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"realty.rate_limit_buckets", "How many addresses and users are distinguished.",
		"24 bytes of shared memory each, rounded up to a power of two.",
		&rate_limit_buckets, BUCKETS_DEFAULT, 1024, 1 << 24, PGC_POSTMASTER, 0, NULL,
		NULL, NULL);
	for (int party = 0; party < 2; party++)
		for (int class = 0; class < 3; class ++)
		{
			RateSetting *setting = &settings[party][class];

			DefineCustomStringVariable(
				setting->name, setting->description,
				"A number and a time (60/min, 5/s, 1000/h), or off. That many may come "
				"at once; the allowance is refilled evenly.",
				&setting->value, setting->standard, PGC_SIGHUP, 0, limit_check, NULL,
				NULL);
		}
}

/* ---- shared memory ---- */

static uint64
set_count(void)
{
	return pg_nextpower2_64((uint64)rate_limit_buckets / TOKEN_BUCKET_WAYS);
}

static Size
buckets_size(void)
{
	return add_size(offsetof(TokenBuckets, sets),
					mul_size(set_count(), sizeof(TokenBucketSet)));
}

static void
init_buckets(void *part)
{
	TokenBuckets *made = part;

	randombytes_buf(made->secret, sizeof(made->secret));
	made->nsets = set_count();
	for (uint64 i = 0; i < made->nsets; i++)
		SpinLockInit(&made->sets[i].mutex);
}

void
realty_rate_limit_init(void)
{
	define_settings();
	realty_shmem_add("realty rate limits", buckets_size(), init_buckets,
					 (void **)&buckets);
}

/* ---- counting ---- */

/* The same on all processes of the host, and never set back. */
static int64
microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

static int64
take(RateParty party, RateClass class, TokenBucketLimit limit, const void *name,
	 size_t length)
{
	uint8 input[2 + INET6_ADDRSTRLEN] = {(uint8)party, (uint8) class};
	uint64 key[2];
	TokenBucketSet *set;
	int64 now = microseconds();
	int64 wait;

	memcpy(input + 2, name, length);
	crypto_shorthash_siphashx24((uint8 *)key, input, 2 + length, buckets->secret);
	set = &buckets->sets[key[0] & (buckets->nsets - 1)];
	SpinLockAcquire(&set->mutex);
	wait = realty_token_bucket_take(set->buckets, key, now, limit);
	SpinLockRelease(&set->mutex);
	return wait;
}

static void
refuse(int64 wait)
{
	int64 seconds = (wait + SECOND - 1) / SECOND;

	realty_stats_count(REALTY_RATE_LIMITED);
	ereport(
		ERROR,
		(errcode(MAKE_SQLSTATE('P', 'G', 'R', 'S', 'T')),
		 errmsg("{\"code\":\"too_many_requests\",\"message\":\"too many requests\","
				"\"hint\":\"Try again in " INT64_FORMAT " s.\"}",
				seconds),
		 errdetail("{\"status\":429,\"headers\":{\"Retry-After\":\"" INT64_FORMAT "\"}}",
				   seconds)));
}

static void
count_request(RateParty party, RateClass class, const void *name, size_t length)
{
	TokenBucketLimit limit;
	int64 wait;

	if (!rate_limits || !limit_parse(settings[party][class].value, &limit) ||
		limit.capacity == 0)
		return;
	wait = take(party, class, limit, name, length);
	if (wait > 0)
		refuse(wait);
}

void
realty_rate_limit_address(RateClass class, const char *address)
{
	struct in6_addr six;
	struct in_addr four;

	if (address == NULL)
		address = "";
	if (inet_pton(AF_INET, address, &four) == 1)
		count_request(RATE_ADDRESS, class, &four, sizeof(four));
	else if (inet_pton(AF_INET6, address, &six) != 1)
		count_request(RATE_ADDRESS, class, "?", 1);
	else if (IN6_IS_ADDR_V4MAPPED(&six))
		count_request(RATE_ADDRESS, class, &six.s6_addr[12], 4);
	else
		count_request(RATE_ADDRESS, class, &six, 8);
}

void
realty_rate_limit_user(RateClass class, int64 user_id)
{
	count_request(RATE_USER, class, &user_id, sizeof(user_id));
}

/* Hashed, since a key has room for an address; longer than an id, so never one. */
void
realty_rate_limit_account(RateClass class, const char *email, size_t length)
{
	uint8 hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof(hash), (const uint8 *)email, length, NULL, 0);
	count_request(RATE_USER, class, hash, sizeof(hash));
}
