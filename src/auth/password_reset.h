/*
 * password_reset.h
 *		A new password for who has lost the old one.
 */
#ifndef REALTY_AUTH_PASSWORD_RESET_H
#define REALTY_AUTH_PASSWORD_RESET_H

extern void realty_reset_init(void);

#endif /* REALTY_AUTH_PASSWORD_RESET_H */
