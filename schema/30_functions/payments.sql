CREATE FUNCTION realty.payments_guard() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_guard';
COMMENT ON FUNCTION realty.payments_guard() IS
'Trigger: what may be scheduled, paid and refunded. Errors PT409 (transition, booking ended, hold lapsed, paid), PT422, PT403.';

CREATE FUNCTION realty.payments_reference() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_reference';
COMMENT ON FUNCTION realty.payments_reference() IS
'Trigger: a transaction reference belongs to one booking among a builder''s payments by one method. Error PT409: it is another''s.';

CREATE FUNCTION realty.payments_rollup() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_rollup';
COMMENT ON FUNCTION realty.payments_rollup() IS
'Trigger: maintains the booking''s totals of payments, once a statement. Error PT422: more than is owed, or than was paid.';

CREATE FUNCTION realty.payments_receipts() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_receipts';
COMMENT ON FUNCTION realty.payments_receipts() IS 'Trigger: gives receipt numbers, without a gap per builder and financial year.';

CREATE FUNCTION realty.payments_effects() RETURNS trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_payments_effects';
COMMENT ON FUNCTION realty.payments_effects() IS 'Trigger: notifies the parties; opens the refund of what is confirmed after its booking has ended.';

CREATE FUNCTION realty.lock_payment(payment_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'realty_lock_payment';
COMMENT ON FUNCTION realty.lock_payment(bigint) IS 'Locks the rows of the payment''s booking and of the payment, in this order.';

CREATE FUNCTION realty.payment_plan(plan jsonb, amount_left numeric)
RETURNS TABLE (milestone text, amount numeric, due_date date)
LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_payment_plan';
COMMENT ON FUNCTION realty.payment_plan(jsonb, numeric) IS
'The instalments into which a plan divides an amount, adding up to the cent. Errors PT422 (all violations of the plan), PT409 (nothing is left).';
