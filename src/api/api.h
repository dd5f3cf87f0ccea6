/*
 * api.h
 *		The room that answers requests: what the library's entrance calls.
 */
#ifndef REALTY_API_API_H
#define REALTY_API_API_H

extern void realty_api_init(void);

#endif /* REALTY_API_API_H */
