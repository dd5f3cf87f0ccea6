/*
 * function.c
 *		What the catalog says of the function a route calls.
 *
 * The name must mean one function: overloads are told apart by writing the argument
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

#include "api/catalog/catalog.h"
#include "platform/scope.h"

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
function_read(ApiFunction *function, HeapTuple tuple)
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

/* The route's function, looked up once; whole or not at all, as with resources. */
ApiFunction *
realty_function_find(ApiRoute *route)
{
	MemoryContext old = CurrentMemoryContext;
	MemoryContext context;
	ApiFunction *function;
	HeapTuple tuple;

	if (route->function != NULL)
		return route->function;
	context = AllocSetContextCreate(old, "realty function", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(context);
	function = palloc0(sizeof(ApiFunction));
	function->oid = function_resolve(route->function_name);
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function->oid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function->oid);
	function_read(function, tuple);
	ReleaseSysCache(tuple);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, realty_catalog_context());
	route->function = function;
	return function;
}

const char *
realty_route_answer_key(const ApiRoute *route)
{
	const ApiFunction *function = route->function;

	if (route->data_key != NULL)
		return route->data_key;
	if (route->handler == API_LIST)
		return route->resource->list_key;
	if (route->handler != API_CALL)
		return route->resource->singular;
	if (function->returns_many)
		return route->resource ? route->resource->list_key : "items";
	if (function->result == API_RESULT_ROW && route->resource != NULL)
		return route->resource->singular;
	return function->result == API_RESULT_SCALAR ? "result" : "";
}

bool
realty_route_gives(const ApiRoute *route, const char *name)
{
	JsonbValue found;

	for (int i = 0; i < route->nparams; i++)
		if (strcmp(route->params[i], name) == 0)
			return true;
	return getKeyJsonValueFromContainer(&route->fixed->root, name, strlen(name),
										&found) != NULL;
}

bool
realty_route_takes_body(ApiRoute *route)
{
	ApiFunction *function;
	OwnerScope scope;

	if (strcmp(route->method, "GET") == 0)
		return false;
	if (strcmp(route->method, "DELETE") != 0)
		return true;
	if (route->handler != API_CALL)
		return false;
	/* Asked before the request has a role of its own. */
	realty_owner_enter(&scope);
	function = realty_function_find(route);
	realty_owner_leave(&scope);
	for (int i = 0; i < function->nargs; i++)
		if (!realty_route_gives(route, function->args[i].name))
			return true;
	return false;
}
