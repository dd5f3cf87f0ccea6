/*
 * revocation.h
 *		Ending what an account holds: sessions, password resets, e-mails with a token.
 */
#ifndef REALTY_AUTH_REVOCATION_H
#define REALTY_AUTH_REVOCATION_H

#include "postgres.h"

/*
 * Ends the user's sessions, all but the one kept (0: all), and every token for a new
 * password that is on its way; returns how many sessions. Called as the owner, between
 * SPI_connect and SPI_finish.
 */
extern int64 realty_revoke(int64 user_id, int64 kept, const char *reason);

#endif /* REALTY_AUTH_REVOCATION_H */
