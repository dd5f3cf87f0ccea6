-- Days are the builder's, and never the session's: Asha builds in Kiritimati and Bala in Pago Pago, whose clocks are 25 hours
-- apart, so that it is never the same day at both. The site's clock is Kolkata's.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' | '
UPDATE realty.builders SET time_zone = CASE id WHEN :asha_b THEN 'Pacific/Kiritimati' ELSE 'Pacific/Pago_Pago' END WHERE id IN (:asha_b, :bala_b);
SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date AS asha_today, (now() AT TIME ZONE 'Pacific/Pago_Pago')::date AS bala_today \gset

-- The year of a booking's number: when it was booked, by the builder's clock. A number that is given stays.
INSERT INTO realty.bookings (unit_id, customer_id, created_at) VALUES (:a101, :dev_c, '2025-12-31 12:00Z') RETURNING id AS at_palm, left(booking_number, 8) AS number \gset
INSERT INTO realty.bookings (unit_id, customer_id, created_at) VALUES (:p7, :dev_c, '2026-01-01 10:00Z') RETURNING id AS at_park, left(booking_number, 8) AS other \gset
SELECT :'number' AS in_kiritimati, :'other' AS in_pago_pago;
INSERT INTO realty.bookings (unit_id, customer_id, booking_number) VALUES (:a102, :chitra_c, 'OLD/77') RETURNING booking_number;
UPDATE realty.bookings SET status = 'confirmed' WHERE id IN (:at_palm, :at_park);

-- Due today is not overdue, due yesterday is: in whatever zone the session is.
INSERT INTO realty.payments (booking_id, amount, due_date) VALUES
    (:at_palm, 1, :'asha_today'::date - 1), (:at_palm, 10, :'asha_today'), (:at_palm, 100, :'asha_today'::date + 1),
    (:at_park, 1, :'bala_today'::date - 1), (:at_park, 10, :'bala_today'), (:at_park, 100, :'bala_today'::date + 1);
CREATE VIEW story.customer WITH (security_invoker = true) AS SELECT * FROM (VALUES
    ('overdue at Palm Court', api.booking_statement(:at_palm) ->> 'overdue'),
    ('overdue at Bala Park', api.booking_statement(:at_park) ->> 'overdue'),
    ('overdue on the dashboard', (SELECT string_agg(concat(p ->> 'amount', ' ', p ->> 'is_overdue'), ', ' ORDER BY (p ->> 'booking_id')::int, (p ->> 'amount')::numeric)
        FROM jsonb_array_elements(api.customer_dashboard() -> 'next_payments') p)),
    ('order of the payments', (SELECT string_agg(p ->> 'amount', ' ' ORDER BY n) FROM jsonb_array_elements(api.booking_statement(:at_palm) -> 'payments') WITH ORDINALITY x (p, n)))) v (what, value);
CREATE VIEW story.builder WITH (security_invoker = true) AS SELECT * FROM (VALUES
    ('overdue', api.collections_report() #>> '{totals,overdue}'),
    ('sold this month', api.builder_dashboard() #>> '{sales_this_month,units}'),
    ('on offer this month', (SELECT string_agg(m ->> 'on_offer', ' ') FROM jsonb_array_elements(api.inventory_report() -> 'absorption') m)),
    ('expected', (SELECT sum((m ->> 'expected')::numeric)::text FROM jsonb_array_elements(api.collections_report() -> 'cash_flow') m))) v (what, value);
GRANT SELECT ON story.customer, story.builder TO PUBLIC;
CREATE FUNCTION story.seen(who bigint, view text) RETURNS TABLE (what text, value text, sessions bigint) LANGUAGE plpgsql AS $$
DECLARE
    zone text;
BEGIN
    CREATE TEMP TABLE seen (what text, value text);
    GRANT INSERT ON seen TO PUBLIC;
    FOREACH zone IN ARRAY ARRAY['UTC', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'] LOOP
        RESET ROLE;
        PERFORM set_config('TimeZone', zone, true), realty.authenticate(realty.issue_token(who));
        EXECUTE 'INSERT INTO seen SELECT * FROM story.' || view;
    END LOOP;
    RESET ROLE;
    PERFORM set_config('TimeZone', 'UTC', true), set_config('realty.identity', '', true);
    RETURN QUERY SELECT s.what, s.value, count(*) FROM seen s GROUP BY 1, 2 ORDER BY 1, 2;
    DROP TABLE seen;
END $$;
SELECT * FROM story.seen(:dev, 'customer');
SELECT * FROM story.seen(:asha, 'builder');
SELECT * FROM story.seen(:bala, 'builder');
-- The caller's time zone: a builder's own, the site's for all others.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
RESET ROLE; SELECT realty.caller_time_zone(), realty.today() = :'asha_today';
SELECT realty.authenticate(realty.issue_token(:dev)) \gset
RESET ROLE; SELECT realty.caller_time_zone(), realty.today() = (now() AT TIME ZONE 'Asia/Kolkata')::date;
SET LOCAL realty.identity = '';

-- A financial year of receipts, by the builder's clock: 1 April begins at 10:00Z the day before in Kiritimati, and at 11:00Z in Pago Pago.
UPDATE realty.payments SET status = 'paid', paid_at = '2025-03-31 10:00Z' WHERE amount = 1;
UPDATE realty.payments SET status = 'paid', paid_at = '2025-03-31 09:59Z' WHERE amount = 10 AND booking_id = :at_palm;
UPDATE realty.payments SET status = 'paid', paid_at = '2025-04-01 11:00Z' WHERE amount = 10 AND booking_id = :at_park;
SELECT p.booking_id = :at_palm AS at_palm, p.amount, regexp_replace(p.receipt_number, '^R\d+-', '') AS receipt FROM realty.payments p WHERE p.status = 'paid' ORDER BY 1, 2;

-- Filters: a day is the whole of it, by a builder's own clock, or the site's.
INSERT INTO realty.payments (booking_id, amount) SELECT :at_palm, 1000 + n FROM generate_series(1, 4) n;
UPDATE realty.payments p SET status = 'paid', paid_at = v.at FROM (VALUES (1001, timestamptz '2025-06-09 09:59:59.999999Z'), (1002, '2025-06-09 10:00Z'),
    (1003, '2025-06-10 09:59:59.999999Z'), (1004, '2025-06-10 10:00Z')) v (amount, at) WHERE p.amount = v.amount;
CREATE FUNCTION story.asked(who bigint, method text, path text, body jsonb DEFAULT NULL) RETURNS TABLE (status int, data jsonb) LANGUAGE sql AS $$
    SELECT r.status, coalesce(r.body::jsonb -> 'data', r.body::jsonb #> '{error,details}')
    FROM realty.request(method, path, body, jsonb_build_object('Authorization', 'Bearer ' || realty.issue_token(who))) r $$;
SELECT u.full_name, filter, (SELECT string_agg(p ->> 'amount', ' ' ORDER BY p ->> 'amount') FROM jsonb_array_elements(a.data -> 'payments') p)
FROM realty.users u, unnest(ARRAY['min_paid_at=2025-06-10&max_paid_at=2025-06-10', 'paid_at=2025-06-10', 'min_paid_at=2025-06-11', 'min_paid_at=2025-06-01&max_paid_at=2025-06-09',
        'min_paid_at=2025-06-10T00:00', 'min_paid_at=2025-06-10T00:00Z', 'max_paid_at=2025-06-10T23:59:59&min_paid_at=2025-06-01', 'paid_at=2025-06-09T10:00:00Z']) WITH ORDINALITY f (filter, n),
    story.asked(u.id, 'GET', '/api/payments?' || filter) a
WHERE u.id IN (:asha, :dev, :esha) ORDER BY u.id, n;
SELECT a.status, a.data FROM story.asked(:asha, 'GET', '/api/payments?paid_at=2025-02-30&min_paid_at=yesterday') a;

-- A time without an offset is read by the clock of the project's builder, whose hours are from ten to six, Monday to Saturday.
SELECT a.status, a.data #>> '{appointment,starts_at}' AS starts_at, a.data #>> '{appointment,ends_at}' AS ends_at, a.data #> '{appointment,id}' AS id
FROM story.asked(:dev, 'POST', '/api/appointments', jsonb_build_object('project_id', :palm, 'starts_at', '2035-06-04T10:00', 'ends_at', '2035-06-04 11:00:00')) a \gset v_
SELECT :v_status, :'v_starts_at', :'v_ends_at';
SELECT a.status, a.data #>> '{appointment,starts_at}', a.data #>> '{appointment,ends_at}' FROM story.asked(:dev, 'PATCH', '/api/appointments/' || :v_id, '{"starts_at": "2035-06-04T17:00", "ends_at": "2035-06-04T18:00"}') a;
SELECT a.status, a.data #>> '{appointment,starts_at}' FROM story.asked(:asha, 'PATCH', '/api/appointments/' || :v_id, '{"starts_at": "2035-06-04T16:30"}') a;
SELECT a.status, a.data #>> '{appointment,starts_at}', a.data #>> '{appointment,ends_at}' FROM story.asked(:esha, 'PATCH', '/api/appointments/' || :v_id, '{"starts_at": "2035-06-04T15:30", "ends_at": "2035-06-04T16:30+14:00"}') a;
SELECT a.status, a.data FROM story.asked(:dev, 'POST', '/api/appointments', jsonb_build_object('project_id', :park, 'starts_at', '2035-06-04T18:00', 'ends_at', '2035-06-04T19:00')) a;
SELECT a.status, a.data #>> '{appointment,starts_at}' FROM story.asked(:dev, 'POST', '/api/appointments', jsonb_build_object('project_id', :park, 'starts_at', '2035-06-04T17:00', 'ends_at', '2035-06-04T18:00')) a;
SELECT a.status, a.data FROM story.asked(:dev, 'POST', '/api/appointments', jsonb_build_object('project_id', :quiet, 'starts_at', '2035-06-04T10:00', 'ends_at', '2035-06-04T11:00')) a;
-- So is an update's, for an administrator, too.
INSERT INTO realty.construction_updates (project_id, title) VALUES (:palm, 'Roof') RETURNING id AS roof \gset
SELECT a.status, a.data #>> '{update,published_at}' FROM story.asked(:esha, 'PATCH', '/api/updates/' || :roof, '{"published_at": "2026-01-31T08:00"}') a;
SELECT a.status, a.data #>> '{update,published_at}' FROM story.asked(:asha, 'POST', '/api/updates', jsonb_build_object('project_id', :palm, 'title', 'Lift', 'published_at', '2026-01-31')) a;
-- And the end to which a hold is extended; the error for a held unit uses that zone, too.
SET LOCAL realty.hold_minutes = 60; SET LOCAL realty.max_open_bookings_per_customer = 0;
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a103, :chitra_c) RETURNING id AS hold \gset
SELECT a.status, (a.data #>> '{booking,hold_expires_at}')::timestamptz = date_trunc('minute', now() + interval '3 days') AS in_three_days
FROM story.asked(:esha, 'POST', '/api/bookings/' || :hold || '/extend', jsonb_build_object('reason', 'The bank asks for time.',
    'until', to_char((now() + interval '3 days') AT TIME ZONE 'Pacific/Kiritimati', 'YYYY-MM-DD"T"HH24:MI'))) a;
SELECT regexp_replace(detail, 'until .* \(', 'until … (') FROM story.refusal(format('INSERT INTO realty.bookings (unit_id, customer_id) VALUES (%s, %s)', :a103, :dev_c));
-- And so is a row's in a list.
CREATE SCHEMA site;
CREATE TABLE site.tours (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz, floor int);
GRANT USAGE ON SCHEMA site TO realty_builder; GRANT SELECT, INSERT (at, floor) ON site.tours TO realty_builder;
INSERT INTO realty.resources (name, view, singular) VALUES ('tours', 'site.tours', 'tour');
INSERT INTO realty.routes (method, path, handler, resource, roles, status) VALUES ('POST', '/site/tours', 'create_many', 'tours', '{builder}', 201);
SELECT a.status FROM story.asked(:asha, 'POST', '/site/tours', '[{"at": "2026-01-31T08:00", "floor": 2.0}, {"at": "2026-01-31"}, {"at": "2026-01-31T08:00Z"}, {"floor": 3}]') a;
SELECT at, floor FROM site.tours ORDER BY id;

-- Through PostgREST the session's clock is the caller's, to the transaction's end, unless the client asked for another; in psql it is its own.
SELECT realty.issue_token(:asha) AS asha_token, realty.issue_token(:dev) AS dev_token \gset
RESET ROLE; SET LOCAL realty.identity = ''; SET TimeZone = DEFAULT; SHOW TimeZone \gset session_
SET LOCAL SESSION AUTHORIZATION realty_authenticator; SET LOCAL ROLE realty_builder;
SELECT set_config('request.headers', json_build_object('authorization', 'Bearer ' || :'asha_token')::text, true) \g /dev/null
SAVEPOINT before;
SELECT api.pre_request(), current_setting('TimeZone');
SELECT current_setting('TimeZone');
ROLLBACK TO before;
SET LOCAL TimeZone = 'Europe/Paris';
SELECT api.pre_request();
SHOW TimeZone;
ROLLBACK TO before;
SELECT set_config('request.headers', json_build_object('authorization', 'Bearer ' || :'asha_token', 'prefer', 'timezone=' || :'session_TimeZone')::text, true) \g /dev/null
SELECT api.pre_request();
SELECT current_setting('TimeZone') = :'session_TimeZone';
ROLLBACK TO before;
SET LOCAL ROLE realty_customer;
SELECT set_config('request.headers', json_build_object('authorization', 'Bearer ' || :'dev_token')::text, true) \g /dev/null
SELECT api.pre_request();
SHOW TimeZone;
ROLLBACK TO before;
SET LOCAL ROLE realty_anon;
SELECT set_config('request.headers', '{}', true) \g /dev/null
SELECT api.pre_request();
SHOW TimeZone;
ROLLBACK TO before;
RESET SESSION AUTHORIZATION;
SELECT api.pre_request();
SELECT current_setting('TimeZone') = :'session_TimeZone';
ROLLBACK;
