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

#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "domain/caller.h"

/* What a function of schema realty without arguments says. */
static Datum
ask(const char *function, bool *isnull)
{
	LOCAL_FCINFO(fcinfo, 0);
	FmgrInfo info;
	Datum answer;
	Oid oid =
		GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(function),
						PointerGetDatum(buildoidvector(NULL, 0)),
						ObjectIdGetDatum(get_namespace_oid("realty", false)));

	if (!OidIsValid(oid))
		elog(ERROR, "function realty.%s() does not exist", function);
	fmgr_info(oid, &info);
	InitFunctionCallInfoData(*fcinfo, &info, 0, InvalidOid, NULL, NULL);
	answer = FunctionCallInvoke(fcinfo);
	*isnull = fcinfo->isnull;
	return answer;
}

static int64
ask_id(const char *function)
{
	bool isnull;
	Datum id = ask(function, &isnull);

	return isnull ? 0 : DatumGetInt64(id);
}

Caller
realty_caller(void)
{
	bool isnull;
	Datum type = ask("user_type", &isnull);
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
