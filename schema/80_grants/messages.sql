GRANT SELECT ON realty.messages, api.messages TO realty_customer, realty_builder, realty_admin;
GRANT INSERT (recipient_id, project_id, unit_id, booking_id, parent_id, subject, body, attachments, extra)
    ON realty.messages, api.messages TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (read_at) ON realty.messages, api.messages TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.hide_message(bigint), api.conversations(integer), api.unread_messages(), api.delete_message(bigint)
    TO realty_customer, realty_builder, realty_admin;
