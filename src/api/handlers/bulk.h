/*
 * bulk.h
 *		POST of many rows in one request.
 */
#ifndef REALTY_API_HANDLERS_BULK_H
#define REALTY_API_HANDLERS_BULK_H

#include "api/request.h"

#define API_BULK_MAX_ROWS 10000

extern void realty_handle_create_many(ApiRequest *request);

#endif /* REALTY_API_HANDLERS_BULK_H */
