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
#include "auth/identity.h"
#include "platform/compat.h"
#include "platform/error_codes.h"

#define API_MAX_PARAMETERS 64
#define API_MAX_HEADERS 64
#define API_BULK_MOST 10000      /* rows in one request */
#define API_BULK_FAULTS_MOST 100 /* of them that are looked for and told */

typedef struct ApiPair
{
	const char *name;
	const char *value;
} ApiPair;

/* Where a faulty value stood; bare envelopes tell it. */
typedef enum ApiPlace
{
	API_IN_BODY,
	API_IN_QUERY,
	API_IN_PATH
} ApiPlace;

typedef struct ApiFault
{
	ApiPlace place;
	const char *field; /* NULL when the whole body is meant */
	const char *message;
} ApiFault;

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

/* What the request was doing when an error came: the same error reads differently. */
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
	List *faults;      /* ApiFault * */
	List *assignments; /* ApiAssignment * */

	ApiAnswer answer;
} ApiRequest;

typedef void (*ApiWork)(ApiRequest *request, void *arg);

/* serve.c */
extern void realty_request_serve(ApiRequest *request);

/* subtransaction.c */
extern bool realty_request_guarded(ApiRequest *request, ApiWork work, void *arg,
								   ErrorData **error);
extern void realty_request_become(const ApiRequest *request);
pg_noreturn extern void realty_request_not_found(const ApiRequest *request);

/* parse.c */
extern const char *realty_request_header(const ApiRequest *request, const char *name);
extern void realty_request_read_headers(ApiRequest *request);
extern void realty_request_read_target(ApiRequest *request);
extern void realty_request_read_body(ApiRequest *request);

/* violations.c */
extern void realty_request_fault(ApiRequest *request, ApiPlace place, const char *field,
								 const char *message);
extern bool realty_request_has_fault(const ApiRequest *request, const char *field);
extern void realty_request_faults_from_json(ApiRequest *request, Jsonb *faults,
											bool one_a_field);
extern void realty_request_check_faults(const ApiRequest *request);

/* list.c, write.c, call.c: the handlers */
extern void realty_handle_list(ApiRequest *request);
extern void realty_handle_get(ApiRequest *request);
extern void realty_handle_create(ApiRequest *request);
extern void realty_handle_update(ApiRequest *request);
extern void realty_handle_delete(ApiRequest *request);
extern void realty_handle_call(ApiRequest *request);

/* write.c: adds the faults that a create would be refused for, without inserting */
extern void realty_create_faults(ApiRequest *request);

/* bulk.c */
extern void realty_handle_create_many(ApiRequest *request);

/* error_response.c */
extern void realty_failure_answer(ApiRequest *request, ErrorData *error);
/* Adds the error's faults to the request; returns what to say when there are none. */
extern const char *realty_failure_explain(ApiRequest *request, ErrorData *error);

/* realty.exact_count_limit */
extern int realty_exact_count_limit;

#endif /* REALTY_API_REQUEST_H */
