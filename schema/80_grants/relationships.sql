-- A role that may read one end may embed the other; policies decide which rows it finds there.

GRANT EXECUTE ON FUNCTION api.builders(api.units), api.units(api.builders),
    api.availability(api.projects)
    TO realty_anon, realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.projects(api.bookings), api.bookings(api.projects),
    api.builders(api.bookings), api.bookings(api.builders), api.customer(api.bookings),
    api.customer(api.appointments), api.customer(api.change_requests), api.users(api.notifications),
    api.notifications(api.users), api.sender(api.messages), api.recipient(api.messages),
    api.balance(api.bookings)
    TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.builders(api.unit_price_history) TO realty_builder, realty_admin;
