/*
 * token_buckets.h
 *		Token buckets in a fixed amount of memory.
 */
#ifndef REALTY_PLATFORM_TOKEN_BUCKETS_H
#define REALTY_PLATFORM_TOKEN_BUCKETS_H

#include <stdbool.h>
#include <stdint.h>

#define TOKEN_BUCKET_WAYS 16

/* One key's bucket. All zeros is a full bucket without a key. */
typedef struct TokenBucket
{
	uint64_t key[2];
	int64_t full_at; /* microseconds: when it will be full again */
} TokenBucket;

/* capacity tokens at most, one more each interval microseconds. */
typedef struct TokenBucketLimit
{
	int64_t interval;
	int64_t capacity;
} TokenBucketLimit;

/*
 * Takes one token of key's bucket. Returns 0, or the microseconds to wait until there is
 * one; then nothing was taken. The caller holds the set's lock.
 */
extern int64_t realty_token_bucket_take(TokenBucket set[TOKEN_BUCKET_WAYS],
										const uint64_t key[2], int64_t now,
										TokenBucketLimit limit);

#endif /* REALTY_PLATFORM_TOKEN_BUCKETS_H */
