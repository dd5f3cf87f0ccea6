/*
 * password.c
 *		Hashes of passwords: argon2id for new ones, bcrypt for those that come over.
 *
 * argon2id is libsodium's, bcrypt the C library's crypt_r (pgcrypto's crypt() takes
 * $2b$ for DES). A hash carries its own costs, and computing it cannot be interrupted,
 * so a hash that asks for more than the settings could ever ask is refused unread.
 *
 * bcrypt sees the first 72 bytes of a password and no more: a longer one is refused
 * rather than cut, when it is set and when it is checked.
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include <crypt.h>
#include <sodium.h>

#include "auth/hash_slots.h"
#include "auth/password.h"
#include "auth/response_floor.h"
#include "platform/error_codes.h"
#include "platform/secrets.h"

PG_FUNCTION_INFO_V1(realty_password_hash);
PG_FUNCTION_INFO_V1(realty_password_verify);
PG_FUNCTION_INFO_V1(realty_password_needs_rehash);

#define ARGON2_MEMORY_MAX (1024 * 1024) /* kB */
#define ARGON2_OPERATIONS_MAX 20
#define BCRYPT_COST_MIN 4
#define BCRYPT_COST_MAX 16
#define BCRYPT_HASH_LENGTH 60

typedef enum PasswordAlgorithm
{
	PASSWORD_ARGON2ID,
	PASSWORD_BCRYPT,
	PASSWORD_UNKNOWN
} PasswordAlgorithm;

/* What a hash says of itself. */
typedef struct HashCosts
{
	PasswordAlgorithm algorithm;
	unsigned long memory; /* kB, argon2id */
	unsigned long operations;
	unsigned long cost; /* log2 of the rounds, bcrypt */
} HashCosts;

static int password_algorithm = PASSWORD_ARGON2ID;
static int argon2_memory = 0;
static int argon2_operations = 0;
static int bcrypt_cost = 0;

static const struct config_enum_entry algorithm_options[] = {
	{"argon2id", PASSWORD_ARGON2ID, false},
	{"bcrypt", PASSWORD_BCRYPT, false},
	{NULL, 0, false}};

void
realty_password_init(void)
{
	DefineCustomEnumVariable("realty.password_algorithm",
							 "Algorithm of new password hashes.", NULL,
							 &password_algorithm, PASSWORD_ARGON2ID, algorithm_options,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	/* Costs of one login, in memory and time: OWASP's least for argon2id. */
	DefineCustomIntVariable("realty.argon2_memory",
							"Memory that one argon2id hash takes.", NULL, &argon2_memory,
							19456, 8, ARGON2_MEMORY_MAX, PGC_SUSET, GUC_UNIT_KB, NULL,
							NULL, NULL);
	DefineCustomIntVariable("realty.argon2_operations",
							"Passes that one argon2id hash makes over its memory.", NULL,
							&argon2_operations, 2, 1, ARGON2_OPERATIONS_MAX, PGC_SUSET, 0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("realty.bcrypt_cost",
							"Cost of bcrypt hashes; each step doubles the time.", NULL,
							&bcrypt_cost, 12, BCRYPT_COST_MIN, BCRYPT_COST_MAX, PGC_SUSET,
							0, NULL, NULL, NULL);
}

static bool
take_number(const char **text, const char *before, unsigned long *number)
{
	size_t length = strlen(before);
	const char *digits = *text + length;

	if (strncmp(*text, before, length) != 0 || strspn(digits, "0123456789") == 0 ||
		strspn(digits, "0123456789") > 9)
		return false;
	*number = strtoul(digits, NULL, 10);
	*text = digits + strspn(digits, "0123456789");
	return true;
}

static bool
read_argon2(const char *hash, HashCosts *costs)
{
	unsigned long version;
	unsigned long lanes;

	costs->algorithm = PASSWORD_ARGON2ID;
	return take_number(&hash, "$argon2id$v=", &version) &&
		   take_number(&hash, "$m=", &costs->memory) &&
		   take_number(&hash, ",t=", &costs->operations) &&
		   take_number(&hash, ",p=", &lanes) && *hash == '$' && version == 19 &&
		   lanes >= 1 && lanes <= 64 && costs->memory <= ARGON2_MEMORY_MAX &&
		   costs->operations <= ARGON2_OPERATIONS_MAX;
}

/* $2a$, $2b$, $2y$, two digits of cost, 22 letters of salt and 31 of hash. */
static bool
read_bcrypt(const char *hash, HashCosts *costs)
{
	costs->algorithm = PASSWORD_BCRYPT;
	if (strlen(hash) != BCRYPT_HASH_LENGTH || strncmp(hash, "$2", 2) != 0 ||
		strchr("aby", hash[2]) == NULL)
		return false;
	hash += 3;
	return take_number(&hash, "$", &costs->cost) && *hash == '$' &&
		   costs->cost >= BCRYPT_COST_MIN && costs->cost <= BCRYPT_COST_MAX;
}

static PasswordAlgorithm
read_hash(const char *hash, HashCosts *costs)
{
	memset(costs, 0, sizeof(*costs));
	if (!read_argon2(hash, costs) && !read_bcrypt(hash, costs))
		costs->algorithm = PASSWORD_UNKNOWN;
	return costs->algorithm;
}

/* crypt_r of settings or a hash into out; false when the library refuses them. */
static bool
run_bcrypt(const char *password, const char *settings, char out[BCRYPT_HASH_LENGTH + 1])
{
	struct crypt_data *data = palloc0(sizeof(struct crypt_data));
	const char *made = crypt_r(password, settings, data);
	bool done = made != NULL && strlen(made) == BCRYPT_HASH_LENGTH;

	if (done)
		strlcpy(out, made, BCRYPT_HASH_LENGTH + 1);
	sodium_memzero(data, sizeof(*data));
	pfree(data);
	return done;
}

static void
raise_failed(void)
{
	ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("could not hash a password"),
					errdetail("The memory that it needs could not be allocated.")));
}

static char *
make_argon2(const char *password)
{
	char *hash = palloc(crypto_pwhash_STRBYTES);

	if (crypto_pwhash_str_alg(
			hash, password, strlen(password), (unsigned long long)argon2_operations,
			(size_t)argon2_memory * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		raise_failed();
	return hash;
}

static char *
make_bcrypt(const char *password)
{
	char *hash = palloc(BCRYPT_HASH_LENGTH + 1);
	char settings[CRYPT_GENSALT_OUTPUT_SIZE];
	char noise[16];

	randombytes_buf(noise, sizeof(noise));
	if (crypt_gensalt_rn("$2b$", (unsigned long)bcrypt_cost, noise, sizeof(noise),
						 settings, sizeof(settings)) == NULL ||
		!run_bcrypt(password, settings, hash))
		raise_failed();
	return hash;
}

char *
realty_password_make(const char *password)
{
	char *volatile hash = NULL;

	realty_response_floor_exclude(realty_hash_slot_take());
	PG_TRY();
	{
		hash = password_algorithm == PASSWORD_BCRYPT ? make_bcrypt(password)
													 : make_argon2(password);
	}
	PG_FINALLY();
	{
		realty_hash_slot_give();
	}
	PG_END_TRY();
	return hash;
}

static bool
matches_bcrypt(const char *password, const char *hash)
{
	char made[BCRYPT_HASH_LENGTH + 1];

	if (!run_bcrypt(password, hash, made))
		return false;
	return sodium_memcmp(made, hash, BCRYPT_HASH_LENGTH) == 0;
}

static bool
matches_known(const char *password, const char *hash, PasswordAlgorithm algorithm)
{
	volatile bool matches = false;

	realty_response_floor_exclude(realty_hash_slot_take());
	PG_TRY();
	{
		matches = algorithm == PASSWORD_BCRYPT
					  ? matches_bcrypt(password, hash)
					  : crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
	}
	PG_FINALLY();
	{
		realty_hash_slot_give();
	}
	PG_END_TRY();
	return matches;
}

/* Could the hash be one of this password? */
static PasswordAlgorithm
algorithm_for(const char *password, const char *hash)
{
	HashCosts costs;
	PasswordAlgorithm algorithm = read_hash(hash, &costs);

	if (algorithm == PASSWORD_BCRYPT && strlen(password) > BCRYPT_PASSWORD_MAX)
		return PASSWORD_UNKNOWN;
	return algorithm;
}

bool
realty_password_matches(const char *password, const char *hash)
{
	PasswordAlgorithm algorithm = algorithm_for(password, hash);

	return algorithm != PASSWORD_UNKNOWN && matches_known(password, hash, algorithm);
}

bool
realty_password_opens(const char *password, const char *hash)
{
	PasswordAlgorithm algorithm = algorithm_for(password, hash);

	if (algorithm != PASSWORD_UNKNOWN)
		return matches_known(password, hash, algorithm);
	realty_password_hash_dummy(password);
	return false;
}

bool
realty_password_is_outdated(const char *hash)
{
	HashCosts costs;

	switch (read_hash(hash, &costs))
	{
	case PASSWORD_ARGON2ID:
		/* Never back to bcrypt, whatever is chosen for new ones. */
		return password_algorithm == PASSWORD_ARGON2ID &&
			   (costs.memory < (unsigned long)argon2_memory ||
				costs.operations < (unsigned long)argon2_operations);
	case PASSWORD_BCRYPT:
		return password_algorithm == PASSWORD_ARGON2ID ||
			   costs.cost < (unsigned long)bcrypt_cost;
	case PASSWORD_UNKNOWN:
		break;
	}
	return true;
}

void
realty_password_hash_dummy(const char *password)
{
	char cut[BCRYPT_PASSWORD_MAX + 1];
	char *hash;

	/* What bcrypt cannot take queues for its slot all the same. */
	strlcpy(cut, password, sizeof(cut));
	hash = realty_password_make(password_algorithm == PASSWORD_BCRYPT ? cut : password);
	sodium_memzero(cut, sizeof(cut));
	sodium_memzero(hash, strlen(hash));
}

const char *
realty_password_violation(const char *password)
{
	size_t length = strlen(password);

	if (pg_mbstrlen(password) < PASSWORD_MIN)
		return "must have at least 8 characters";
	if (password_algorithm == PASSWORD_BCRYPT && length > BCRYPT_PASSWORD_MAX)
		return "must not be longer than 72 bytes";
	if (length > PASSWORD_MAX)
		return "must not be longer than 1024 bytes";
	return NULL;
}

/*
 * realty.password_hash(password text) → text
 *
 * Hashes any password that can be hashed whole: what a good one is, is asked where
 * accounts are made.
 */
Datum
realty_password_hash(PG_FUNCTION_ARGS)
{
	char *password = realty_secret_copy(PG_GETARG_TEXT_PP(0));

	if (password_algorithm == PASSWORD_BCRYPT && strlen(password) > BCRYPT_PASSWORD_MAX)
		ereport(ERROR,
				(realty_errcode(REALTY_VALIDATION), errmsg("validation failed"),
				 errdetail("%s", "[{\"field\": \"password\", \"message\": \"must not be "
								 "longer than 72 bytes\"}]")));
	PG_RETURN_TEXT_P(cstring_to_text(realty_password_make(password)));
}

/* realty.password_verify(password text, hash text) → boolean */
Datum
realty_password_verify(PG_FUNCTION_ARGS)
{
	char *password = realty_secret_copy(PG_GETARG_TEXT_PP(0));
	char *hash = text_to_cstring(PG_GETARG_TEXT_PP(1));

	PG_RETURN_BOOL(realty_password_matches(password, hash));
}

/* realty.password_needs_rehash(hash text) → boolean */
Datum
realty_password_needs_rehash(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(realty_password_is_outdated(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}
