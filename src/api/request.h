/*
 * request.h
 *		One request on its way through the dispatcher, and its answer.
 */
#ifndef REALTY_API_REQUEST_H
#define REALTY_API_REQUEST_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"

#include "api/catalog/route.h"
#include "api/http/pair.h"
#include "auth/identity.h"

#define API_MAX_PARAMETERS 64
#define API_MAX_HEADERS 64

/* Where an invalid value was; bare envelopes say it. */
typedef enum ApiLocation
{
	API_IN_BODY,
	API_IN_QUERY,
	API_IN_PATH
} ApiLocation;

typedef struct ApiViolation
{
	ApiLocation location;
	const char *field; /* NULL when the whole body is meant */
	const char *message;
} ApiViolation;

/* One column or argument that gets a value. */
typedef struct ApiAssignment
{
	const char *name;
	ApiType type;
	Datum value;
	bool isnull;
} ApiAssignment;

typedef struct ApiAnswer
{
	int status;
	StringInfoData body;
	ApiPair headers[API_MAX_HEADERS];
	int nheaders;
} ApiAnswer;

/* What the request was doing when an error was raised: its status depends on it. */
typedef enum ApiPhase
{
	API_READING, /* taking apart what the client sent */
	API_WORKING  /* running the route's SQL */
} ApiPhase;

typedef struct ApiRequest
{
	MemoryContext context; /* holds everything below; goes when the answer is out */
	ApiPhase phase;

	/* As it came. */
	const char *method;
	bool head;
	const char *target;
	const char *input_headers; /* "Name: value" lines, or */
	Jsonb *input_headers_json; /* an object; NULL for none */
	const char *raw_body;      /* request_raw: unparsed bytes */
	size_t raw_length;
	const char *client; /* address that the gateway saw, or NULL */

	/* As it was understood. */
	ApiPair headers[API_MAX_HEADERS];
	int nheaders;
	const char *segments[API_MAX_SEGMENTS + 1];
	int nsegments;
	ApiPair parameters[API_MAX_PARAMETERS];
	int nparameters;
	Jsonb *body; /* NULL when there is none */
	ApiRoute *route;
	int ncaptures;
	const char *captures[API_MAX_SEGMENTS];
	Identity identity;
	Oid role;
	List *violations;  /* ApiViolation * */
	List *assignments; /* ApiAssignment * */

	ApiAnswer answer;
} ApiRequest;

typedef void (*ApiWork)(ApiRequest *request, void *arg);

#endif /* REALTY_API_REQUEST_H */
