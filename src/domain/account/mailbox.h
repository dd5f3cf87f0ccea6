/*
 * mailbox.h
 *		E-mail addresses.
 */
#ifndef REALTY_DOMAIN_ACCOUNT_MAILBOX_H
#define REALTY_DOMAIN_ACCOUNT_MAILBOX_H

#include "postgres.h"

/* Is it one mailbox, as mailbox.c says? */
extern bool realty_mailbox_is_one(const char *address, int length);

#endif /* REALTY_DOMAIN_ACCOUNT_MAILBOX_H */
