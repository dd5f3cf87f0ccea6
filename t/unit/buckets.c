/*
 * buckets.c
 *		src/platform/token_buckets.c against a model: one token count in floating point for each
 *		key, no table, nothing forgotten.
 *
 *   buckets KEYS REQUESTS SEED
 *
 * A tenth of the requests comes from 100 keys that ask far too often, the others from KEYS
 * keys at random. Prints "abusers A of B, others C of D": allowed by us, by the model.
 */
#include <stdio.h>
#include <stdlib.h>

#include "platform/token_buckets.h"

#define SETS 16384
#define ABUSERS 100

static TokenBucket sets[SETS][TOKEN_BUCKET_WAYS];
static const TokenBucketLimit limit = {.interval = 100000, .capacity = 20};

typedef struct Model
{
	double tokens;
	int64_t asked;
} Model;

static uint64_t state;

/* splitmix64 */
static uint64_t
noise(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static bool
model_takes(Model *model, int64_t now)
{
	model->tokens += (double)(now - model->asked) / (double)limit.interval;
	if (model->tokens > (double)limit.capacity)
		model->tokens = (double)limit.capacity;
	model->asked = now;
	if (model->tokens < 1)
		return false;
	model->tokens -= 1;
	return true;
}

static bool
we_take(uint64_t who, int64_t now)
{
	uint64_t seed = who + 1;
	uint64_t key[2];

	key[0] = noise(&seed);
	key[1] = noise(&seed);
	return realty_token_bucket_take(sets[key[0] % SETS], key, now, limit) == 0;
}

int
main(int argc, char **argv)
{
	uint64_t keys = strtoull(argv[1], NULL, 10);
	uint64_t requests = strtoull(argv[2], NULL, 10);
	Model *models = calloc(keys, sizeof(Model));
	long allowed[2] = {0};
	long expected[2] = {0};
	int64_t now = 1000000000;

	state = strtoull(argv[3], NULL, 10);
	for (uint64_t i = 0; i < keys; i++)
		models[i] = (Model){.tokens = (double)limit.capacity, .asked = now};
	for (uint64_t i = 0; i < requests; i++)
	{
		uint64_t who = noise(&state) % (noise(&state) % 10 == 0 ? ABUSERS : keys);

		now += (int64_t)(noise(&state) % 5);
		allowed[who >= ABUSERS] += we_take(who, now);
		expected[who >= ABUSERS] += model_takes(&models[who], now);
	}
	printf("abusers %ld of %ld, others %ld of %ld\n", allowed[0], expected[0], allowed[1],
		   expected[1]);
	free(models);
	return argc == 4 ? 0 : 1;
}
