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
#include "api/subtransaction.h"
#include "platform/subxact.h"

typedef struct CallerWork
{
	ApiRequest *request;
	ApiWork work;
	void *arg;
} CallerWork;

static void
run(void *arg)
{
	CallerWork *caller_work = arg;
	Oid user;
	int sec_context;

	GetUserIdAndSecContext(&user, &sec_context);
	caller_work->work(caller_work->request, caller_work->arg);
	SetUserIdAndSecContext(user, sec_context);
}

bool
realty_request_in_subtransaction(ApiRequest *request, ApiWork work, void *arg,
								 ErrorData **error)
{
	CallerWork caller_work = {request, work, arg};

	MemoryContextSwitchTo(request->context);
	*error = realty_subxact_run(run, &caller_work);
	return *error == NULL;
}

void
realty_request_become(const ApiRequest *request)
{
	Oid user;
	int sec_context;

	realty_identity_set(&request->identity, GUC_ACTION_SAVE);
	GetUserIdAndSecContext(&user, &sec_context);
	SetUserIdAndSecContext(request->role, sec_context | SECURITY_LOCAL_USERID_CHANGE);
}
