/*
 * function.c
 *		A function that a route calls: its arguments and its result.
 *
 * The name must mean one function: overloads are distinguished by writing the argument
 * types in the route, api.f(bigint, text). Only named IN arguments can be reached
 * from a request, so every one needs a name. A set declared ROWS 1 is one row or none.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

#include "api/catalog/function.h"
#include "api/catalog/invalidation.h"

/* ERROR when the name means no function, or several. */
static Oid
function_resolve(const char *name)
{
	if (strchr(name, '(') != NULL)
		return DatumGetObjectId(
			DirectFunctionCall1(regprocedurein, CStringGetDatum(name)));
	return DatumGetObjectId(DirectFunctionCall1(regprocin, CStringGetDatum(name)));
}

static void
arguments_read(ApiFunction *function, HeapTuple tuple)
{
	Form_pg_proc form = (Form_pg_proc)GETSTRUCT(tuple);
	Oid *types;
	char **names;
	char *modes;
	int total = get_func_arg_info(tuple, &types, &names, &modes);

	function->args = palloc0(sizeof(ApiArgument) * Max(form->pronargs, 1));
	for (int i = 0; i < total; i++)
	{
		ApiArgument *arg;

		if (modes != NULL && modes[i] != PROARGMODE_IN && modes[i] != PROARGMODE_INOUT)
			continue;
		arg = &function->args[function->nargs++];
		arg->name = names != NULL && names[i][0] != '\0' ? names[i] : NULL;
		arg->required = function->nargs <= form->pronargs - form->pronargdefaults;
		realty_type_classify(&arg->type, types[i], -1);
		if (arg->name == NULL)
			elog(ERROR, "an argument of %s has no name", function->quoted_name);
	}
}

static ApiResult
result_kind(Oid type, TypeFuncClass class)
{
	if (type == VOIDOID)
		return API_RESULT_VOID;
	if (type == JSONOID || type == JSONBOID)
		return API_RESULT_JSON;
	if (class == TYPEFUNC_SCALAR)
		return API_RESULT_SCALAR;
	if (class == TYPEFUNC_COMPOSITE || class == TYPEFUNC_COMPOSITE_DOMAIN)
		return API_RESULT_ROW;
	elog(ERROR, "the route's function returns no type that JSON can show");
}

static void
function_fill(ApiFunction *function, HeapTuple tuple)
{
	Form_pg_proc form = (Form_pg_proc)GETSTRUCT(tuple);
	TypeFuncClass class;

	if (form->prokind != PROKIND_FUNCTION || OidIsValid(form->provariadic))
		elog(ERROR, "a route can only call a plain function without VARIADIC");
	function->quoted_name = quote_qualified_identifier(
		get_namespace_name(form->pronamespace), NameStr(form->proname));
	function->returns_set = form->proretset;
	function->returns_many = form->proretset && form->prorows != 1;
	function->is_volatile = form->provolatile == PROVOLATILE_VOLATILE;
	class = get_func_result_type(function->oid, NULL, NULL);
	function->result_type = form->prorettype;
	function->result = result_kind(form->prorettype, class);
	function->row_relation = get_typ_typrelid(form->prorettype);
	arguments_read(function, tuple);
}

/* Read into a context of its own, which joins the catalog's when whole. */
ApiFunction *
realty_function_read(const char *name)
{
	MemoryContext old = CurrentMemoryContext;
	MemoryContext context =
		AllocSetContextCreate(old, "realty function", ALLOCSET_SMALL_SIZES);
	ApiFunction *function;
	HeapTuple tuple;

	MemoryContextSwitchTo(context);
	function = palloc0(sizeof(ApiFunction));
	function->oid = function_resolve(name);
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function->oid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function->oid);
	function_fill(function, tuple);
	ReleaseSysCache(tuple);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, realty_catalog_context());
	return function;
}
