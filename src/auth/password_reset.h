/*
 * password_reset.h
 *		A new password in place of a lost one.
 */
#ifndef REALTY_AUTH_PASSWORD_RESET_H
#define REALTY_AUTH_PASSWORD_RESET_H

extern void realty_password_reset_init(void);

#endif /* REALTY_AUTH_PASSWORD_RESET_H */
