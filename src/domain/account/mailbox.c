/*
 * mailbox.c
 *		E-mail addresses: one mailbox, as RFC 5321 has it, in characters that any mailer
 * takes.
 *
 * An address goes into the header of an e-mail. What a mailer would read as two
 * addresses, as a name with an address, or as another header is no address: commas,
 * angle brackets, comments, blanks, controls. Of RFC 5321's forms these are not
 * taken:
 *
 * - a quoted local part ("a b"@x.y), which is another spelling of one mailbox and which
 *   the RFC itself advises against (4.1.2);
 * - an address literal (a@[192.0.2.1]) and a host without a dot.
 *
 * Letters of other alphabets are taken on both sides (RFC 6531, RFC 5890), and of
 * what is not ASCII only letters: a full-width @ is not one.
 */
#include "postgres.h"

#include "fmgr.h"

#include "domain/account/mailbox.h"
#include "platform/compat.h"
#include "platform/unicode.h"

PG_FUNCTION_INFO_V1(realty_is_mailbox);

#define MAILBOX_MAX 254 /* bytes: RFC 5321, 4.5.3.1.3, without its brackets */
#define LOCAL_PART_MAX 64
#define LABEL_MAX 63

static bool
is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		   IS_HIGHBIT_SET(c);
}

/* Words of atext (RFC 5322) with single dots between them. */
static bool
is_dot_string(const char *text, int length)
{
	for (int i = 0; i < length; i++)
		if (text[i] == '.' ? i == 0 || i == length - 1 || text[i - 1] == '.'
						   : !is_alphanumeric(text[i]) &&
								 strchr("!#$%&'*+-/=?^_`{|}~", text[i]) == NULL)
			return false;
	return length > 0 && length <= LOCAL_PART_MAX;
}

static bool
is_label(const char *text, int length)
{
	if (length == 0 || length > LABEL_MAX || text[0] == '-' || text[length - 1] == '-')
		return false;
	for (int i = 0; i < length; i++)
		if (!is_alphanumeric(text[i]) && text[i] != '-')
			return false;
	return true;
}

static bool
is_number(const char *text, int length)
{
	for (int i = 0; i < length; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

/* Two labels at least, the last of which is no number. */
static bool
is_domain(const char *text, int length)
{
	const char *end = text + length;
	int labels = 0;

	for (;;)
	{
		const char *dot = memchr(text, '.', end - text);
		const char *stop = dot ? dot : end;

		if (!is_label(text, (int)(stop - text)))
			return false;
		labels++;
		if (dot == NULL)
			return labels > 1 && !is_number(text, (int)(stop - text));
		text = dot + 1;
	}
}

bool
realty_mailbox_is_one(const char *address, int length)
{
	const char *at = memchr(address, '@', length);

	return length <= MAILBOX_MAX && at != NULL &&
		   is_dot_string(address, (int)(at - address)) &&
		   is_domain(at + 1, (int)(address + length - (at + 1))) &&
		   realty_text_has_plain_letters(address, length);
}

/* realty.is_mailbox(address text) → boolean */
Datum
realty_is_mailbox(PG_FUNCTION_ARGS)
{
	text *address = PG_GETARG_TEXT_PP(0);

	PG_RETURN_BOOL(
		realty_mailbox_is_one(VARDATA_ANY(address), VARSIZE_ANY_EXHDR(address)));
}
