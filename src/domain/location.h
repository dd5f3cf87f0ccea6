/*
 * location.h
 *		Where a phase, an update or a model belongs: a project, or one of its units.
 */
#ifndef REALTY_DOMAIN_LOCATION_H
#define REALTY_DOMAIN_LOCATION_H

#include "postgres.h"

#include "domain/row.h"

typedef struct Location
{
	bool knows_project;
	bool knows_unit;        /* also when no unit is named */
	Datum today;            /* date by the builder's clock */
	Datum progress_percent; /* numeric: the unit's, or the project's */
} Location;

/* What columns project_id and unit_id of the row name. */
extern Location realty_location_get(const Row *row);

/* PT422 with all violations of the row when they name nothing, or not together. */
extern void realty_location_check(TriggerData *data, const Row *row,
								  const Location *location);

#endif /* REALTY_DOMAIN_LOCATION_H */
