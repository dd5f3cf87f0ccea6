/*
 * erased.c
 *		Whether an account that a row names is erased, or about to be.
 *
 * An erasure removes what there is. What is written at the same time would stay:
 * text of a person who was promised its removal, a visit without a visitor. So a
 * writer locks the account's row as a foreign key would, which conflicts with the
 * lock of an erasure. Two writers for one account do not wait for each other.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"

#include "domain/account/erased.h"
#include "platform/kept_statement.h"

static RealtyStatement user_is_erased = {
	.sql = "SELECT u.anonymised_at IS NOT NULL FROM realty.users u WHERE u.id = $1 "
		   "FOR KEY SHARE",
	.nargs = 1,
	.types = {INT8OID},
};

#define OF_PROFILE(profiles)                                                             \
	{                                                                                    \
		.sql = "SELECT u.anonymised_at IS NOT NULL FROM realty." profiles " p "          \
			   "JOIN realty.users u ON u.id = p.user_id WHERE p.id = $1 "                \
			   "FOR KEY SHARE OF u",                                                     \
		.nargs = 1, .types = {                                                           \
			INT8OID                                                                      \
		}                                                                                \
	}

static RealtyStatement customer_is_erased = OF_PROFILE("customers");
static RealtyStatement builder_is_erased = OF_PROFILE("builders");

/* As it is now, also where the transaction keeps an older snapshot. */
static bool
is_erased(RealtyStatement *statement, int64 id)
{
	Datum value = Int64GetDatum(id);

	realty_execute_latest(statement, &value, NULL, 1);
	return SPI_processed > 0 && DatumGetBool(realty_result_required(1, BOOLOID));
}

bool
realty_user_is_erased(int64 user_id)
{
	return is_erased(&user_is_erased, user_id);
}

bool
realty_customer_is_erased(int64 customer_id)
{
	return is_erased(&customer_is_erased, customer_id);
}

bool
realty_builder_is_erased(int64 builder_id)
{
	return is_erased(&builder_is_erased, builder_id);
}
