GRANT SELECT ON realty.change_requests, api.change_requests TO realty_customer, realty_builder, realty_admin;
GRANT INSERT (booking_id, title, description, category, extra)
    ON realty.change_requests, api.change_requests TO realty_customer, realty_admin;
GRANT UPDATE (title, description, category, extra)
    ON realty.change_requests, api.change_requests TO realty_customer, realty_admin;
GRANT UPDATE (status)
    ON realty.change_requests TO realty_customer, realty_builder, realty_admin;
GRANT UPDATE (estimated_cost, approved_cost, decision_note)
    ON realty.change_requests TO realty_builder, realty_admin;
GRANT UPDATE (accepted_cost)
    ON realty.change_requests TO realty_customer, realty_admin;
GRANT EXECUTE ON FUNCTION api.accept_change_request(bigint, numeric), api.withdraw_change_request(bigint) TO realty_customer, realty_admin;
GRANT EXECUTE ON FUNCTION api.review_change_request(bigint, numeric), api.approve_change_request(bigint, numeric, text),
    api.reject_change_request(bigint, text), api.complete_change_request(bigint) TO realty_builder, realty_admin;
