/*
 * project.h
 *		Settings of projects.
 */
#ifndef REALTY_DOMAIN_PROJECT_PROJECT_H
#define REALTY_DOMAIN_PROJECT_PROJECT_H

extern void realty_project_init(void);

#endif /* REALTY_DOMAIN_PROJECT_PROJECT_H */
