/*
 * guards.h
 *		Hooks around restore and DROP EXTENSION.
 */
#ifndef REALTY_PLATFORM_GUARDS_H
#define REALTY_PLATFORM_GUARDS_H

extern void realty_guards_init(void);

#endif /* REALTY_PLATFORM_GUARDS_H */
