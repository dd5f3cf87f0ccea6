/*
 * realty.c
 *		The entrance: loads every room, in order.
 *
 * The library keeps settings, hooks and a background worker, all of which exist
 * only when the postmaster itself loads it. Loading it later would leave a
 * session in which secrets are plain placeholders, so that is refused here.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "api/api.h"
#include "auth/auth.h"
#include "domain/domain.h"
#include "platform/hooks.h"
#include "platform/kept_checks.h"
#include "platform/secrets.h"
#include "platform/stats.h"
#include "platform/violations.h"
#include "platform/wake.h"
#include "supervisor/supervisor.h"

PG_MODULE_MAGIC;

void _PG_init(void);

void
_PG_init(void)
{
	if (!process_shared_preload_libraries_in_progress)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("realty must be loaded when the server starts"),
				 errhint("Add this line to postgresql.conf and restart the server: "
						 "shared_preload_libraries = 'realty'")));

	realty_secrets_init();
	realty_stats_init();
	realty_hooks_init();
	realty_kept_checks_init();
	realty_violations_init_settings();
	realty_wake_init();
	realty_auth_init();
	realty_domain_init();
	realty_api_init();
	realty_supervisor_init();
	MarkGUCPrefixReserved("realty");
}
