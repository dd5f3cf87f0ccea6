/*
 * subxact.c
 *		Work whose error undoes that work alone.
 *
 * The one place that catches errors to go on after them. A cancel or a timeout is
 * meant for the whole statement: what would go on behind such an error could not be
 * stopped any more, since the cancel has been used up and a timeout comes once.
 *
 * User, security context, settings of the nest levels within, locks and pins are
 * put back by the subtransaction's abort; memory context and resource owner here.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "platform/subxact.h"

/* Class 57, operator intervention: query_canceled, admin_shutdown and others. */
static bool
ends_everything(const ErrorData *error)
{
	return ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION;
}

ErrorData *
realty_subxact_run(SubxactWork work, void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		work(arg);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (error != NULL && ends_everything(error))
		ReThrowError(error);
	return error;
}
