/*
 * write.h
 *		POST, PATCH, PUT and DELETE on a resource's view.
 */
#ifndef REALTY_API_HANDLERS_WRITE_H
#define REALTY_API_HANDLERS_WRITE_H

#include "api/request.h"

extern void realty_handle_create(ApiRequest *request);
/* Also `set`, whose route gives fixed values. */
extern void realty_handle_update(ApiRequest *request);
extern void realty_handle_delete(ApiRequest *request);

/* Adds the violations that a create would be refused for, without inserting. */
extern void realty_create_violations(ApiRequest *request);

#endif /* REALTY_API_HANDLERS_WRITE_H */
