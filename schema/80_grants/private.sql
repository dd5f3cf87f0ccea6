GRANT SELECT ON api.private_builders, api.private_projects, api.private_units, api.private_bookings TO realty_builder, realty_admin;
GRANT SELECT ON api.private_customers TO realty_admin;
GRANT UPDATE (private) ON realty.builders, api.private_builders, realty.projects, api.private_projects, realty.units, api.private_units,
    realty.bookings, api.private_bookings TO realty_builder, realty_admin;
GRANT UPDATE (private) ON realty.customers, api.private_customers TO realty_admin;
GRANT UPDATE (internal_note) ON realty.bookings, api.private_bookings TO realty_builder, realty_admin;
