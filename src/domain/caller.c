/*
 * caller.c
 *		Whose request this is, for rules that stamp or ask it.
 *
 * The domain knows no tokens: the verified identity reaches it through the SQL functions
 * that policies use. They are C and are called by their number, not by a statement,
 * which would cost more than all they do; a site's own role may not call them, so
 * nobody's right to is asked.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "domain/caller.h"

/* The function of schema realty without arguments that gives this type. */
static Oid
function_named(const char *function, Oid type)
{
	HeapTuple tuple =
		SearchSysCache3(PROCNAMEARGSNSP, CStringGetDatum(function),
						PointerGetDatum(buildoidvector(NULL, 0)),
						ObjectIdGetDatum(get_namespace_oid("realty", false)));
	Form_pg_proc form;
	Oid oid = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		form = (Form_pg_proc)GETSTRUCT(tuple);
		if (form->prorettype == type && !form->proretset)
			oid = form->oid;
		ReleaseSysCache(tuple);
	}
	if (!OidIsValid(oid))
		elog(ERROR, "function realty.%s() is not as it was made", function);
	return oid;
}

static Datum
ask(const char *function, Oid type, bool *isnull)
{
	LOCAL_FCINFO(fcinfo, 0);
	FmgrInfo info;
	Datum answer;

	fmgr_info(function_named(function, type), &info);
	InitFunctionCallInfoData(*fcinfo, &info, 0, InvalidOid, NULL, NULL);
	answer = FunctionCallInvoke(fcinfo);
	*isnull = fcinfo->isnull;
	return answer;
}

static int64
ask_id(const char *function)
{
	bool isnull;
	Datum id = ask(function, INT8OID, &isnull);

	return isnull ? 0 : DatumGetInt64(id);
}

Caller
realty_caller(void)
{
	bool isnull;
	Datum type = ask("user_type", TEXTOID, &isnull);
	const char *name = isnull ? "" : TextDatumGetCString(type);
	Caller caller = {
		.user_id = ask_id("user_id"),
		.profile_id = ask_id("profile_id"),
		.is_customer = strcmp(name, "customer") == 0,
		.is_builder = strcmp(name, "builder") == 0,
		.is_admin = strcmp(name, "admin") == 0,
	};

	return caller;
}
