/*
 * secrets.c
 *		The keys that tokens are signed with, and memory that is wiped.
 *
 * A file is better than a setting, whose value shows in postgresql.conf,
 * pg_file_settings or a log of ALTER SYSTEM. The file is checked (one stat) at
 * every use and read again when it changed, so a rotation needs neither reload nor
 * restart. Its first line is the secret, its second, if there is one, the secret
 * before it. Like the server's own ssl key it must belong to the server's user
 * alone, or to root with the group allowed to read.
 *
 * No message of this file contains a secret, and neither does the server's "invalid
 * value".
 */
#include "postgres.h"

#include "utils/guc.h"
#include "utils/memutils.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/secrets.h"

#define SECRET_FILE_MAX 4096

static char *jwt_secret = NULL;
static char *jwt_previous_secret = NULL;
static char *jwt_secret_file = NULL;

/* What was read last, and from which state of which file. */
typedef struct SecretFile
{
	bool read;
	char path[MAXPGPATH];
	struct stat seen;
	unsigned char content[SECRET_FILE_MAX];
	size_t length;
} SecretFile;

static SecretFile cached_file;

static bool
secret_check(char **value, void **extra, GucSource source)
{
	if (**value == '\0' || strlen(*value) >= REALTY_SECRET_MIN)
		return true;
	/* In place of the server's own message, which would quote the value. */
	GUC_check_errmsg("a secret that signs tokens is too short");
	GUC_check_errdetail("It needs at least %d bytes.", REALTY_SECRET_MIN);
	GUC_check_errhint("Make one with: openssl rand -base64 48");
	return false;
}

static const char *
secret_show(void)
{
	return jwt_secret != NULL && *jwt_secret != '\0' ? "********" : "";
}

static const char *
previous_secret_show(void)
{
	return jwt_previous_secret != NULL && *jwt_previous_secret != '\0' ? "********" : "";
}

void
realty_secrets_init(void)
{
	const int hidden = GUC_SUPERUSER_ONLY | GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE;

	if (sodium_init() < 0)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("could not initialize the cryptography library")));
	DefineCustomStringVariable("realty.jwt_secret", "Secret that signs access tokens.",
							   "At least 32 bytes. Prefer realty.jwt_secret_file.",
							   &jwt_secret, "", PGC_SIGHUP, hidden, secret_check, NULL,
							   secret_show);
	DefineCustomStringVariable(
		"realty.jwt_previous_secret",
		"Earlier secret whose access tokens are still accepted.",
		"Set it while a secret is being replaced, for as long as an access token lives.",
		&jwt_previous_secret, "", PGC_SIGHUP, hidden, secret_check, NULL,
		previous_secret_show);
	DefineCustomStringVariable(
		"realty.jwt_secret_file",
		"File whose first line is the secret that signs access tokens.",
		"A second line is the earlier secret, still accepted. The file must belong to "
		"the server's user alone (mode 0600). It takes precedence over "
		"realty.jwt_secret.",
		&jwt_secret_file, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, NULL, NULL, NULL);
}

static bool
same_state(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
		   a->st_mode == b->st_mode && a->st_uid == b->st_uid &&
		   a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		   a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
		   a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
		   a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static bool
is_exposed(const struct stat *state)
{
	if (state->st_uid == geteuid())
		return (state->st_mode & (S_IRWXG | S_IRWXO)) != 0;
	if (state->st_uid == 0)
		return (state->st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) != 0;
	return true;
}

static bool
read_content(int fd)
{
	size_t length = 0;

	while (length < SECRET_FILE_MAX)
	{
		ssize_t got = read(fd, cached_file.content + length, SECRET_FILE_MAX - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	cached_file.length = length;
	return length < SECRET_FILE_MAX;
}

static void
forget_file(void)
{
	sodium_memzero(&cached_file, sizeof(cached_file));
}

/* The state of the opened file is what is judged, not that of its name. */
static SecretVerdict
read_file(void)
{
	SecretVerdict verdict = SECRET_FOUND;
	int fd;

	forget_file();
	/* O_NONBLOCK: a named pipe must not hang a backend. */
	do
		fd = open(jwt_secret_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return SECRET_FILE_UNREADABLE;
	if (fstat(fd, &cached_file.seen) != 0 || !S_ISREG(cached_file.seen.st_mode))
		verdict = SECRET_FILE_UNREADABLE;
	else if (is_exposed(&cached_file.seen))
		verdict = SECRET_FILE_EXPOSED;
	else if (!read_content(fd))
		verdict = SECRET_FILE_UNREADABLE;
	close(fd);
	if (verdict != SECRET_FOUND)
	{
		forget_file();
		return verdict;
	}
	strlcpy(cached_file.path, jwt_secret_file, sizeof(cached_file.path));
	cached_file.read = true;
	return SECRET_FOUND;
}

static SecretVerdict
refresh_file(void)
{
	struct stat now;

	if (strlen(jwt_secret_file) >= MAXPGPATH || stat(jwt_secret_file, &now) != 0)
		return SECRET_FILE_UNREADABLE;
	if (cached_file.read && strcmp(cached_file.path, jwt_secret_file) == 0 &&
		same_state(&cached_file.seen, &now))
		return SECRET_FOUND;
	return read_file();
}

/* Line 0 or 1 of the file; a carriage return before its end does not count. */
static bool
file_line(int wanted, Secret *secret)
{
	const unsigned char *start = cached_file.content;
	const unsigned char *end = start + cached_file.length;

	for (int line = 0; start < end; line++)
	{
		const unsigned char *stop = memchr(start, '\n', (size_t)(end - start));

		if (stop == NULL)
			stop = end;
		if (line == wanted)
		{
			secret->bytes = start;
			secret->length = (size_t)(stop - start);
			if (secret->length > 0 && start[secret->length - 1] == '\r')
				secret->length--;
			return true;
		}
		start = stop < end ? stop + 1 : end;
	}
	return false;
}

static bool
setting_value(const char *value, Secret *secret)
{
	if (value == NULL || *value == '\0')
		return false;
	secret->bytes = (const unsigned char *)value;
	secret->length = strlen(value);
	return true;
}

static bool
file_is_set(void)
{
	return jwt_secret_file != NULL && *jwt_secret_file != '\0';
}

SecretVerdict
realty_secret_current(Secret *secret)
{
	SecretVerdict verdict;

	if (!file_is_set())
		return setting_value(jwt_secret, secret) ? SECRET_FOUND : SECRET_MISSING;
	verdict = refresh_file();
	if (verdict != SECRET_FOUND)
		return verdict;
	if (!file_line(0, secret) || secret->length < REALTY_SECRET_MIN)
		return SECRET_TOO_SHORT;
	return SECRET_FOUND;
}

bool
realty_secret_previous(Secret *secret)
{
	if (file_is_set() && refresh_file() == SECRET_FOUND && file_line(1, secret) &&
		secret->length >= REALTY_SECRET_MIN)
		return true;
	return setting_value(jwt_previous_secret, secret);
}

const char *
realty_secret_verdict_message(SecretVerdict verdict)
{
	switch (verdict)
	{
	case SECRET_FOUND:
		break;
	case SECRET_MISSING:
		return "no secret is set to sign access tokens with";
	case SECRET_TOO_SHORT:
		return "the secret that signs access tokens is shorter than 32 bytes";
	case SECRET_FILE_UNREADABLE:
		return "the file with the secret that signs access tokens cannot be read";
	case SECRET_FILE_EXPOSED:
		return "the file with the secret that signs access tokens is open to others";
	}
	return "the secret is set";
}

void
realty_secret_refuse(SecretVerdict verdict)
{
	ereport(ERROR,
			(realty_errcode(REALTY_NOT_CONFIGURED),
			 errmsg("%s", realty_secret_verdict_message(verdict)),
			 errhint("Keep it in a file of the server's user, mode 0600, made with "
					 "\"openssl rand -base64 48\", and add one of these lines to "
					 "postgresql.conf, then run SELECT pg_reload_conf():\n"
					 "realty.jwt_secret_file = '/etc/postgresql/realty.secret'\n"
					 "realty.jwt_secret = 'at least 32 bytes that nobody can guess'")));
}

typedef struct SecretCopy
{
	MemoryContextCallback callback;
	size_t length;
	char bytes[FLEXIBLE_ARRAY_MEMBER];
} SecretCopy;

static void
wipe_copy(void *arg)
{
	SecretCopy *copy = arg;

	sodium_memzero(copy->bytes, copy->length);
}

char *
realty_secret_copy(const text *secret)
{
	size_t length = VARSIZE_ANY_EXHDR(secret);
	SecretCopy *copy = palloc(offsetof(SecretCopy, bytes) + length + 1);

	memcpy(copy->bytes, VARDATA_ANY(secret), length);
	copy->bytes[length] = '\0';
	copy->length = length;
	copy->callback.func = wipe_copy;
	copy->callback.arg = copy;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &copy->callback);
	return copy->bytes;
}
