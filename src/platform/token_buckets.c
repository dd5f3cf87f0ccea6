/*
 * token_buckets.c
 *		Token buckets, kept as one timestamp each.
 *
 * This is the generic cell rate algorithm of ITU-T I.371: the state of a bucket
 * that refills one token an interval is the moment at which it will be full again.
 *
 * Buckets live in sets of a few ways, as in a processor's cache. A bucket that is
 * full again holds no information, so its slot is free; when all ways are in debt,
 * the one with the least debt is replaced. So a flood of new keys replaces other
 * new ones, each with one token taken, and never one that is being held back.
 *
 * Pure: time, lock and key are the caller's.
 */
#include "platform/token_buckets.h"

/* The key's own slot, or the one with the least debt. */
static TokenBucket *
slot_of(TokenBucket set[TOKEN_BUCKET_WAYS], const uint64_t key[2])
{
	TokenBucket *least = &set[0];

	for (int i = 0; i < TOKEN_BUCKET_WAYS; i++)
	{
		if (set[i].key[0] == key[0] && set[i].key[1] == key[1])
			return &set[i];
		if (set[i].full_at < least->full_at)
			least = &set[i];
	}
	return least;
}

int64_t
realty_token_bucket_take(TokenBucket set[TOKEN_BUCKET_WAYS], const uint64_t key[2],
						 int64_t now, TokenBucketLimit limit)
{
	TokenBucket *bucket = slot_of(set, key);
	bool is_known = bucket->key[0] == key[0] && bucket->key[1] == key[1];
	int64_t full_at = is_known && bucket->full_at > now ? bucket->full_at : now;
	int64_t wait = full_at + limit.interval - now - limit.interval * limit.capacity;

	if (wait > 0)
		return wait;
	bucket->key[0] = key[0];
	bucket->key[1] = key[1];
	bucket->full_at = full_at + limit.interval;
	return 0;
}
