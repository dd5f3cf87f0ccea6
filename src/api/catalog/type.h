/*
 * type.h
 *		How a value of a column or argument is read, compared and described.
 */
#ifndef REALTY_API_CATALOG_TYPE_H
#define REALTY_API_CATALOG_TYPE_H

#include "postgres.h"

typedef enum ApiKind
{
	API_INTEGER,
	API_NUMBER,
	API_BOOLEAN,
	API_DATE,
	API_TIME,
	API_TEXT,
	API_TEXT_LIST,
	API_JSON,
	API_OTHER
} ApiKind;

typedef struct ApiType
{
	ApiKind kind;
	Oid oid;
	int32 typmod;
} ApiType;

/* Fills *type; a type that is none of ours is API_OTHER. */
extern void realty_type_classify(ApiType *type, Oid oid, int32 typmod);

#endif /* REALTY_API_CATALOG_TYPE_H */
