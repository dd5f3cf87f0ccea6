/*
 * list.h
 *		GET of a list, with its filters, order and pages.
 */
#ifndef REALTY_API_HANDLERS_LIST_H
#define REALTY_API_HANDLERS_LIST_H

#include "api/request.h"

/* The setting realty.exact_count_limit. */
extern void realty_list_init(void);

extern void realty_handle_list(ApiRequest *request);

#endif /* REALTY_API_HANDLERS_LIST_H */
