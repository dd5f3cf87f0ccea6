/*
 * visible.c
 *		What a row refers to is looked up as its writer sees it.
 *
 * The guards read as the owner: they have to, for sums and states. So each of them
 * could reveal what is hidden, in a hint, in a second violation, or by filling in
 * what only the hidden row has. This trigger fires before them and refuses a
 * reference that the writer cannot see in the words for one that does not exist.
 * References of the owner, and of what our own triggers write, are not checked.
 *
 * A statement may write ten thousand rows of one project: what was found visible
 * last is kept for the rest of the command, in which it cannot change, with the
 * user that saw it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "domain/current_user.h"
#include "domain/row.h"
#include "domain/validate.h"
#include "platform/compat.h"
#include "platform/error_codes.h"
#include "platform/kept_statement.h"
#include "platform/scope.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_refer_visibly);

#define ARGUMENTS 3 /* column, view of api, message */

/* A plan under row security belongs to one role. */
typedef struct Lookup
{
	Oid role;
	char view[NAMEDATALEN];
	RealtyStatement plan;
	int64 id;         /* seen last, in this command */
	int64 user_id;    /* by this account, */
	int64 profile_id; /* as this customer or builder */
	LocalTransactionId transaction;
	CommandId command;
} Lookup;

static List *lookups = NIL;

static Lookup *
lookup_for(const char *view)
{
	MemoryContext before;
	Lookup *lookup;
	ListCell *cell;

	foreach (cell, lookups)
	{
		lookup = lfirst(cell);
		if (lookup->role == GetUserId() && strcmp(lookup->view, view) == 0)
			return lookup;
	}
	before = MemoryContextSwitchTo(TopMemoryContext);
	lookup = palloc0(sizeof(*lookup));
	lookup->role = GetUserId();
	strlcpy(lookup->view, view, sizeof(lookup->view));
	lookup->plan.sql =
		psprintf("SELECT 1 FROM api.%s v WHERE v.id OPERATOR(pg_catalog.=) $1",
				 quote_identifier(view));
	lookup->plan.nargs = 1;
	lookup->plan.types[0] = INT8OID;
	lookups = lappend(lookups, lookup);
	MemoryContextSwitchTo(before);
	return lookup;
}

static bool
is_visible(const char *view, int64 id)
{
	Lookup *lookup = lookup_for(view);
	CommandId command = GetCurrentCommandId(false);
	Caller caller = realty_caller();
	Datum value = Int64GetDatum(id);
	bool visible;

	if (lookup->id == id && lookup->user_id == caller.user_id &&
		lookup->profile_id == caller.profile_id && lookup->transaction == compat_lxid() &&
		lookup->command == command)
		return true;
	SPI_connect();
	realty_execute(&lookup->plan, &value, NULL, false, 1);
	visible = SPI_processed > 0;
	SPI_finish();
	if (visible)
	{
		lookup->id = id;
		lookup->user_id = caller.user_id;
		lookup->profile_id = caller.profile_id;
		lookup->transaction = compat_lxid();
		lookup->command = command;
	}
	return visible;
}

static bool
is_looked_up(TriggerData *data, const Row *row, const char *column)
{
	Row old_row;

	if (realty_row_is_null(row, column))
		return false;
	if (!TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		return true;
	realty_row_old(&old_row, data);
	return realty_row_differs(&old_row, row, column);
}

static void
check_references(TriggerData *data, Row *row)
{
	char **arguments = data->tg_trigger->tgargs;
	List *hidden = NIL;
	Violations violations;

	if (realty_is_privileged())
		return;
	realty_violations_init(&violations);
	for (int i = 0; i + ARGUMENTS <= data->tg_trigger->tgnargs; i += ARGUMENTS)
		if (is_looked_up(data, row, arguments[i]) &&
			!is_visible(arguments[i + 1], realty_row_bigint(row, arguments[i])))
		{
			realty_violations_add(&violations, arguments[i], arguments[i + 2]);
			hidden = lappend(hidden, arguments[i]);
		}
	if (hidden == NIL)
		return;
	realty_validate_tuple(data->tg_relation, row->tuple, hidden, false, &violations);
	realty_violations_raise(&violations);
}

/*
 * realty.refer_visibly(column, view, message, …): trigger BEFORE INSERT OR UPDATE, each
 * row; the first but for those that mend values.
 */
Datum
realty_refer_visibly(PG_FUNCTION_ARGS)
{
	return realty_row_guard(fcinfo, "realty.refer_visibly", check_references,
							check_references, NULL);
}
