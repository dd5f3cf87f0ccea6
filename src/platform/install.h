/*
 * install.h
 *		The roles that CREATE EXTENSION makes.
 */
#ifndef REALTY_PLATFORM_INSTALL_H
#define REALTY_PLATFORM_INSTALL_H

#include "postgres.h"

extern bool realty_is_installed_role(const char *name);

#endif
