/*
 * hooks.h
 *		Hooks around restore and DROP EXTENSION.
 */
#ifndef REALTY_PLATFORM_HOOKS_H
#define REALTY_PLATFORM_HOOKS_H

extern void realty_hooks_init(void);

#endif /* REALTY_PLATFORM_HOOKS_H */
