/*
 * transition.c
 *		The state machines of realty.transitions.
 *
 * Which status may follow which, and which roles may change it, is data; this file
 * only reads it. The owner and superusers may do what any role may, but no more
 * than that.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "domain/row.h"
#include "domain/transition.h"
#include "platform/error_codes.h"
#include "platform/owner_sql.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_guard_transition);
PG_FUNCTION_INFO_V1(realty_transitions_guard);

static RealtyStatement find_transition = {
	.sql =
		"SELECT t.unit_status, t.stamp, t.notify, realty.user_type() = ANY (t.actors), "
		"t.actors = '{}' FROM realty.transitions t "
		"WHERE t.entity = $1 AND t.from_status = $2 AND t.to_status = $3",
	.nargs = 3,
	.types = {TEXTOID, TEXTOID, TEXTOID},
};

static RealtyStatement possible_transitions = {
	.sql = "SELECT string_agg(t.to_status, ', ' ORDER BY t.to_status) "
		   "FROM realty.transitions t "
		   "WHERE t.entity = $1 AND t.from_status = $2 AND t.actors <> '{}'",
	.nargs = 2,
	.types = {TEXTOID, TEXTOID},
};

static RealtyStatement known_status = {
	.sql = "SELECT 1 FROM realty.transitions t "
		   "WHERE t.entity = $1 AND $2 IN (t.from_status, t.to_status)",
	.nargs = 2,
	.types = {TEXTOID, TEXTOID},
};

/* A word that is no status is the validator's to refuse, with what may stand there. */
static bool
is_known_status(Datum entity, Datum status)
{
	Datum values[] = {entity, status};

	realty_execute(&known_status, values, NULL, false, 1);
	return SPI_processed > 0;
}

static void
refuse(const char *entity, const char *from, const char *to)
{
	Datum values[] = {CStringGetTextDatum(entity), CStringGetTextDatum(from)};
	bool isnull;
	Datum possible;

	realty_execute(&possible_transitions, values, NULL, false, 1);
	possible = realty_result(1, TEXTOID, &isnull);
	ereport(ERROR, (realty_errcode(REALTY_ILLEGAL_TRANSITION),
					errmsg("status cannot change from %s to %s", from, to),
					isnull ? errdetail("%s is final.", from)
						   : errdetail("From %s it can become: %s.", from,
									   TextDatumGetCString(possible))));
}

static Transition
look_up(const char *entity, const char *from, const char *to, bool ask_who)
{
	bool privileged = realty_is_privileged();
	Datum values[] = {CStringGetTextDatum(entity), CStringGetTextDatum(from),
					  CStringGetTextDatum(to)};
	Transition transition = {0};
	OwnerSql sql;
	bool isnull;
	bool may = true;

	realty_owner_sql_begin(&sql);
	realty_execute(&find_transition, values, NULL, false, 1);
	if (SPI_processed > 0)
	{
		transition.unit_status = realty_owner_sql_text_or_null(&sql, 1);
		transition.stamp = realty_owner_sql_text_or_null(&sql, 2);
		transition.notify = realty_owner_sql_text_or_null(&sql, 3);
		may = DatumGetBool(realty_result(4, BOOLOID, &isnull)) && !isnull;
		/* one that only follows from another change cannot be asked for */
		if (ask_who && !privileged && DatumGetBool(realty_result_required(5, BOOLOID)))
			refuse(entity, from, to);
	}
	else if (is_known_status(values[0], values[2]))
		refuse(entity, from, to);
	realty_owner_sql_end(&sql);
	if (ask_who && !privileged && !may)
		ereport(ERROR, (realty_errcode(REALTY_FORBIDDEN),
						errmsg("you may not change status from %s to %s", from,
							   realty_one_line(to))));
	return transition;
}

Transition
realty_transition_check(const char *entity, const char *from, const char *to)
{
	return look_up(entity, from, to, true);
}

Transition
realty_transition_get(const char *entity, const char *from, const char *to)
{
	return look_up(entity, from, to, false);
}

/* Trigger BEFORE UPDATE, when status changes: for tables with no rule beyond that. */
Datum
realty_guard_transition(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.guard_transition");
	Row old_row;
	Row new_row;
	char *from;
	char *to;

	realty_row_old(&old_row, data);
	realty_row_new(&new_row, data);
	from = realty_row_text(&old_row, "status");
	to = realty_row_text(&new_row, "status");
	if (from != NULL && to != NULL)
		realty_transition_check(SPI_getrelname(data->tg_relation), from, to);
	return PointerGetDatum(new_row.tuple);
}

/* Is it a column that can get the time? One of a table that is none of ours counts. */
static bool
takes_time(const char *entity, const char *column)
{
	const char *name = strcmp(entity, "refunds") == 0 ? "payments" : entity;
	Oid table = get_relname_relid(name, get_namespace_oid("realty", false));
	AttrNumber number;

	if (!OidIsValid(table))
		return true;
	number = get_attnum(table, column);
	return number > 0 && get_atttype(table, number) == TIMESTAMPTZOID;
}

/* Trigger BEFORE INSERT OR UPDATE, each row, on realty.transitions. */
Datum
realty_transitions_guard(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.transitions_guard");
	char *entity;
	char *stamp;
	Row row;

	realty_row_new(&row, data);
	entity = realty_row_text(&row, "entity");
	stamp = realty_row_text(&row, "stamp");
	if (entity != NULL && stamp != NULL && !takes_time(entity, stamp))
		realty_violation_raise(
			"stamp", "names no column of type timestamptz of the entity's table");
	return PointerGetDatum(row.tuple);
}
