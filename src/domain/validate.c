/*
 * validate.c
 *		Every CHECK and NOT NULL of a relation, at once.
 *
 * PostgreSQL stops at a row's first violation. A form wants all of them, on every
 * surface alike, so the last BEFORE trigger of each table evaluates the table's own
 * constraints and raises one error that names every violation. The constraints stay the
 * only text of the rules and hold with the trigger off as well.
 *
 * Expressions are those of platform/kept_checks, which are kept until the table or a
 * function changes; what is compiled of them here lives as long. A CHECK of a site may
 * call a function that writes to its own table and so comes back here in the middle of an
 * evaluation; that one compiles them for itself.
 *
 * Constraints on generated and system columns are left to PostgreSQL, which fills
 * those in after the triggers.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/tupdesc.h"
#include "catalog/pg_constraint.h"
#include "commands/comment.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "domain/validate.h"
#include "platform/compat.h"
#include "platform/kept_checks.h"
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
	bool busy; /* its expressions are being evaluated */
	ExprContext *econtext;
	int nchecks;
	CheckRule checks[FLEXIBLE_ARRAY_MEMBER];
} RelationRules;

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
	ListCell *cell;

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
	foreach (cell, pull_var_clause(expression, 0))
		if (((Var *)lfirst(cell))->varattno > 0)
			return get_attname(RelationGetRelid(rel), ((Var *)lfirst(cell))->varattno,
							   false);
	return "";
}

static const char *
message_of(Relation rel, const char *constraint)
{
	Oid oid = get_relation_constraint_oid(RelationGetRelid(rel), constraint, true);
	char *comment = OidIsValid(oid) ? GetComment(oid, ConstraintRelationId, 0) : NULL;

	return comment ? comment : "is not valid";
}

/* A whole row in the expression stands for each of its columns. */
static Bitmapset *
columns_of(TupleDesc desc, Node *expression)
{
	Bitmapset *columns = NULL;
	ListCell *cell;

	foreach (cell, pull_var_clause(expression, 0))
	{
		AttrNumber column = ((Var *)lfirst(cell))->varattno;

		if (column > 0)
			columns = bms_add_member(columns, column);
		else if (column == 0)
			columns = bms_add_range(columns, 1, desc->natts);
	}
	return columns;
}

/* Does it look at a column that has no value before the row is stored? */
static bool
mentions_later(TupleDesc desc, Node *expression, Bitmapset *columns)
{
	int column = -1;
	ListCell *cell;

	foreach (cell, pull_var_clause(expression, 0))
		if (((Var *)lfirst(cell))->varattno < 0)
			return true;
	while ((column = bms_next_member(columns, column)) >= 0)
		if (TupleDescAttr(desc, column - 1)->attgenerated)
			return true;
	return false;
}

static void
compile_check(RelationRules *rules, Relation rel, const char *name, Expr *check)
{
	Bitmapset *columns = columns_of(RelationGetDescr(rel), (Node *)check);
	CheckRule *rule;

	if (mentions_later(RelationGetDescr(rel), (Node *)check, columns))
		return;
	rule = &rules->checks[rules->nchecks++];
	rule->columns = columns;
	rule->field = field_of(rel, name, (Node *)check);
	rule->message = message_of(rel, name);
	rule->state = ExecInitExpr(check, NULL);
}

/* In the current memory context. */
static RelationRules *
compile_rules(Relation rel, const KeptChecks *kept)
{
	RelationRules *rules =
		palloc0(offsetof(RelationRules, checks) + sizeof(CheckRule) * kept->count);

	rules->econtext = CreateStandaloneExprContext();
	for (int i = 0; i < kept->count; i++)
		if (kept->checks[i] != NULL)
			compile_check(rules, rel, RelationGetDescr(rel)->constr->check[i].ccname,
						  kept->checks[i]);
	return rules;
}

static RelationRules *
rules_of(Relation rel, KeptChecks *kept)
{
	RelationRules *rules = kept->rules;
	MemoryContext caller;

	if (rules != NULL)
		return rules->busy ? compile_rules(rel, kept) : rules;
	caller = MemoryContextSwitchTo(kept->context);
	rules = compile_rules(rel, kept);
	MemoryContextSwitchTo(caller);
	kept->rules = rules;
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
			 Violations *violations)
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
		realty_violations_add(violations, NameStr(attribute->attname), "is required");
	}
}

static bool
check_holds(CheckRule *rule, ExprContext *econtext)
{
	bool isnull;
	Datum result = ExecEvalExprSwitchContext(rule->state, econtext, &isnull);

	return isnull || DatumGetBool(result);
}

static void
find_broken(RelationRules *rules, Bitmapset *skip, Violations *violations)
{
	for (int i = 0; i < rules->nchecks; i++)
	{
		CheckRule *rule = &rules->checks[i];

		if (!bms_overlap(rule->columns, skip) && !check_holds(rule, rules->econtext))
			realty_violations_add(violations, rule->field, rule->message);
	}
}

static void
release_rules(RelationRules *rules)
{
	rules->busy = false;
	rules->econtext->ecxt_scantuple = NULL;
	ResetExprContext(rules->econtext);
}

/* The expressions are held, since a look into the catalog may replace them. */
static void
evaluate(Relation rel, TupleTableSlot *slot, Bitmapset *skip, Violations *violations)
{
	KeptChecks *kept = realty_kept_checks(rel);
	RelationRules *volatile rules = NULL;

	realty_kept_checks_hold(kept);
	PG_TRY();
	{
		rules = rules_of(rel, kept);
		rules->busy = true;
		rules->econtext->ecxt_scantuple = slot;
		find_broken(rules, skip, violations);
	}
	PG_FINALLY();
	{
		if (rules != NULL)
			release_rules(rules);
		realty_kept_checks_release(kept);
	}
	PG_END_TRY();
}

void
realty_validate_tuple(Relation rel, HeapTuple tuple, List *skip, bool defaults_pending,
					  Violations *violations)
{
	Bitmapset *skipped = skipped_columns(rel, skip);
	TupleTableSlot *slot =
		MakeSingleTupleTableSlot(RelationGetDescr(rel), &TTSOpsHeapTuple);

	find_missing(rel, tuple, skipped, defaults_pending, violations);
	ExecStoreHeapTuple(tuple, slot, false);
	evaluate(rel, slot, skipped, violations);
	ExecDropSingleTupleTableSlot(slot);
}

void
realty_refuse_row(const TriggerData *data, const Row *row, const char *field,
				  const char *message, List *skip)
{
	Violations violations;

	realty_violations_init(&violations);
	realty_violations_add(&violations, field, message);
	realty_validate_tuple(data->tg_relation, row->tuple, skip, false, &violations);
	realty_violations_raise(&violations);
}

void
realty_refuse_reference(const TriggerData *data, const Row *row, const char *column,
						const char *message, List *skip)
{
	realty_refuse_row(data, row, column,
					  realty_row_is_null(row, column) ? "is required" : message, skip);
}

/* Trigger: the last BEFORE trigger of every table of realty. */
Datum
realty_validate(PG_FUNCTION_ARGS)
{
	TriggerData *data = realty_trigger(fcinfo, "realty.validate");
	Row row;
	Violations violations;

	realty_row_new(&row, data);
	realty_violations_init(&violations);
	realty_validate_tuple(data->tg_relation, row.tuple, NIL, false, &violations);
	realty_violations_raise(&violations);
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

/* Numbers without their last zeros: an integer may be written 2.0 in JSON, not in SQL. */
static Datum
trim_numbers(Datum record)
{
	Jsonb *object = DatumGetJsonbP(record);
	JsonbIterator *it = JsonbIteratorInit(&object->root);
	JsonbInState state = {0};
	JsonbValue value;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token == WJB_VALUE && value.type == jbvNumeric)
			value.val.numeric = DatumGetNumeric(DirectFunctionCall1(
				numeric_trim_scale, NumericGetDatum(value.val.numeric)));
		compat_push_jsonb(&state, token, token < WJB_BEGIN_ARRAY ? &value : NULL);
	}
	return JsonbPGetDatum(JsonbValueToJsonb(state.result));
}

/*
 * The record as a tuple of the relation. As one value of the row type: a select
 * list would leave dropped columns out, and shift every column after one. Called
 * without SQL, since a list of ten thousand rows comes here row by row.
 */
static HeapTuple
tuple_of_record(Relation rel, Datum record)
{
	LOCAL_FCINFO(call, 2);
	Oid type = RelationGetForm(rel)->reltype;
	HeapTuple tuple = palloc0(HEAPTUPLESIZE);
	FmgrInfo function;
	Datum row;

	fmgr_info(F_JSONB_POPULATE_RECORD, &function);
	fmgr_info_set_expr(
		(Node *)makeFuncExpr(F_JSONB_POPULATE_RECORD, type,
							 list_make2(makeNullConst(type, -1, InvalidOid),
										makeNullConst(JSONBOID, -1, InvalidOid)),
							 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL),
		&function);
	InitFunctionCallInfoData(*call, &function, 2, InvalidOid, NULL, NULL);
	call->args[0].isnull = true;
	call->args[1].value = trim_numbers(record);
	call->args[1].isnull = false;
	row = FunctionCallInvoke(call);
	if (call->isnull)
		elog(ERROR, "the record is null");
	tuple->t_data = DatumGetHeapTupleHeader(row);
	tuple->t_len = HeapTupleHeaderGetDatumLength(tuple->t_data);
	return tuple;
}

/*
 * realty.row_faults(relation regclass, record jsonb, skip text[]) → jsonb
 *
 * The violations that a row made of the record would have, as the trigger would
 * report them, leaving out the columns of skip.
 */
Datum
realty_row_faults(PG_FUNCTION_ARGS)
{
	Relation rel = table_open(PG_GETARG_OID(0), AccessShareLock);
	ArrayType *skip = PG_GETARG_ARRAYTYPE_P(2);
	Datum record = DirectFunctionCall2(jsonb_delete_array, PG_GETARG_DATUM(1),
									   PointerGetDatum(skip));
	OwnerScope scope;
	Violations violations;

	realty_violations_init(&violations);
	realty_owner_enter(&scope);
	realty_validate_tuple(rel, tuple_of_record(rel, record), names_of_array(skip), true,
						  &violations);
	realty_owner_leave(&scope);
	table_close(rel, AccessShareLock);
	return DirectFunctionCall1(jsonb_in,
							   CStringGetDatum(realty_violations_json(&violations)));
}
