/*
 * auth.c
 *		The auth room's settings, in order.
 */
#include "postgres.h"

#include "auth/auth.h"
#include "auth/database_identity.h"
#include "auth/hash_slots.h"
#include "auth/identity.h"
#include "auth/jwt.h"
#include "auth/lockout.h"
#include "auth/password.h"
#include "auth/password_reset.h"
#include "auth/postgrest.h"
#include "auth/rate_limit.h"
#include "auth/response_floor.h"
#include "auth/sessions.h"

void
realty_auth_init(void)
{
	realty_jwt_init();
	realty_database_init();
	realty_password_init();
	realty_hash_slots_init();
	realty_rate_limit_init();
	realty_postgrest_init();
	realty_postgrest_limits_init();
	realty_read_only_init();
	realty_identity_init();
	realty_sessions_init();
	realty_response_floor_init();
	realty_lockout_init();
	realty_password_reset_init();
}
