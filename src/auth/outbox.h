/*
 * outbox.h
 *		E-mails for the mailer of the site.
 */
#ifndef REALTY_AUTH_OUTBOX_H
#define REALTY_AUTH_OUTBOX_H

#include "postgres.h"

/*
 * An e-mail to that user's address, sent when this transaction commits. data is the
 * text of a JSON object, lifetime in seconds (0: no end). Called as the owner,
 * between SPI_connect and SPI_finish.
 */
extern void realty_outbox_put(int64 user_id, const char *kind, const char *data,
							  int lifetime);

#endif /* REALTY_AUTH_OUTBOX_H */
