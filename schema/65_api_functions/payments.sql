-- What is not a plain row operation on payments. They run with the caller's rights;
-- first the row must be visible, then the locks are taken in their order
-- (booking, payment), then the guards decide.

CREATE FUNCTION api.pay_payment(payment_id bigint, method text, transaction_reference text DEFAULT NULL) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('payments', realty.found((SELECT p.id FROM api.payments p WHERE p.id = payment_id)), 'submitted');
    UPDATE realty.payments p
    SET status = 'submitted', method = pay_payment.method, transaction_reference = pay_payment.transaction_reference
    WHERE p.id = payment_id;
    SELECT v.* FROM api.payments v WHERE v.id = payment_id;
END;
COMMENT ON FUNCTION api.pay_payment(bigint, text, text) IS
'Records how a payment was made; its builder confirms or rejects it. Cash needs no reference.
Errors PT404, PT403, PT409 (not due, hold expired, booking cancelled, reference of another booking), PT422.';

CREATE FUNCTION api.confirm_payment(payment_id bigint) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('payments', realty.found((SELECT p.id FROM api.payments p WHERE p.id = payment_id)), 'paid');
    UPDATE realty.payments p SET status = 'paid' WHERE p.id = payment_id;
    SELECT v.* FROM api.payments v WHERE v.id = payment_id;
END;
COMMENT ON FUNCTION api.confirm_payment(bigint) IS
'The builder has the money, or has paid the refund: it counts, and a payment gets its receipt number. Errors PT404, PT403, PT409.';

CREATE FUNCTION api.reject_payment(payment_id bigint, reason text DEFAULT NULL) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'note=reason'
BEGIN ATOMIC
    SELECT realty.begin_transition('payments', realty.found((SELECT p.id FROM api.payments p WHERE p.id = payment_id)), 'failed');
    UPDATE realty.payments p SET status = 'failed', note = coalesce(reason, p.note) WHERE p.id = payment_id;
    SELECT v.* FROM api.payments v WHERE v.id = payment_id;
END;
COMMENT ON FUNCTION api.reject_payment(bigint, text) IS
'The builder did not get what was submitted; it can be submitted again. Errors PT404, PT403, PT409 (not submitted), PT422.';

CREATE FUNCTION api.refund_payment(payment_id bigint, amount numeric DEFAULT NULL, reason text DEFAULT NULL) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'note=reason'
BEGIN ATOMIC
    SELECT realty.lock_payment(realty.found((SELECT p.id FROM api.payments p WHERE p.id = payment_id)));
    INSERT INTO realty.payments (booking_id, kind, milestone, amount, refund_of, note)
    SELECT p.booking_id, 'refund', p.milestone,
           coalesce(refund_payment.amount, p.amount - coalesce((
               SELECT pg_catalog.sum(r.amount) FROM realty.payments r WHERE r.refund_of = p.id AND r.status <> 'failed'), 0)),
           p.id, reason
    FROM realty.payments p WHERE p.id = payment_id;
    -- the payment is locked, so the newest is the one that was just made
    SELECT v.* FROM api.payments v WHERE v.refund_of = payment_id ORDER BY v.id DESC LIMIT 1;
END;
COMMENT ON FUNCTION api.refund_payment(bigint, numeric, text) IS
'The builder owes a payment back, or a part of it (all that is left when no amount is given): a refund opens, which pay_payment and confirm_payment settle.
Errors PT404, PT403, PT409 (not paid), PT422 (more than is left of it).';

CREATE FUNCTION api.schedule_payments(booking_id bigint, plan jsonb) RETURNS SETOF api.payments
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET realty.argument_names = 'milestone=plan'
BEGIN ATOMIC
    SELECT realty.lock_booking(realty.found((SELECT b.id FROM api.bookings b WHERE b.id = schedule_payments.booking_id)));
    DELETE FROM realty.payments p
    WHERE p.booking_id = schedule_payments.booking_id AND p.kind = 'instalment' AND p.status = 'due';
    INSERT INTO realty.payments (booking_id, milestone, amount, due_date)
    SELECT b.id, i.milestone, i.amount, i.due_date
    FROM realty.bookings b,
         LATERAL realty.payment_plan(plan, b.total_amount - b.discount - b.paid_amount - b.scheduled_amount) i
    WHERE b.id = schedule_payments.booking_id;
    SELECT v.* FROM api.payments v
    WHERE v.booking_id = schedule_payments.booking_id AND v.kind = 'instalment' AND v.status = 'due'
    ORDER BY v.due_date, v.id;
END;
COMMENT ON FUNCTION api.schedule_payments(bigint, jsonb) IS
'Makes the instalments of what is left to schedule of a booking, in place of those still due.
The plan is one of
{"type": "equal", "count": 12, "first_due_date": "2027-01-31", "interval_months": 1} (or interval_days),
{"type": "milestones", "milestones": [{"milestone": "Roof", "percent": 40, "due_date": "2027-01-31"}]} (percents make 100),
{"type": "dates", "instalments": [{"due_date": "2027-01-31", "amount": 1000, "milestone": "Roof"}]}.
Errors PT404, PT403, PT409 (nothing left, booking ended), PT422 (all violations of the plan).';

CREATE FUNCTION api.booking_statement(booking_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.found((SELECT b.id FROM api.bookings b WHERE b.id = booking_statement.booking_id));
    WITH booking AS (
        SELECT b.*, d.time_zone, (statement_timestamp() AT TIME ZONE d.time_zone)::date AS today
        FROM api.bookings b JOIN api.builders d ON d.id = b.builder_id WHERE b.id = booking_statement.booking_id
    ), change AS (
        SELECT c.id, c.title, c.approved_cost, c.decided_at
        FROM api.change_requests c
        WHERE c.booking_id = booking_statement.booking_id AND c.status IN ('approved', 'completed') AND c.approved_cost <> 0
    ), payment AS (
        SELECT p.* FROM api.payments p WHERE p.booking_id = booking_statement.booking_id
    )
    SELECT pg_catalog.jsonb_build_object(
        'booking_id', b.id,
        'booking_number', b.booking_number,
        'status', b.status,
        'charges', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('what', x.what, 'title', x.title, 'amount', x.amount)
                             ORDER BY x.place, x.at, x.id)
            FROM (
                SELECT 1 AS place, NULL::timestamptz AS at, 0 AS id, 'price' AS what, NULL AS title,
                       b.total_amount - coalesce((SELECT pg_catalog.sum(c.approved_cost) FROM change c), 0) AS amount
                UNION ALL SELECT 2, c.decided_at, c.id, 'change', c.title, c.approved_cost FROM change c
                UNION ALL SELECT 3, NULL, 0, 'discount', NULL, -b.discount WHERE b.discount > 0
            ) x),
        'payments', coalesce((
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                       'payment_id', p.id, 'kind', p.kind, 'milestone', p.milestone, 'amount', p.amount, 'status', p.status,
                       'due_date', p.due_date, 'paid_at', p.paid_at, 'receipt_number', p.receipt_number,
                       'transaction_reference', p.transaction_reference)
                   ORDER BY coalesce(p.paid_at, p.due_date::timestamp AT TIME ZONE b.time_zone), p.id)
            FROM payment p WHERE p.status <> 'failed'), '[]'),
        'charged', b.total_amount - b.discount,
        'paid', b.paid_amount,
        'submitted', coalesce((SELECT pg_catalog.sum(p.amount) FROM payment p WHERE p.status = 'submitted' AND p.kind <> 'refund'), 0.00),
        'scheduled', coalesce((SELECT pg_catalog.sum(p.amount) FROM payment p WHERE p.status = 'due' AND p.kind <> 'refund'), 0.00),
        'overdue', coalesce((SELECT pg_catalog.sum(p.amount) FROM payment p
                             WHERE p.status = 'due' AND p.kind <> 'refund' AND p.due_date < b.today), 0.00),
        'refunds_due', coalesce((SELECT pg_catalog.sum(p.amount) FROM payment p
                                 WHERE p.status IN ('due', 'submitted') AND p.kind = 'refund'), 0.00),
        'balance', CASE WHEN b.status IN ('cancelled', 'expired') THEN 0.00
                        ELSE b.total_amount - b.discount - b.paid_amount END)
    FROM booking b;
END;
COMMENT ON FUNCTION api.booking_statement(bigint) IS
'The account of a booking: what was charged, every payment and refund, and the balance that is still owed (nothing, once the booking has ended without a sale).
Error PT404.';
