#ifndef REALTY_GATEWAY_HTTP_CORS_H
#define REALTY_GATEWAY_HTTP_CORS_H

#include <stdbool.h>

#include <microhttpd.h>

typedef struct Cors
{
	char **origins; /* NULL-terminated */
} Cors;

bool cors_read(Cors *cors, const char *text);
bool cors_allows(const Cors *cors, const char *origin);
void cors_mark(const Cors *cors, const char *origin, struct MHD_Response *response);
struct MHD_Response *cors_preflight(void);

#endif
