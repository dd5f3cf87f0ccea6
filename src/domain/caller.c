/*
 * caller.c
 *		Whose request this is, for rules that stamp or ask it.
 *
 * The domain knows no tokens: the verified identity reaches it through the SQL
 * functions that policies use, asked as the owner, since a site's own role may
 * not call them.
 */
#include "postgres.h"

#include "executor/spi.h"

#include "domain/caller.h"
#include "platform/plan.h"
#include "platform/scope.h"

static RealtyPlan who_calls = {
	.sql = "SELECT coalesce(realty.user_id(), 0), "
		   "coalesce(realty.user_type() = 'customer', false), "
		   "coalesce(realty.user_type() = 'admin', false)",
};

Caller
realty_caller(void)
{
	OwnerScope scope;
	Caller caller;
	bool isnull;

	realty_owner_enter(&scope);
	SPI_connect();
	realty_plan_run(&who_calls, NULL, NULL, false, 1);
	caller.user_id = DatumGetInt64(realty_plan_value(1, &isnull));
	caller.is_customer = DatumGetBool(realty_plan_value(2, &isnull));
	caller.is_admin = DatumGetBool(realty_plan_value(3, &isnull));
	SPI_finish();
	realty_owner_leave(&scope);
	return caller;
}
