/*
 * docs.c
 *	  /docs: Swagger UI on /openapi.json, from files read at start.
 *
 * The names that are served are the table below, so a client's path never reaches the
 * file system. A build without npm has no Swagger UI; then the page says so.
 */
#include "gateway/routes/docs.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/http/response.h"
#include "gateway/log.h"

#define MAX_FILE (8 << 20) /* bytes */

/*
 * Its own scripts and this gateway's answers, nothing from elsewhere; it styles
 * inline.
 */
#define DOCS_POLICY                                                                      \
	"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "          \
	"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "    \
	"frame-ancestors 'none'"

typedef struct DocsFile
{
	const char *path;
	const char *name;
	const char *type;
	char *data;
	size_t length;
	char tag[20];
} DocsFile;

static DocsFile files[] = {
	{.path = "/docs", .name = "index.html", .type = "text/html; charset=utf-8"},
	{.path = "/docs/", .name = "index.html", .type = "text/html; charset=utf-8"},
	{.path = "/docs/initializer.js",
	 .name = "initializer.js",
	 .type = "text/javascript; charset=utf-8"},
	{.path = "/docs/swagger-ui-bundle.js",
	 .name = "swagger-ui-bundle.js",
	 .type = "text/javascript; charset=utf-8"},
	{.path = "/docs/swagger-ui.css",
	 .name = "swagger-ui.css",
	 .type = "text/css; charset=utf-8"},
	{.path = "/docs/favicon-32x32.png", .name = "favicon-32x32.png", .type = "image/png"},
};

#define FILES (sizeof files / sizeof *files)

static const char no_docs[] =
	"<!doctype html><html lang=\"en\"><title>realty API</title><h1>No Swagger UI "
	"here</h1>"
	"<p>npm was not installed when this gateway was built. Install it, run <code>make "
	"install"
	"</code> again and restart the gateway.</p><p>The description of the API is at "
	"<a href=\"/openapi.json\">/openapi.json</a>.</p></html>";

/* FNV-1a: distinguishes versions, protects against nothing. */
static void
file_mark(DocsFile *file)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < file->length; i++)
		hash = (hash ^ (unsigned char)file->data[i]) * UINT64_C(1099511628211);
	snprintf(file->tag, sizeof file->tag, "\"%016" PRIx64 "\"", hash);
}

static bool
file_read(DocsFile *file, const char *directory)
{
	char path[PATH_MAX];
	FILE *stream;
	long size;

	if (snprintf(path, sizeof path, "%s/%s", directory, file->name) >= (int)sizeof path)
		return false;
	stream = fopen(path, "rbe");
	if (stream == NULL)
		return false;
	if (fseek(stream, 0, SEEK_END) == 0 && (size = ftell(stream)) > 0 &&
		size <= MAX_FILE && fseek(stream, 0, SEEK_SET) == 0 &&
		(file->data = malloc((size_t)size)) != NULL)
		file->length = fread(file->data, 1, (size_t)size, stream);
	fclose(stream);
	if (file->length == 0)
		return false;
	file_mark(file);
	return true;
}

/* All of them or none: half a page is worse than a sentence. */
void
docs_read(const char *directory)
{
	for (size_t i = 0; i < FILES; i++)
		if (!file_read(&files[i], directory))
		{
			log_line("no %s in %s: /docs only points to /openapi.json", files[i].name,
					 directory);
			for (size_t j = 0; j < FILES; j++)
			{
				free(files[j].data);
				files[j].data = NULL;
				files[j].length = 0;
			}
			return;
		}
}

static const DocsFile *
file_find(const char *target)
{
	size_t length = strcspn(target, "?");

	for (size_t i = 0; i < FILES; i++)
		if (strlen(files[i].path) == length && memcmp(files[i].path, target, length) == 0)
			return &files[i];
	return NULL;
}

static bool
client_has(const Request *request, const DocsFile *file)
{
	const char *tags =
		MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, "If-None-Match");

	return tags != NULL && strstr(tags, file->tag) != NULL;
}

static void
answer_file(Request *request, const DocsFile *file)
{
	unsigned int status = client_has(request, file) ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK;
	size_t length = status == MHD_HTTP_OK ? file->length : 0;
	struct MHD_Response *response =
		MHD_create_response_from_buffer(length, file->data, MHD_RESPMEM_PERSISTENT);

	if (response)
	{
		MHD_add_response_header(response, "Content-Type", file->type);
		MHD_add_response_header(response, "Content-Security-Policy", DOCS_POLICY);
		MHD_add_response_header(response, "ETag", file->tag);
		MHD_add_response_header(response, "Cache-Control", "public, no-cache");
	}
	request->length = (int64_t)length;
	respond_with(request, status, response);
}

static void
answer_without(Request *request)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		sizeof no_docs - 1, (char *)no_docs, MHD_RESPMEM_MUST_COPY);

	if (response)
		MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
	request->length = (int64_t)sizeof no_docs - 1;
	respond_with(request, MHD_HTTP_OK, response);
}

void
docs_serve(Request *request)
{
	const DocsFile *file = file_find(request->target);

	if (file == NULL)
		respond_error(request, ERROR_NOT_FOUND);
	else if (file->data != NULL)
		answer_file(request, file);
	else if (strcmp(file->name, "index.html") == 0)
		answer_without(request);
	else
		respond_error(request, ERROR_NOT_FOUND);
}
