/*
 * validate.c
 *		Every CHECK and NOT NULL of a relation, at once.
 *
 * PostgreSQL stops at a row's first violation. People want all of them, on every
 * surface alike, so the last BEFORE trigger of each table evaluates the table's
 * own constraints and raises one error that names every fault. The constraints
 * stay the only text of the rules and hold with the trigger off as well.
 *
 * Compiled expressions are kept per relation until its relcache entry is
 * invalidated. The callback only marks an entry: it may be in use right then.
 * Constraints on generated columns are left to PostgreSQL, which computes those
 * columns after the triggers.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/tupdesc.h"
#include "catalog/pg_constraint.h"
#include "commands/comment.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "domain/row.h"
#include "domain/validate.h"
#include "platform/scope.h"

PG_FUNCTION_INFO_V1(realty_validate);
PG_FUNCTION_INFO_V1(realty_row_faults);

typedef struct CheckRule
{
	const char *field;
	const char *message;
	Bitmapset *columns; /* attribute numbers */
	ExprState *state;
} CheckRule;

typedef struct RelationRules
{
	Oid relid; /* hash key */
	bool valid;
	MemoryContext context;
	ExprContext *econtext;
	int nchecks;
	CheckRule *checks;
} RelationRules;

static HTAB *rules_by_relation = NULL;

static void
rules_invalidate(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS status;
	RelationRules *rules;

	hash_seq_init(&status, rules_by_relation);
	while ((rules = hash_seq_search(&status)) != NULL)
		if (!OidIsValid(relid) || rules->relid == relid)
			rules->valid = false;
}

void
realty_validate_init(void)
{
	HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(RelationRules)};

	rules_by_relation = hash_create("realty rules", 32, &control, HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(rules_invalidate, (Datum)0);
}

/*
 * The field a constraint speaks of: constraints are named <table>_<field>_<fact>;
 * failing that, the first column in the expression.
 */
static const char *
field_of(Relation rel, const char *constraint, Node *expression)
{
	TupleDesc desc = RelationGetDescr(rel);
	size_t prefix = strlen(RelationGetRelationName(rel)) + 1;
	const char *rest = strlen(constraint) > prefix ? constraint + prefix : "";
	const char *best = NULL;
	List *vars;

	for (int i = 0; i < desc->natts; i++)
	{
		const char *name = NameStr(TupleDescAttr(desc, i)->attname);
		size_t length = strlen(name);

		if (strncmp(rest, name, length) == 0 && rest[length] == '_' &&
			(best == NULL || length > strlen(best)))
			best = name;
	}
	if (best != NULL)
		return pstrdup(best);
	vars = pull_var_clause(expression, 0);
	if (vars == NIL)
		return "";
	return get_attname(RelationGetRelid(rel), linitial_node(Var, vars)->varattno, false);
}

static const char *
message_of(Relation rel, const char *constraint)
{
	Oid oid = get_relation_constraint_oid(RelationGetRelid(rel), constraint, true);
	char *comment = OidIsValid(oid) ? GetComment(oid, ConstraintRelationId, 0) : NULL;

	return comment ? comment : "is not valid";
}

static bool
mentions_generated(TupleDesc desc, Bitmapset *columns)
{
	int column = -1;

	while ((column = bms_next_member(columns, column)) >= 0)
		if (column > 0 && TupleDescAttr(desc, column - 1)->attgenerated)
			return true;
	return false;
}

static Bitmapset *
columns_of(Node *expression)
{
	Bitmapset *columns = NULL;
	ListCell *cell;

	foreach (cell, pull_var_clause(expression, 0))
		columns = bms_add_member(columns, ((Var *)lfirst(cell))->varattno);
	return columns;
}

static void
compile_check(RelationRules *rules, Relation rel, ConstrCheck *check)
{
	Node *expression = stringToNode(check->ccbin);
	Bitmapset *columns = columns_of(expression);
	CheckRule *rule;

	if (mentions_generated(RelationGetDescr(rel), columns))
		return;
	rule = &rules->checks[rules->nchecks++];
	rule->columns = columns;
	rule->field = field_of(rel, check->ccname, expression);
	rule->message = message_of(rel, check->ccname);
	rule->state = ExecInitExpr(expression_planner((Expr *)expression), NULL);
}

static void
compile_rules(RelationRules *rules, Relation rel)
{
	TupleConstr *constr = RelationGetDescr(rel)->constr;
	int nchecks = constr ? constr->num_check : 0;
	MemoryContext previous;

	if (rules->context != NULL)
		MemoryContextDelete(rules->context);
	rules->context =
		AllocSetContextCreate(CacheMemoryContext, "realty rules", ALLOCSET_SMALL_SIZES);
	previous = MemoryContextSwitchTo(rules->context);
	rules->econtext = CreateStandaloneExprContext();
	rules->checks = palloc(sizeof(CheckRule) * Max(nchecks, 1));
	rules->nchecks = 0;
	for (int i = 0; i < nchecks; i++)
		compile_check(rules, rel, &constr->check[i]);
	rules->valid = true;
	MemoryContextSwitchTo(previous);
}

static RelationRules *
rules_of(Relation rel)
{
	Oid relid = RelationGetRelid(rel);
	bool found;
	RelationRules *rules = hash_search(rules_by_relation, &relid, HASH_ENTER, &found);

	if (!found)
	{
		rules->valid = false;
		rules->context = NULL;
	}
	if (!rules->valid)
		compile_rules(rules, rel);
	return rules;
}

static Bitmapset *
skipped_columns(Relation rel, List *skip)
{
	Bitmapset *columns = NULL;
	ListCell *cell;

	foreach (cell, skip)
	{
		int number = SPI_fnumber(RelationGetDescr(rel), lfirst(cell));

		if (number > 0)
			columns = bms_add_member(columns, number);
	}
	return columns;
}

static void
find_missing(Relation rel, HeapTuple tuple, Bitmapset *skip, bool defaults_pending,
			 Faults *faults)
{
	TupleDesc desc = RelationGetDescr(rel);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (!attribute->attnotnull || attribute->attisdropped ||
			attribute->attgenerated || bms_is_member(i + 1, skip) ||
			!heap_attisnull(tuple, i + 1, desc))
			continue;
		if (defaults_pending && (attribute->atthasdef || attribute->attidentity))
			continue;
		realty_faults_add(faults, NameStr(attribute->attname), "is required");
	}
}

static bool
check_holds(CheckRule *rule, ExprContext *econtext)
{
	bool isnull;
	Datum result = ExecEvalExprSwitchContext(rule->state, econtext, &isnull);

	return isnull || DatumGetBool(result);
}

void
realty_validate_tuple(Relation rel, HeapTuple tuple, List *skip, bool defaults_pending,
					  Faults *faults)
{
	RelationRules *rules = rules_of(rel);
	Bitmapset *skipped = skipped_columns(rel, skip);
	TupleTableSlot *slot =
		MakeSingleTupleTableSlot(RelationGetDescr(rel), &TTSOpsHeapTuple);

	find_missing(rel, tuple, skipped, defaults_pending, faults);
	ExecStoreHeapTuple(tuple, slot, false);
	rules->econtext->ecxt_scantuple = slot;
	for (int i = 0; i < rules->nchecks; i++)
	{
		CheckRule *rule = &rules->checks[i];

		if (!bms_overlap(rule->columns, skipped) && !check_holds(rule, rules->econtext))
			realty_faults_add(faults, rule->field, rule->message);
	}
	rules->econtext->ecxt_scantuple = NULL;
	ResetExprContext(rules->econtext);
	ExecDropSingleTupleTableSlot(slot);
}

/* Trigger: the last BEFORE trigger of every table of realty. */
Datum
realty_validate(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.validate");
	Row row;
	Faults faults;

	realty_row_new(&row, data);
	realty_faults_init(&faults);
	realty_validate_tuple(data->tg_relation, row.tuple, NIL, false, &faults);
	realty_faults_raise(&faults);
	return PointerGetDatum(row.tuple);
}

static List *
names_of_array(ArrayType *array)
{
	Datum *values;
	int count;
	List *names = NIL;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, NULL, &count);
	for (int i = 0; i < count; i++)
		names = lappend(names, TextDatumGetCString(values[i]));
	return names;
}

/* The record as a tuple of the relation, without the columns to be skipped. */
static HeapTuple
tuple_of_record(Relation rel, Jsonb *record, ArrayType *skip)
{
	Oid types[] = {JSONBOID, TEXTARRAYOID};
	Datum values[] = {JsonbPGetDatum(record), PointerGetDatum(skip)};
	char *name = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
											RelationGetRelationName(rel));
	char *sql =
		psprintf("SELECT r.* FROM jsonb_populate_record(NULL::%s, $1 - $2) r", name);

	if (SPI_execute_with_args(sql, 2, types, values, NULL, true, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "could not read the record");
	return SPI_tuptable->vals[0];
}

/*
 * realty.row_faults(relation regclass, record jsonb, skip text[]) → jsonb
 *
 * The faults that a row made of the record would have, as the trigger would
 * report them, leaving out the columns of skip.
 */
Datum
realty_row_faults(PG_FUNCTION_ARGS)
{
	Relation rel = table_open(PG_GETARG_OID(0), AccessShareLock);
	ArrayType *skip = PG_GETARG_ARRAYTYPE_P(2);
	MemoryContext caller = CurrentMemoryContext;
	OwnerScope scope;
	Faults faults;

	realty_faults_init(&faults);
	realty_owner_enter(&scope);
	SPI_connect();
	{
		HeapTuple tuple = tuple_of_record(rel, PG_GETARG_JSONB_P(1), skip);
		MemoryContext spi = MemoryContextSwitchTo(caller);

		realty_validate_tuple(rel, tuple, names_of_array(skip), true, &faults);
		MemoryContextSwitchTo(spi);
	}
	SPI_finish();
	realty_owner_leave(&scope);
	table_close(rel, AccessShareLock);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(realty_faults_json(&faults)));
}
