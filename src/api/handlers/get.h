/*
 * get.h
 *		GET of one row.
 */
#ifndef REALTY_API_HANDLERS_GET_H
#define REALTY_API_HANDLERS_GET_H

#include "api/request.h"

extern void realty_handle_get(ApiRequest *request);

#endif /* REALTY_API_HANDLERS_GET_H */
