GRANT SELECT ON realty.payments, api.payments TO realty_customer, realty_builder, realty_admin;

-- Payments: the status goes through functions of api, which take the locks in their
-- order, so the rights that they need stand on the table alone.
GRANT UPDATE (status, method, transaction_reference)
    ON realty.payments TO realty_customer;
GRANT INSERT (booking_id, kind, milestone, amount, due_date, extra)
    ON realty.payments, api.payments TO realty_builder, realty_admin;
GRANT INSERT (refund_of, note)
    ON realty.payments TO realty_builder, realty_admin;
GRANT UPDATE (milestone, amount, due_date, extra)
    ON realty.payments, api.payments TO realty_builder, realty_admin;
GRANT UPDATE (status, method, transaction_reference, note)
    ON realty.payments TO realty_builder, realty_admin;
GRANT DELETE ON realty.payments, api.payments TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.lock_payment(bigint), realty.payment_plan(jsonb, numeric) TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.pay_payment(bigint, text, text), api.booking_statement(bigint)
    TO realty_customer, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.confirm_payment(bigint), api.reject_payment(bigint, text), api.refund_payment(bigint, numeric, text),
    api.schedule_payments(bigint, jsonb) TO realty_builder, realty_admin;
