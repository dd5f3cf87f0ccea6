/*
 * token_buckets.h
 *		Token buckets in a fixed place: who has taken too much, too fast.
 */
#ifndef REALTY_PLATFORM_TOKEN_BUCKETS_H
#define REALTY_PLATFORM_TOKEN_BUCKETS_H

#include <stdbool.h>
#include <stdint.h>

#define BUCKET_WAYS 16

/* One key's bucket. All zeros is a full bucket of nobody. */
typedef struct Bucket
{
	uint64_t key[2];
	int64_t full_at; /* microseconds: when it will be full again */
} Bucket;

/* capacity tokens at most, one more each interval microseconds. */
typedef struct BucketLimit
{
	int64_t interval;
	int64_t capacity;
} BucketLimit;

/*
 * Takes one token of key's bucket. Returns 0, or the microseconds to wait until there is
 * one; then nothing was taken. The caller holds the set's lock.
 */
extern int64_t realty_bucket_take(Bucket set[BUCKET_WAYS], const uint64_t key[2],
								  int64_t now, BucketLimit limit);

#endif /* REALTY_PLATFORM_TOKEN_BUCKETS_H */
