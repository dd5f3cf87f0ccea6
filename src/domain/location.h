/*
 * location.h
 *		Where a phase, an update or a model belongs: a project, or one of its units.
 */
#ifndef REALTY_DOMAIN_LOCATION_H
#define REALTY_DOMAIN_LOCATION_H

#include "postgres.h"

#include "domain/row.h"

typedef struct Place
{
	bool knows_project;
	bool knows_unit;        /* also when no unit is named */
	Datum today;            /* date by the builder's clock */
	Datum progress_percent; /* numeric: the unit's, or the project's */
} Place;

/* What columns project_id and unit_id of the row name. */
extern Place realty_place_get(const Row *row);

/* PT422 with all of the row's faults when they name nothing, or not together. */
extern void realty_place_check(TriggerData *data, const Row *row, const Place *place);

#endif /* REALTY_DOMAIN_LOCATION_H */
