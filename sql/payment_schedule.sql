-- Plans: what is left to schedule of a booking is cut into instalments, to the cent.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
SET LOCAL DateStyle = 'ISO';
INSERT INTO realty.bookings (unit_id, customer_id, discount) VALUES (:a102, :chitra_c, 0.40) RETURNING id AS booking \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset

-- Equal parts, at the end of each month; 7500000.10 in 7 parts.
SELECT milestone, amount, due_date, status, kind FROM api.schedule_payments(:booking,
    '{"type": "equal", "count": 7, "first_due_date": "2027-10-31", "interval_months": 1}');
SELECT sum(amount) FROM api.payments WHERE booking_id = :booking;
-- Again, in days: it replaces what is still due, and only that.
SELECT id AS paid FROM api.payments WHERE booking_id = :booking AND due_date = '2027-10-31' \gset
SELECT status, amount FROM api.confirm_payment(:paid);
SELECT amount, due_date FROM api.schedule_payments(:booking,
    '{"type": "equal", "count": 3, "first_due_date": "2028-02-01", "interval_days": 28}');
SELECT sum(amount), count(*) FROM api.payments WHERE booking_id = :booking;

-- Percent by milestone.
SELECT milestone, amount, due_date FROM api.schedule_payments(:booking, '{"type": "milestones", "milestones": [
    {"milestone": "Foundation", "percent": 33.33, "due_date": "2027-12-01"}, {"milestone": "Roof", "percent": 33.33},
    {"milestone": "Keys", "percent": 33.34}]}');
SELECT sum(amount) FROM api.payments WHERE booking_id = :booking;

-- Own dates with amounts; less than what is left is fine.
SELECT milestone, amount, due_date FROM api.schedule_payments(:booking, '{"type": "dates", "instalments": [
    {"due_date": "2028-02-29", "amount": 100000.01}, {"milestone": "Keys", "due_date": "2027-12-31", "amount": 0.10}]}');

-- What is submitted stays, what is left shrinks by it.
SELECT min(id) AS submitted FROM api.payments WHERE booking_id = :booking AND status = 'due' \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT status FROM api.pay_payment(:submitted, 'upi', 'PLAN-1');
SELECT * FROM api.schedule_payments(:booking, '{}');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT amount FROM api.schedule_payments(:booking, '{"type": "equal", "count": 1, "first_due_date": "2028-02-01", "interval_months": 1}');
SELECT sum(amount), count(*) FROM api.payments WHERE booking_id = :booking;

-- All violations of a plan at once; nothing was changed by it.
CREATE FUNCTION pg_temp.faults(plan text) RETURNS TABLE (field text, message text) LANGUAGE sql VOLATILE
AS $$ SELECT f ->> 'field', f ->> 'message' FROM story.refusal(format('SELECT api.schedule_payments(%s, %L)',
        (SELECT b.id FROM api.bookings b), plan)) r, jsonb_array_elements(r.detail::jsonb) f $$;
SELECT * FROM pg_temp.faults('{}');
SELECT * FROM pg_temp.faults('[1]');
SELECT * FROM pg_temp.faults('3');
SELECT * FROM pg_temp.faults('null');
SELECT * FROM pg_temp.faults('{"type": "monthly"}');
SELECT * FROM pg_temp.faults('{"type": "equal"}');
SELECT * FROM pg_temp.faults('{"type": "equal", "count": 0, "first_due_date": "2027-02-30", "interval_months": 1.5, "colour": "red"}');
SELECT * FROM pg_temp.faults('{"type": "equal", "count": 361, "first_due_date": "tomorrow", "interval_months": -1, "interval_days": "7"}');
SELECT * FROM pg_temp.faults('{"type": "equal", "count": 1e300, "first_due_date": 20270101, "interval_days": 1e-300}');
SELECT * FROM pg_temp.faults('{"type": "equal", "count": 2, "first_due_date": "2027-01-01", "interval_days": 7, "interval_months": 1}');
SELECT * FROM pg_temp.faults('{"type": "milestones", "milestones": {}}');
SELECT * FROM pg_temp.faults('{"type": "milestones", "milestones": []}');
SELECT * FROM pg_temp.faults('{"type": "milestones", "milestones": [{"milestone": "Roof", "percent": 60}, {"milestone": "Keys", "percent": 39.99}]}');
SELECT * FROM pg_temp.faults('{"type": "milestones", "milestones": [3, {"percent": 33.333, "due_date": "2027-13-01"}, {"milestone": "", "percent": 101}, {"milestone": 5, "percent": "x", "amount": 1}]}');
SELECT * FROM pg_temp.faults('{"type": "dates", "instalments": [{"amount": 0.001}, {"due_date": "2027-01-01", "amount": 1e15}, [], {"due_date": "2027-01-01T00:00", "amount": -5}]}');
SELECT * FROM pg_temp.faults('{"type": "dates", "instalments": [{"due_date": "2027-01-01", "amount": 99999999}]}');
SELECT sum(amount), count(*) FROM api.payments WHERE booking_id = :booking;

-- Nothing is left, or too little for so many parts.
SELECT status FROM api.confirm_payment((SELECT id FROM api.payments WHERE booking_id = :booking AND status = 'due'));
SELECT state, code, message FROM story.refusal(format('SELECT api.schedule_payments(%s, ''{"type": "equal", "count": 2, "first_due_date": "2027-01-01", "interval_days": 7}'')', :booking));
UPDATE api.bookings SET discount = 0.35 WHERE id = :booking;
SELECT * FROM pg_temp.faults('{"type": "equal", "count": 6, "first_due_date": "2027-01-01", "interval_days": 7}');
SELECT amount FROM api.schedule_payments(:booking, '{"type": "equal", "count": 5, "first_due_date": "2027-01-01", "interval_days": 7}');
RESET ROLE; SET LOCAL realty.identity = '';
SELECT kind, count(*) FROM realty.notifications WHERE user_id = :chitra GROUP BY kind ORDER BY kind;
SELECT * FROM realty.check_invariants();
ROLLBACK;
\set ECHO none
