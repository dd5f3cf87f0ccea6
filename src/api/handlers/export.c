/*
 * export.c
 *		All data of an account in one answer: api.export_me().
 *
 * Each list shows the rows that are the caller's own, as its route shows them: through
 * the view, under the caller's role, and of each row the columns that this role may read.
 * So it holds nothing that the caller could not read row by row, an administrator's
 * export is not the whole site, and a new column needs no code here.
 *
 * Bounded, since every user may ask: the newest rows of each list, and a limit of bytes
 * for all. A list that has more is named in "cut"; its own route reads the rest.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "api/catalog/catalog.h"
#include "api/catalog/invalidation.h"
#include "api/json_writer.h"
#include "api/sql/select.h"
#include "auth/identity.h"
#include "platform/error_codes.h"
#include "platform/scope.h"

PG_FUNCTION_INFO_V1(realty_export_me);

#define EXPORT_MAX_ROWS 1000
#define EXPORT_MAX_BYTES (8 * 1024 * 1024)

/* $1 is the account, $2 its profile. */
static const char bookings_of_customer[] =
	"t.booking_id IN (SELECT b.id FROM api.bookings b WHERE b.customer_id = $2)";
static const char bookings_of_builder[] =
	"t.booking_id IN (SELECT b.id FROM api.bookings b WHERE b.builder_id = $2)";
static const char projects_of_builder[] =
	"t.project_id IN (SELECT p.id FROM api.projects p WHERE p.builder_id = $2)";

typedef struct ExportList
{
	const char *name;
	const char *resource;
	const char *for_all; /* NULL: as the two below say */
	const char *for_customer;
	const char *for_builder;
} ExportList;

/* Personal data first: it is cut last. */
static const ExportList lists[] = {
	{"sessions", "sessions", "true", NULL, NULL},
	{"bookings", "bookings", NULL, "t.customer_id = $2", "t.builder_id = $2"},
	{"payments", "payments", NULL, bookings_of_customer, bookings_of_builder},
	{"change_requests", "change-requests", NULL, "t.customer_id = $2",
	 bookings_of_builder},
	{"appointments", "appointments", NULL, "t.customer_id = $2", "t.builder_id = $2"},
	{"messages", "messages", "$1 IN (t.sender_id, t.recipient_id)", NULL, NULL},
	{"notifications", "notifications", "t.user_id = $1", NULL, NULL},
	{"projects", "projects", NULL, NULL, "t.builder_id = $2"},
	{"availability", "availability", NULL, NULL, "t.builder_id = $2"},
	{"updates", "updates", NULL, NULL, projects_of_builder},
	{"models", "models", NULL, NULL, projects_of_builder},
	{"progress", "progress", NULL, NULL, projects_of_builder},
	{"units", "units", NULL, NULL, projects_of_builder},
	{"price_history", "price-history", NULL, NULL, "t.builder_id = $2"},
	/* these views show a builder only the builder's own rows */
	{"private_builders", "private-builders", NULL, NULL, "t.private <> '{}'"},
	{"private_projects", "private-projects", NULL, NULL, "t.private <> '{}'"},
	{"private_units", "private-units", NULL, NULL, "t.private <> '{}'"},
	{"private_bookings", "private-bookings", NULL, NULL,
	 "t.private <> '{}' OR t.internal_note IS NOT NULL"},
};

static const char *
condition_of(const ExportList *list, const Identity *identity)
{
	if (list->for_all != NULL)
		return list->for_all;
	if (strcmp(identity->user_type, "customer") == 0)
		return list->for_customer;
	return strcmp(identity->user_type, "builder") == 0 ? list->for_builder : NULL;
}

static void
select_own(const Identity *identity, const char *sql, long limit)
{
	Oid types[] = {INT8OID, INT8OID};
	Datum values[] = {Int64GetDatum(identity->user_id),
					  Int64GetDatum(identity->profile_id)};

	if (SPI_execute_with_args(sql, 2, types, values, NULL, true, limit) != SPI_OK_SELECT)
		elog(ERROR, "could not run \"%s\"", sql);
}

static char *
statement_of(const ExportList *list, const char *condition)
{
	ApiResource *resource = realty_resource_find(list->resource);
	StringInfoData sql;
	char *from;

	if (resource == NULL)
		elog(ERROR, "there is no resource \"%s\"", list->resource);
	realty_resource_describe(resource);
	from =
		psprintf("%s t WHERE %s ORDER BY t.%s DESC LIMIT %d", resource->quoted_view,
				 condition, quote_identifier(resource->key->name), EXPORT_MAX_ROWS + 1);
	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT pg_catalog.row_to_json(x) FROM ");
	realty_rows_select(&sql, resource, GetUserId(), from);
	return sql.data;
}

/* True when all of it is there. */
static bool
append_list(StringInfo json, const ExportList *list, const char *condition,
			const Identity *identity)
{
	uint64 shown = 0;

	select_own(identity, statement_of(list, condition), 0);
	realty_json_open_list(json, list->name);
	while (shown < SPI_processed && shown < EXPORT_MAX_ROWS &&
		   json->len + realty_rows_size(shown) < EXPORT_MAX_BYTES)
		realty_json_raw(
			json, NULL,
			SPI_getvalue(SPI_tuptable->vals[shown++], SPI_tuptable->tupdesc, 1));
	realty_json_close_list(json);
	shown = SPI_processed - shown;
	SPI_freetuptable(SPI_tuptable);
	return shown == 0;
}

static void
append_lists(StringInfo json, const Identity *identity)
{
	bool whole[lengthof(lists)];

	for (size_t i = 0; i < lengthof(lists); i++)
	{
		const char *condition = condition_of(&lists[i], identity);

		whole[i] = condition == NULL || append_list(json, &lists[i], condition, identity);
	}
	realty_json_open_list(json, "cut");
	for (size_t i = 0; i < lengthof(lists); i++)
		if (!whole[i])
			realty_json_text(json, NULL, lists[i].name);
	realty_json_close_list(json);
}

static void
append_account(StringInfo json)
{
	if (SPI_execute("SELECT api.me() -> 'user'", true, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "could not read the account");
	realty_json_raw(json, "user",
					SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1));
}

static text *
export_make(const Identity *identity, MemoryContext context)
{
	MemoryContext before;
	StringInfoData json;
	text *answer;
	int nest_level = NewGUCNestLevel();

	realty_pin_search_path();
	SPI_connect();
	initStringInfo(&json);
	realty_json_open(&json, NULL);
	append_account(&json);
	append_lists(&json, identity);
	realty_json_close(&json);
	before = MemoryContextSwitchTo(context);
	answer = cstring_to_text_with_len(json.data, json.len);
	MemoryContextSwitchTo(before);
	SPI_finish();
	AtEOXact_GUC(true, nest_level);
	return answer;
}

/* api.export_me() → {user, sessions, bookings, …, cut} */
Datum
realty_export_me(PG_FUNCTION_ARGS)
{
	const Identity *identity = realty_identity();
	MemoryContext context = CurrentMemoryContext;
	text *volatile answer = NULL;

	if (!identity->present)
		ereport(ERROR, (realty_errcode(REALTY_UNAUTHENTICATED),
						errmsg("sign in to do this"), errhint("Send an access token.")));
	realty_catalog_enter();
	PG_TRY();
	{
		answer = export_make(identity, context);
	}
	PG_FINALLY();
	{
		realty_catalog_leave();
	}
	PG_END_TRY();
	PG_RETURN_TEXT_P(answer);
}
