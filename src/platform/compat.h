/*
 * compat.h
 *		What differs between the majors of the server, 15 to 19.
 *
 * No other file asks for the version. Where a macro can give it to the older ones, the
 * code is written in the newest form.
 */
#ifndef REALTY_PLATFORM_COMPAT_H
#define REALTY_PLATFORM_COMPAT_H

#include "postgres.h"

#include "utils/jsonb.h"

#if PG_VERSION_NUM < 150000
#error "realty needs PostgreSQL 15 or later"
#endif

/*
 * 16: VARDATA and the like left postgres.h; a JSON action returns a result; owners and
 * rights are checked by one function for all classes; what a check hook allocates for a
 * setting is freed by guc_free(), in the middle of a commit: what malloc() gave crashes
 * there.
 */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#define JSON_ACTION JsonParseErrorType
#define JSON_ACTION_DONE JSON_SUCCESS
#define pg_class_ownercheck(relid, role)                                                 \
	object_ownercheck(RelationRelationId, relid, role)
#define compat_may_call(function, role)                                                  \
	(object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK)
#else
#define JSON_ACTION void
#define JSON_ACTION_DONE
#define compat_may_call(function, role)                                                  \
	(pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK)
#define guc_malloc(elevel, size) malloc(size)
#define guc_free(pointer) free(pointer)
#endif

/*
 * 17: lxid is in vxid, the JSON lexer may be the caller's, messages may be flushed, a
 * generated column may get another expression.
 */
#if PG_VERSION_NUM >= 170000
#define compat_sets_expression(command) ((command)->subtype == AT_SetExpression)
#define compat_lxid() (MyProc->vxid.lxid)
#define compat_json_lexer(json, length)                                                  \
	makeJsonLexContextCstringLen(NULL, json, length, PG_UTF8, true)
#define compat_logical_message(prefix, message, size, transactional)                     \
	LogLogicalMessage(prefix, message, size, transactional, false)
#else
#define compat_sets_expression(command) false
#define compat_lxid() (MyProc->lxid)
#define compat_json_lexer(json, length)                                                  \
	makeJsonLexContextCstringLen(json, length, PG_UTF8, true)
#define compat_logical_message(prefix, message, size, transactional)                     \
	LogLogicalMessage(prefix, message, size, transactional)
#endif

/*
 * 18: noreturn comes first, ExecutorRun() lost "once", CHECKs may be off and name virtual
 * columns, ALTER CONSTRAINT has a node of its own, index scans count.
 */
#if PG_VERSION_NUM >= 180000
#define EXECUTOR_RUN_ONCE
#define EXECUTOR_PASS_ONCE
#define ri_ConstraintExprs ri_CheckConstraintExprs
#define compat_is_enforced(check) ((check)->ccenforced)
#define compat_expand_virtual(check, rel) expand_generated_columns_in_expr(check, rel, 1)
#define compat_altered_constraint(command)                                               \
	(castNode(ATAlterConstraint, (command)->def)->conname)
#else
#define pg_noreturn pg_attribute_noreturn()
#define EXECUTOR_RUN_ONCE , bool once
#define EXECUTOR_PASS_ONCE , once
#define compat_is_enforced(check) true
#define compat_expand_virtual(check, rel) (check)
#define compat_altered_constraint(command) (castNode(Constraint, (command)->def)->conname)
#endif
#if PG_VERSION_NUM >= 190000
#define compat_index_beginscan(heap, index, snapshot, nkeys)                             \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0, 0)
#elif PG_VERSION_NUM >= 180000
#define compat_index_beginscan(heap, index, snapshot, nkeys)                             \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define compat_index_beginscan(heap, index, snapshot, nkeys)                             \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/*
 * 19: headers no longer bring each other, scans take flags, a statement's fingerprint is
 * const, descriptors are finalized, jsonb is built in a struct, target tables are a set.
 */
#if PG_VERSION_NUM >= 190000
#include "utils/wait_classes.h"
#define COMPAT_JUMBLE const JumbleState
#define compat_table_beginscan(table, snapshot)                                          \
	table_beginscan(table, snapshot, 0, NULL, 0)
#define compat_push_jsonb(state, token, value) pushJsonbValue(state, token, value)
#define compat_result_relation(statement)                                                \
	bms_next_member((statement)->resultRelationRelids, -1)
#else
#define COMPAT_JUMBLE JumbleState
#define compat_table_beginscan(table, snapshot) table_beginscan(table, snapshot, 0, NULL)
#define TupleDescFinalize(desc) ((void)0)
typedef struct JsonbInState
{
	JsonbParseState *parse_state;
	JsonbValue *result;
} JsonbInState;
#define compat_push_jsonb(state, token, value)                                           \
	((void)((state)->result = pushJsonbValue(&(state)->parse_state, token, value)))
#define compat_result_relation(statement)                                                \
	((statement)->resultRelations ? linitial_int((statement)->resultRelations) : 0)
#endif

#endif /* REALTY_PLATFORM_COMPAT_H */
