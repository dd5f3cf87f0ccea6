/*
 * transition.h
 *		The state machines of realty.transitions.
 */
#ifndef REALTY_DOMAIN_TRANSITION_H
#define REALTY_DOMAIN_TRANSITION_H

#include "postgres.h"

/* What follows a transition; NULL where nothing does. */
typedef struct Transition
{
	char *unit_status;
	char *stamp;
	char *notify;
} Transition;

/*
 * The row for this change, in the caller's memory. ERROR PT409 when there is
 * none (DETAIL names the possible ones), PT403 when the caller may not do it.
 */
extern Transition realty_transition_check(const char *entity, const char *from,
										  const char *to);

/* The same row without a check of the caller, for what follows the change. */
extern Transition realty_transition_get(const char *entity, const char *from,
										const char *to);

#endif /* REALTY_DOMAIN_TRANSITION_H */
