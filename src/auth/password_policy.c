/*
 * password_policy.c
 *		Which passwords are refused, and why: NIST SP 800-63B, 5.1.1.2.
 *
 * Length counts, composition does not: no rule asks for a digit or a capital. Refused is
 * what a guesser tries first: the most common passwords (realty.common_passwords, which
 * a site adds to) and the account's own e-mail or name with a few digits to it.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/formatting.h"

#include <sodium.h>

#include "auth/password.h"
#include "auth/password_policy.h"
#include "platform/compat.h"
#include "platform/kept_statement.h"

/* A shorter word is in too many good passwords by chance. */
#define LIKE_MIN 4

static RealtyStatement common_find = {
	"SELECT 1 FROM realty.common_passwords WHERE password = $1", 1, {TEXTOID}, NULL};

/* The letters of a word, in lower case; other alphabets than ASCII's stay as they are. */
static char *
letters_of(const char *word, size_t length)
{
	char *letters = palloc(length + 1);
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
	{
		char c = pg_ascii_tolower((unsigned char)word[i]);

		if ((c >= 'a' && c <= 'z') || IS_HIGHBIT_SET(c))
			letters[count++] = c;
	}
	letters[count] = '\0';
	return letters;
}

static bool
is_like(const char *letters, const char *word, size_t length)
{
	return strlen(letters) >= LIKE_MIN && strcmp(letters, letters_of(word, length)) == 0;
}

static bool
is_like_owner(const char *password, PasswordOwner owner)
{
	char *letters = letters_of(password, strlen(password));
	bool found = (owner.email != NULL &&
				  (is_like(letters, owner.email, strcspn(owner.email, "@")) ||
				   is_like(letters, owner.email, strlen(owner.email)))) ||
				 (owner.name != NULL && is_like(letters, owner.name, strlen(owner.name)));

	sodium_memzero(letters, strlen(letters));
	return found;
}

static bool
is_common(const char *password)
{
	char *lower = str_tolower(password, strlen(password), DEFAULT_COLLATION_OID);
	text *value = cstring_to_text(lower);
	Datum datum = PointerGetDatum(value);

	sodium_memzero(lower, strlen(lower));
	realty_execute(&common_find, &datum, NULL, false, 1);
	sodium_memzero(VARDATA(value), VARSIZE(value) - VARHDRSZ);
	return SPI_processed > 0;
}

void
realty_password_judge(Violations *violations, const char *field, const char *password,
					  PasswordOwner owner)
{
	const char *violation =
		password == NULL ? "is required" : realty_password_violation(password);

	if (violation == NULL && is_common(password))
		violation = "is too common and easily guessed";
	if (violation == NULL && is_like_owner(password, owner))
		violation = "is too much like the e-mail address or the name";
	if (violation != NULL)
		realty_violations_add(violations, field, violation);
}
