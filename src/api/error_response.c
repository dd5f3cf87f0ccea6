/*
 * error_response.c
 *		An error that the work ran into, as an answer a client can use.
 *
 * platform/error_codes gives status and code. What is added here is the field: a
 * constraint is looked up, its columns named and its COMMENT given. What never leaves is
 * the text that PostgreSQL's own errors carry, which has names, values and sometimes SQL
 * in it; errors raised on purpose (PTnnn, and P0001 of a site's functions) are written
 * for people and go out as they are.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_constraint.h"
#include "commands/comment.h"
#include "executor/spi.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "api/catalog/catalog.h"
#include "api/error_response.h"
#include "api/http/answer.h"
#include "api/sql/assign.h"
#include "api/sql/select.h"
#include "api/subtransaction.h"
#include "api/violations.h"
#include "platform/error_codes.h"
#include "platform/jsonb_member.h"

#define PGRST_SQLSTATE MAKE_SQLSTATE('P', 'G', 'R', 'S', 'T')

/* The error being explained, and what is said of it. */
typedef struct ErrorResponse
{
	const ErrorData *error;
	int status;
	const char *code;
	const char *message;
	const char *hint;
} ErrorResponse;

/* ---- constraints ---- */

static Oid
error_table(const ErrorData *error)
{
	Oid schema;

	if (error->schema_name == NULL || error->table_name == NULL)
		return InvalidOid;
	schema = get_namespace_oid(error->schema_name, true);
	return OidIsValid(schema) ? get_relname_relid(error->table_name, schema) : InvalidOid;
}

static const char *
comment_or(Oid constraint, const char *otherwise)
{
	char *comment =
		OidIsValid(constraint) ? GetComment(constraint, ConstraintRelationId, 0) : NULL;

	return comment ? comment : otherwise;
}

static void
violation_of_columns(ApiRequest *request, Oid table, List *attnums, const char *message)
{
	ListCell *cell;

	foreach (cell, attnums)
	{
		char *name = get_attname(table, (AttrNumber)lfirst_int(cell), true);

		if (name != NULL && !realty_request_has_violation(request, name))
			realty_request_violation(request, API_IN_BODY, name, message);
	}
}

/* Columns of a constraint, as an integer list. */
static List *
constraint_columns(Oid constraint, Oid *referenced)
{
	HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
	List *attnums = NIL;
	bool isnull;
	Datum keys;

	if (!HeapTupleIsValid(tuple))
		return NIL;
	*referenced = ((Form_pg_constraint)GETSTRUCT(tuple))->confrelid;
	keys = SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_conkey, &isnull);
	if (!isnull)
	{
		ArrayType *array = DatumGetArrayTypeP(keys);
		int16 *numbers = (int16 *)ARR_DATA_PTR(array);
		int count = ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : 0;

		for (int i = 0; i < count; i++)
			if (numbers[i] > 0)
				attnums = lappend_int(attnums, numbers[i]);
	}
	ReleaseSysCache(tuple);
	return attnums;
}

/* Columns of a unique index, those inside its expressions too: lower(email). */
static List *
index_columns(Oid index_oid)
{
	Relation index = relation_open(index_oid, AccessShareLock);
	List *attnums = NIL;
	ListCell *cell;

	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
		if (index->rd_index->indkey.values[i] > 0)
			attnums = lappend_int(attnums, index->rd_index->indkey.values[i]);
	foreach (cell, pull_var_clause((Node *)RelationGetIndexExpressions(index), 0))
		attnums = list_append_unique_int(attnums, ((Var *)lfirst(cell))->varattno);
	relation_close(index, AccessShareLock);
	return attnums;
}

/* What a client sent: of a generated column, the last one that it is made of. */
static AttrNumber
typed_column(Oid table, AttrNumber attnum)
{
	Relation rel = table_open(table, AccessShareLock);

	if (TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attgenerated)
	{
		ListCell *cell;

		foreach (cell, pull_var_clause(build_column_default(rel, attnum), 0))
			attnum = ((Var *)lfirst(cell))->varattno;
	}
	table_close(rel, AccessShareLock);
	return attnum;
}

static List *
unique_columns(const ErrorData *error, Oid table, Oid constraint)
{
	Oid ignored;
	Oid index;

	if (OidIsValid(constraint))
		return constraint_columns(constraint, &ignored);
	index = get_relname_relid(error->constraint_name, get_rel_namespace(table));
	return OidIsValid(index) && get_rel_relkind(index) == RELKIND_INDEX
			   ? index_columns(index)
			   : NIL;
}

static void
explain_unique(ApiRequest *request, ErrorResponse *response)
{
	Oid table = error_table(response->error);
	Oid constraint = InvalidOid;
	const char *message;
	List *columns;

	response->message = "this already exists";
	if (!OidIsValid(table) || response->error->constraint_name == NULL)
		return;
	constraint =
		get_relation_constraint_oid(table, response->error->constraint_name, true);
	message = comment_or(constraint, "is taken already");
	columns = unique_columns(response->error, table, constraint);
	/* Of several columns the last one tells rows apart that agree in the others. */
	if (columns != NIL)
		violation_of_columns(
			request, table,
			list_make1_int(typed_column(table, (AttrNumber)llast_int(columns))), message);
}

static bool
is_deletion(const ApiRequest *request)
{
	return request->route != NULL && request->route->handler == API_DELETE;
}

/* A value that points nowhere; or, when deleting, what points here. */
static void
explain_foreign_key(ApiRequest *request, ErrorResponse *response)
{
	Oid table = error_table(response->error);
	Oid constraint;
	Oid referenced;
	List *columns;

	if (is_deletion(request) || !OidIsValid(table) ||
		response->error->constraint_name == NULL)
	{
		ApiResource *holder = OidIsValid(table) ? realty_resource_of_table(table) : NULL;

		response->message = psprintf(
			"it is still referred to by %s",
			holder ? holder->list_key : (table ? get_rel_name(table) : "other rows"));
		return;
	}
	constraint =
		get_relation_constraint_oid(table, response->error->constraint_name, true);
	columns = OidIsValid(constraint) ? constraint_columns(constraint, &referenced) : NIL;
	response->status = 422;
	response->code = "validation_failed";
	response->message = "validation failed";
	violation_of_columns(request, table, columns,
						 comment_or(constraint, "does not exist"));
}

static void
explain_check(ApiRequest *request, ErrorResponse *response)
{
	Oid table = error_table(response->error);
	Oid constraint;
	Oid ignored;

	response->message = "validation failed";
	if (!OidIsValid(table))
		return;
	if (response->error->column_name != NULL)
	{
		realty_request_violation(request, API_IN_BODY, response->error->column_name,
								 "is required");
		return;
	}
	if (response->error->constraint_name == NULL)
		return;
	constraint =
		get_relation_constraint_oid(table, response->error->constraint_name, true);
	if (OidIsValid(constraint))
		violation_of_columns(request, table, constraint_columns(constraint, &ignored),
							 comment_or(constraint, "is not valid"));
}

/* ---- rights ---- */

/*
 * A policy refused the row. That can be because a key in it names a row that is not
 * there for this caller; whether it is nowhere or only hidden must look the same.
 */
static void
violation_if_unseen(ApiRequest *request, Form_pg_constraint foreign_key,
					const char *field)
{
	ApiAssignment *given = realty_assignment_find(request, field);
	ApiResource *other = realty_resource_of_table(foreign_key->confrelid);
	RowsQuery *query;

	if (given == NULL || given->isnull || other == NULL ||
		other->key->type.oid != given->type.oid)
		return;
	query = realty_rows_make(request, other);
	realty_rows_where(query, other->key, ROWS_EQUAL, given->type.oid, given->value);
	realty_rows_run(query, true, 1);
	if (SPI_processed == 0)
		realty_request_violation(request, API_IN_BODY, field,
								 psprintf("names no %s", other->singular));
}

static void
violations_of_unseen_references(ApiRequest *request, Oid table)
{
	Relation rel = table_open(table, AccessShareLock);
	List *keys = copyObject(RelationGetFKeyList(rel));
	ListCell *cell;

	table_close(rel, AccessShareLock);
	foreach (cell, keys)
	{
		ForeignKeyCacheInfo *info = lfirst(cell);
		HeapTuple tuple;

		if (info->nkeys != 1)
			continue;
		tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(info->conoid));
		if (!HeapTupleIsValid(tuple))
			continue;
		violation_if_unseen(request, (Form_pg_constraint)GETSTRUCT(tuple),
							get_attname(table, info->conkey[0], false));
		ReleaseSysCache(tuple);
	}
}

static void
explain_privilege(ApiRequest *request, ErrorResponse *response)
{
	ApiResource *resource = request->route ? request->route->resource : NULL;

	response->message = "you may not do this";
	if (request->assignments == NIL || resource == NULL || !OidIsValid(resource->base))
		return;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	MemoryContextSwitchTo(request->context);
	realty_request_become(request);
	violations_of_unseen_references(request, resource->base);
	SPI_finish();
	if (request->violations == NIL)
		return;
	response->status = 422;
	response->code = "validation_failed";
	response->message = "validation failed";
}

/* ---- errors with a message of their own ---- */

static void
take_detail(ApiRequest *request, const char *detail, bool one_a_field)
{
	if (detail == NULL || request->violations != NIL)
		return;
	if (detail[0] == '[')
		realty_request_violations_from_json(
			request,
			DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(detail))),
			one_a_field);
	else
		realty_request_violation(request, API_IN_BODY, NULL, detail);
}

/* PostgREST's own form: message is {code, message, …}, detail is {status, headers}. */
static void
explain_pgrst(ApiRequest *request, ErrorResponse *response)
{
	Jsonb *message = DatumGetJsonbP(
		DirectFunctionCall1(jsonb_in, CStringGetDatum(response->error->message)));
	Jsonb *detail = DatumGetJsonbP(DirectFunctionCall1(
		jsonb_in,
		CStringGetDatum(response->error->detail ? response->error->detail : "{}")));
	JsonbValue headers;
	char *status;
	char *retry = NULL;

	if (!JB_ROOT_IS_OBJECT(message) || !JB_ROOT_IS_OBJECT(detail))
		return;
	status = realty_jsonb_text_or_number(&detail->root, "status");
	response->status = status ? atoi(status) : 500;
	response->code = realty_jsonb_text_or_number(&message->root, "code");
	response->message = realty_jsonb_text_or_number(&message->root, "message");
	response->hint = realty_jsonb_text_or_number(&message->root, "hint");
	if (realty_jsonb_member(&detail->root, "headers", &headers))
		retry = realty_jsonb_text_or_number(realty_jsonb_object(&headers), "Retry-After");
	if (retry != NULL && strspn(retry, "0123456789") == strlen(retry))
		realty_answer_header(request, "Retry-After", retry);
}

/* Raised on purpose, with a message meant for the client. */
static bool
is_ours(const ErrorData *error)
{
	return error->sqlerrcode == ERRCODE_RAISE_EXCEPTION ||
		   strncmp(unpack_sql_state(error->sqlerrcode), "PT", 2) == 0;
}

static void
explain_ours(ApiRequest *request, ErrorResponse *response)
{
	response->message = response->error->message;
	response->hint = response->error->hint;
	take_detail(request, response->error->detail, response->status == 422);
}

static void
explain(ApiRequest *request, void *arg)
{
	ErrorResponse *response = arg;
	const ErrorData *error = response->error;

	if (is_ours(error))
		explain_ours(request, response);
	else if (error->sqlerrcode == PGRST_SQLSTATE)
		explain_pgrst(request, response);
	else if (error->sqlerrcode == ERRCODE_UNIQUE_VIOLATION)
		explain_unique(request, response);
	else if (error->sqlerrcode == ERRCODE_FOREIGN_KEY_VIOLATION ||
			 error->sqlerrcode == ERRCODE_RESTRICT_VIOLATION)
		explain_foreign_key(request, response);
	else if (error->sqlerrcode == ERRCODE_CHECK_VIOLATION ||
			 error->sqlerrcode == ERRCODE_NOT_NULL_VIOLATION)
		explain_check(request, response);
	else if (error->sqlerrcode == ERRCODE_INSUFFICIENT_PRIVILEGE)
		explain_privilege(request, response);
}

/* ---- the answer ---- */

static const char *
message_of_status(int status)
{
	switch (status)
	{
	case 400:
		return "malformed request";
	case 403:
		return "you may not do this";
	case 409:
		return "this conflicts with existing data";
	case 422:
		return "a value is not valid";
	case 503:
		return "the service is busy, try again";
	default:
		return "something went wrong here";
	}
}

/*
 * An error of PostgreSQL's own while taking the request apart means that the client
 * sent what could not be read; unless the server itself is in trouble.
 */
static void
blame_the_client(const ApiRequest *request, ErrorResponse *response)
{
	if (request->phase != API_READING || is_ours(response->error) ||
		response->error->sqlerrcode == PGRST_SQLSTATE || response->status == 503)
		return;
	response->status = 400;
	response->code = "bad_request";
}

/* One line for a 5xx, without the statement, which may hold the client's text. */
static void
log_error_response(const ApiRequest *request, const ErrorData *error)
{
	ereport(LOG, (errmsg_internal("request %s failed: %s (SQLSTATE %s)",
								  request->identity.request_id, error->message,
								  unpack_sql_state(error->sqlerrcode)),
				  errhidestmt(true), errhidecontext(true)));
}

/* Nothing is looked up for a 503; one of our own brings its message along. */
static void
explain_in_subtransaction(ApiRequest *request, ErrorResponse *response)
{
	ErrorData *second;

	realty_error_answer(response->error, &response->status, &response->code);
	if (response->status != 503)
		(void)realty_request_in_subtransaction(request, explain, response, &second);
	else if (is_ours(response->error))
	{
		response->message = response->error->message;
		response->hint = response->error->hint;
	}
}

const char *
realty_error_explain(ApiRequest *request, ErrorData *error)
{
	ErrorResponse response = {.error = error};

	explain_in_subtransaction(request, &response);
	return response.message ? response.message : message_of_status(response.status);
}

void
realty_error_response(ApiRequest *request, ErrorData *error)
{
	ErrorResponse response = {.error = error};

	explain_in_subtransaction(request, &response);
	blame_the_client(request, &response);
	if (response.status < 400 || response.status > 599)
		response.status = 500;
	if (response.status >= 500 && !(response.status == 503 && is_ours(error)))
		log_error_response(request, error);
	realty_answer_error(request, response.status, response.code ? response.code : "error",
						response.message && (response.status != 500 || is_ours(error))
							? response.message
							: message_of_status(response.status),
						response.hint);
}
