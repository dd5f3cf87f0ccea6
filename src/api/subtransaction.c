/*
 * subtransaction.c
 *		Doing a part of a request as its caller, so that an error undoes that part alone.
 *
 * The role is changed as SECURITY DEFINER does it (SECURITY_LOCAL_USERID_CHANGE): SQL
 * inside cannot SET ROLE its way out.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "api/request.h"
#include "auth/auth.h"
#include "platform/subxact.h"

typedef struct GuardedWork
{
	ApiRequest *request;
	ApiWork work;
	void *arg;
} GuardedWork;

static void
run(void *arg)
{
	GuardedWork *guarded = arg;
	Oid user;
	int sec_context;

	GetUserIdAndSecContext(&user, &sec_context);
	guarded->work(guarded->request, guarded->arg);
	SetUserIdAndSecContext(user, sec_context);
}

/*
 * Runs work in a subtransaction; false, with the error, when it failed and was undone.
 * User and security context are as before either way.
 */
bool
realty_request_guarded(ApiRequest *request, ApiWork work, void *arg, ErrorData **error)
{
	GuardedWork guarded = {request, work, arg};

	MemoryContextSwitchTo(request->context);
	*error = realty_subxact_run(run, &guarded);
	return *error == NULL;
}

/* The caller's role and identity, until the guarded work ends. */
void
realty_request_become(const ApiRequest *request)
{
	Oid user;
	int sec_context;

	realty_identity_set(&request->identity, GUC_ACTION_SAVE);
	GetUserIdAndSecContext(&user, &sec_context);
	SetUserIdAndSecContext(request->role, sec_context | SECURITY_LOCAL_USERID_CHANGE);
}

/* What the path names is not there, or not for this caller to know of. */
void
realty_request_not_found(const ApiRequest *request)
{
	const ApiResource *resource = request->route->resource;

	if (resource == NULL)
		ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND), errmsg("not found")));
	ereport(ERROR, (realty_errcode(REALTY_NOT_FOUND),
					errmsg("%s not found", resource->singular)));
}
