GRANT SELECT ON realty.notifications, api.notifications TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (read_at)
    ON realty.notifications, api.notifications TO realty_customer, realty_builder, realty_admin;
GRANT DELETE ON realty.notifications, api.notifications TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.unread_notifications(), api.read_all_notifications()
    TO realty_customer, realty_builder, realty_admin;
