/*
 * cors.c
 *	  Which pages in a browser may call the API (Cross-Origin Resource Sharing).
 *
 * Credentials are allowed, so an origin is accepted only when it is literally in the
 * list: no wildcard, no pattern, and not "null", which any page can send. The answer
 * depends on the Origin header, hence Vary on every answer, also on those without
 * CORS headers: a cache would else serve one origin's answer to another.
 *
 * This protects users of browsers from foreign pages; it does not protect the
 * database.
 */
#include "gateway/http/cors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/network.h"

#define CORS_METHODS "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
#define CORS_REQUEST_HEADERS                                                             \
	"Authorization, Content-Type, Accept, If-None-Match, If-Match, Idempotency-Key, "    \
	"X-Request-Id, Last-Event-ID, Consistency-Token"
#define CORS_ANSWER_HEADERS "X-Request-Id, ETag, Location, Retry-After, Consistency-Token"
#define CORS_REMEMBER "600" /* seconds */

/*
 * The list's items are parted by commas or blanks. False: said on stderr what is
 * wrong.
 */
bool
cors_read(Cors *cors, const char *text)
{
	char *copy = strdup(text);
	char *rest = NULL;
	int count = 0;

	cors->origins = calloc(strlen(text) / 2 + 2, sizeof *cors->origins);
	if (copy == NULL || cors->origins == NULL)
		return false;
	for (char *item = strtok_r(copy, ", \t\r\n", &rest); item;
		 item = strtok_r(NULL, ", \t\r\n", &rest))
	{
		if (!realty_is_origin(item))
		{
			fprintf(
				stderr,
				"realty-gateway: \"%s\" is not an origin; write scheme://host[:port], "
				"one for each front end, wildcards are not possible\n",
				item);
			return false;
		}
		cors->origins[count++] = item; /* copy stays allocated below them */
	}
	if (count == 0)
		free(copy);
	return true;
}

bool
cors_allows(const Cors *cors, const char *origin)
{
	if (origin == NULL)
		return false;
	for (char **allowed = cors->origins; *allowed; allowed++)
		if (strcmp(*allowed, origin) == 0)
			return true;
	return false;
}

/* Beside what the answer varies by already, in one header. */
static void
cors_vary(struct MHD_Response *response)
{
	const char *present = MHD_get_response_header(response, "Vary");
	char both[256];

	if (present == NULL)
		MHD_add_response_header(response, "Vary", "Origin");
	else if (strcmp(present, "*") != 0 && strlen(present) < sizeof both - 16)
	{
		snprintf(both, sizeof both, "%s, Origin", present);
		MHD_del_response_header(response, "Vary", present);
		MHD_add_response_header(response, "Vary", both);
	}
}

/* What every answer carries. */
void
cors_mark(const Cors *cors, const char *origin, struct MHD_Response *response)
{
	if (cors->origins[0] == NULL)
		return;
	cors_vary(response);
	if (!cors_allows(cors, origin))
		return;
	MHD_add_response_header(response, "Access-Control-Allow-Origin", origin);
	MHD_add_response_header(response, "Access-Control-Allow-Credentials", "true");
	MHD_add_response_header(response, "Access-Control-Expose-Headers",
							CORS_ANSWER_HEADERS);
}

/*
 * The answer to a browser that asks whether it may ask; cors_mark() adds the origin.
 */
struct MHD_Response *
cors_preflight(void)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);

	if (response == NULL)
		return NULL;
	MHD_add_response_header(response, "Access-Control-Allow-Methods", CORS_METHODS);
	MHD_add_response_header(response, "Access-Control-Allow-Headers",
							CORS_REQUEST_HEADERS);
	MHD_add_response_header(response, "Access-Control-Max-Age", CORS_REMEMBER);
	return response;
}
