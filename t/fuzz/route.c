/*
 * Lines `M /path`: the first half are routes, then `?`, and the rest is asked. The tree finds
 * what a search through all routes finds: literals before parameters from the left, then who
 * came first.
 */
#include "postgres.h"

#include "api/catalog/route_tree.h"

#include "fuzz.h"
#include "server.h"

#define MOST 64

typedef struct Line
{
	const char *method;
	int count;
	const char *segments[API_MAX_SEGMENTS + 1];
} Line;

/* False for what realty.routes refuses: too many segments. */
static bool
line_read(char *text, Line *line)
{
	char *state = NULL;

	line->method = text[0] == 'P' ? "POST" : "GET";
	line->count = 0;
	for (char *at = strtok_r(text + 1, "/", &state); at; at = strtok_r(NULL, "/", &state))
	{
		if (line->count == API_MAX_SEGMENTS)
			return false;
		line->segments[line->count++] = at;
	}
	return true;
}

static bool
fits(const Line *route, const Line *asked)
{
	if (route->count != asked->count || strcmp(route->method, asked->method) != 0)
		return false;
	for (int i = 0; i < route->count; i++)
		if (route->segments[i][0] != '{' &&
			strcmp(route->segments[i], asked->segments[i]) != 0)
			return false;
	return true;
}

/* Whether a wins over b, both of which fit. */
static bool
wins(const Line *a, const Line *b)
{
	for (int i = 0; i < a->count; i++)
		if ((a->segments[i][0] == '{') != (b->segments[i][0] == '{'))
			return b->segments[i][0] == '{';
	return false;
}

static int
find(const Line *routes, int count, const Line *asked)
{
	int best = -1;

	for (int i = 0; i < count; i++)
		if (fits(&routes[i], asked) && (best < 0 || wins(&routes[i], &routes[best])))
			best = i;
	return best;
}

static void
ask(ApiRouteNode *root, ApiRoute *given, const Line *routes, int count, const Line *asked)
{
	ApiMatch match;
	int found = find(routes, count, asked);
	int captures = 0;

	realty_route_match(root, asked->method, asked->segments, asked->count, &match);
	EXPECT(match.route == (found < 0 ? NULL : &given[found]));
	if (found < 0)
		return;
	for (int i = 0; i < asked->count; i++)
		if (routes[found].segments[i][0] == '{')
			EXPECT(match.captures[captures++] == asked->segments[i]);
	EXPECT(match.ncaptures == captures);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = terminated(data, size);
	char *state = NULL;
	ApiRouteNode *root = realty_route_tree_make();
	static ApiRoute given[MOST];
	static Line routes[MOST];
	bool asking = false;
	int count = 0;

	for (char *at = strtok_r(text, "\n", &state); at; at = strtok_r(NULL, "\n", &state))
	{
		Line line;
		char *path = pstrdup(at + 1);

		if (at[0] == '?')
			asking = true;
		else if (!line_read(at, &line))
			continue;
		else if (asking)
			ask(root, given, routes, count, &line);
		else if (count < MOST)
		{
			given[count] = (ApiRoute){.method = line.method, .path = path};
			routes[count] = line;
			realty_route_tree_add(root, &given[count++]);
		}
	}
	server_forget();
	free(text);
	return 0;
}
