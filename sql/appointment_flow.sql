-- An appointment is requested, confirmed, moved, held; or cancelled. Each
-- parties are notified, except the acting one.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
\set ECHO none
-- Monday 4 June 2035 at Asha's, who receives on weekdays from ten to six.
INSERT INTO realty.builder_availability (builder_id, weekday, opens, closes)
SELECT :asha_b, d, '10:00', '18:00' FROM generate_series(1, 5) d;
CREATE VIEW story.news AS
SELECT u.full_name AS who, n.kind, n.title, n.body FROM realty.notifications n JOIN realty.users u ON u.id = n.user_id
WHERE n.kind LIKE 'appointment%' AND u.email LIKE '%@cast.example' ORDER BY n.id;
GRANT SELECT ON story.news TO PUBLIC;
\set ECHO all

-- Chitra asks for a visit. Builder and customer are not hers to say.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.appointments (project_id, unit_id, starts_at, ends_at, notes)
VALUES (:palm, :a101, '2035-06-04 11:00+05:30', '2035-06-04 12:00+05:30', 'with my parents')
RETURNING id AS visit, status, kind, customer_id = :chitra_c AS hers, builder_id = :asha_b AS of_asha \gset
SELECT :'status' AS status, :'kind' AS kind, :'hers' AS hers, :'of_asha' AS of_asha;
INSERT INTO api.appointments (project_id, builder_id, starts_at, ends_at) VALUES (:palm, :bala_b, '2035-06-04 15:00+05:30', '2035-06-04 16:00+05:30');
INSERT INTO api.appointments (project_id, customer_id, starts_at, ends_at) VALUES (:palm, :dev_c, '2035-06-04 15:00+05:30', '2035-06-04 16:00+05:30');
INSERT INTO api.appointments (project_id, status, starts_at, ends_at) VALUES (:palm, 'confirmed', '2035-06-04 15:00+05:30', '2035-06-04 16:00+05:30');
SELECT * FROM api.confirm_appointment(:visit);
UPDATE api.appointments SET status = 'confirmed' WHERE id = :visit;

-- Neither the neighbour nor another builder knows of it.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT count(*) FROM api.appointments;
SELECT * FROM api.cancel_appointment(:visit);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT count(*) FROM api.appointments;
SELECT * FROM api.confirm_appointment(:visit);
INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (:park, '2035-06-04 11:00Z', '2035-06-04 12:00Z');

-- Asha confirms, and moves it; it stays confirmed.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_appointment(:visit);
SELECT status FROM api.confirm_appointment(:visit);
UPDATE api.appointments SET cancellation_reason = 'none yet' WHERE id = :visit;
UPDATE api.appointments SET starts_at = '2035-06-04 14:00+05:30', ends_at = '2035-06-04 15:00+05:30' WHERE id = :visit RETURNING status;
SELECT name, kind FROM api.contacts ORDER BY name;

-- Chitra moves it: now Asha has to agree again. What it is about stays.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
UPDATE api.appointments SET starts_at = '2035-06-05 10:00+05:30', ends_at = '2035-06-05 11:30+05:30' WHERE id = :visit RETURNING status;
UPDATE api.appointments SET notes = 'alone' WHERE id = :visit RETURNING status;
UPDATE api.appointments SET status = 'cancelled', starts_at = '2035-06-06 10:00+05:30' WHERE id = :visit;
UPDATE api.appointments SET unit_id = NULL WHERE id = :visit;

-- It cannot be recorded as held or missed before it has begun: not by the owner either.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.confirm_appointment(:visit);
SELECT status FROM api.complete_appointment(:visit);
SELECT status FROM api.no_show_appointment(:visit);
UPDATE api.appointments SET status = 'completed' WHERE id = :visit;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT message FROM story.refusal(format('UPDATE realty.appointments SET status = ''no_show'' WHERE id = %s', :visit));
-- The visit is held; after that nothing more happens to it.
SET LOCAL session_replication_role = replica;
UPDATE realty.appointments SET starts_at = '2020-06-05 10:00+05:30', ends_at = '2020-06-05 11:30+05:30' WHERE id = :visit;
SET LOCAL session_replication_role = origin;
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.complete_appointment(:visit);
SELECT * FROM api.cancel_appointment(:visit);
UPDATE api.appointments SET starts_at = '2035-06-06 10:00+05:30', ends_at = '2035-06-06 11:00+05:30' WHERE id = :visit;
DELETE FROM api.appointments WHERE id = :visit;

-- Chitra asks for another and calls it off, saying why; the time is free again.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.appointments (project_id, kind, starts_at, ends_at) VALUES (:palm, 'call', '2035-06-07 10:00+05:30', '2035-06-07 10:30+05:30') RETURNING id AS call \gset
SELECT state, detail FROM story.refusal(format('SELECT api.cancel_appointment(%s, E''a\u0007b'')', :call));
SELECT status, cancellation_reason FROM api.cancel_appointment(:call, 'Fell ill.');
INSERT INTO api.appointments (project_id, kind, starts_at, ends_at) VALUES (:palm, 'call', '2035-06-07 10:00+05:30', '2035-06-07 10:30+05:30') RETURNING id AS again \gset
-- What she cancelled or what is unconfirmed she may delete; what was held stays.
DELETE FROM api.appointments WHERE id IN (:call, :again, :visit);
SELECT count(*) FROM api.appointments;
-- Dev did not come.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (:palm, '2035-06-08 10:00+05:30', '2035-06-08 11:00+05:30') RETURNING id AS missed \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT * FROM api.no_show_appointment(:missed);
SELECT status FROM api.confirm_appointment(:missed);
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL session_replication_role = replica;
UPDATE realty.appointments SET starts_at = '2020-06-08 10:00+05:30', ends_at = '2020-06-08 11:00+05:30' WHERE id = :missed;
SET LOCAL session_replication_role = origin;
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.no_show_appointment(:missed);
-- A request that was not answered in time cannot be confirmed afterwards: moved first, or cancelled. The owner records that it was.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (:palm, '2035-06-08 10:00+05:30', '2035-06-08 11:00+05:30') RETURNING id AS late \gset
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL session_replication_role = replica;
UPDATE realty.appointments SET starts_at = statement_timestamp() - interval '2 hours', ends_at = statement_timestamp() - interval '1 second' WHERE id = :late;
SET LOCAL session_replication_role = origin;
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT * FROM story.refusal(format('SELECT api.confirm_appointment(%s)', :late));
SELECT state, code FROM story.refusal(format('UPDATE api.appointments SET status = ''confirmed'' WHERE id = %s', :late));
SELECT state, detail FROM story.refusal(format('UPDATE api.appointments SET starts_at = starts_at, ends_at = ends_at + interval ''1 second'' WHERE id = %s', :late));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT state, code FROM story.refusal(format('UPDATE api.appointments SET status = ''confirmed'' WHERE id = %s', :late));
RESET ROLE; SET LOCAL realty.identity = '';
SAVEPOINT late;
UPDATE realty.appointments SET status = 'confirmed' WHERE id = :late RETURNING status;
ROLLBACK TO late;
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT status FROM api.cancel_appointment(:late);
ROLLBACK TO late;
RESET ROLE;
-- An administrator makes one for Dev: both hear of it.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
INSERT INTO api.appointments (project_id, customer_id, starts_at, ends_at) VALUES (:palm, :dev_c, '2035-06-11 10:00+05:30', '2035-06-11 11:00+05:30') RETURNING status;
INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (:palm, '2035-06-11 11:00+05:30', '2035-06-11 12:00+05:30');
INSERT INTO api.appointments (project_id, customer_id, starts_at, ends_at) VALUES (:palm, 0, '2035-06-11 11:00+05:30', '2035-06-11 12:00+05:30');
RESET ROLE; SET LOCAL realty.identity = '';
SELECT who, kind, title, body FROM story.news;

-- The owner records the past at any date; no notification is sent about it.
INSERT INTO realty.appointments (customer_id, project_id, starts_at, ends_at, status)
VALUES (:dev_c, :park, '2020-01-05 03:00Z', '2020-01-05 04:00Z', 'completed') RETURNING builder_id = :bala_b AS of_bala;
SELECT count(*) FROM story.news WHERE who = 'Bala Iyer';
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- Refusals, with all that is wrong at once.
BEGIN;
\i :cast
INSERT INTO realty.builder_availability (builder_id, weekday, opens, closes) VALUES (:asha_b, 1, '10:00', '18:00');
\set ECHO none
-- story.try(...): how that appointment is rejected, a row for each violation
CREATE FUNCTION story.try(project_id bigint, unit_id bigint, kind text, starts_at text, ends_at text)
RETURNS TABLE (state text, field text, message text) LANGUAGE sql AS $$
    SELECT r.state, f.field, coalesce(f.message, r.message)
    FROM story.refusal(format('INSERT INTO api.appointments (project_id, unit_id, kind, starts_at, ends_at) VALUES (%L, %L, %L, %L, %L)',
                              $1, $2, $3, $4, $5)) r
         LEFT JOIN LATERAL jsonb_to_recordset(CASE r.state WHEN 'PT422' THEN r.detail::jsonb END) f (field text, message text) ON true
$$;
\set ECHO all
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
-- nothing given
SELECT * FROM story.try(NULL, NULL, NULL, NULL, NULL);
-- a project in planning, another builder's unit, the past, backwards, an unknown kind
SELECT * FROM story.try(:quiet, :p7, 'party', '2020-01-01', '2019-01-01');
-- a unit of another project
SELECT * FROM story.try(:palm, :p7, 'call', '2035-06-04 10:00+05:30', '2035-06-04 11:00+05:30');
-- before opening, over closing, on a Tuesday, for a minute, for a day
SELECT * FROM story.try(:palm, NULL, 'call', '2035-06-04 09:59:59+05:30', '2035-06-04 11:00+05:30');
SELECT * FROM story.try(:palm, NULL, 'call', '2035-06-04 17:30+05:30', '2035-06-04 18:00:01+05:30');
SELECT * FROM story.try(:palm, NULL, 'call', '2035-06-05 10:00+05:30', '2035-06-05 11:00+05:30');
SELECT * FROM story.try(:palm, NULL, 'call', '2035-06-04 10:00+05:30', '2035-06-04 10:01+05:30');
SELECT * FROM story.try(:palm, NULL, 'call', '2035-06-04 10:00+05:30', '2035-06-05 10:00+05:30');
-- times that are none, or hardly
SELECT * FROM story.try(:palm, NULL, 'call', 'infinity', 'infinity');
SELECT * FROM story.try(:palm, NULL, 'call', '-infinity', 'infinity');
SELECT * FROM story.try(:palm, NULL, 'call', '2035-06-04 10:00+05:30', 'infinity');
SELECT * FROM story.try(:palm, NULL, 'call', '294276-12-31 22:00Z', '294276-12-31 23:30Z');
-- the whole window is good, and two that touch
INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (:palm, '2035-06-04 10:00+05:30', '2035-06-04 14:00+05:30'),
    (:palm, '2035-06-04 14:00+05:30', '2035-06-04 18:00+05:30') RETURNING status;
-- overlapping: the builder's, also within one statement; and the customer's own, at another builder
SELECT * FROM story.try(:palm, NULL, 'call', '2035-06-04 13:30+05:30', '2035-06-04 14:30+05:30');
SELECT state, code, message FROM story.refusal(format('INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (%s, ''2035-06-11 10:00+05:30'', ''2035-06-11 11:00+05:30''), (%1$s, ''2035-06-11 10:30+05:30'', ''2035-06-11 11:30+05:30'')', :palm));
SELECT * FROM story.try(:park, NULL, 'call', '2035-06-04 10:00+05:30', '2035-06-04 11:00+05:30');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT * FROM story.try(:palm, NULL, 'call', '2035-06-04 10:00+05:30', '2035-06-04 11:00+05:30');
INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (:park, '2035-06-04 10:00+05:30', '2035-06-04 11:00+05:30') RETURNING status;
-- the owner is bound by it as well, and without the trigger the constraint holds
RESET ROLE; SET LOCAL realty.identity = '';
INSERT INTO realty.appointments (customer_id, project_id, starts_at, ends_at) VALUES (:dev_c, :palm, '2035-06-04 10:00+05:30', '2035-06-04 11:00+05:30');
SET LOCAL session_replication_role = replica;
INSERT INTO realty.appointments (customer_id, project_id, builder_id, starts_at, ends_at) VALUES (:dev_c, :palm, :asha_b, '2035-06-04 10:00+05:30', '2035-06-04 11:00+05:30');
SET LOCAL session_replication_role = origin;
-- a savepoint gives the time back
SAVEPOINT before;
INSERT INTO realty.appointments (customer_id, project_id, starts_at, ends_at) VALUES (:dev_c, :palm, '2035-06-18 10:00+05:30', '2035-06-18 11:00+05:30');
ROLLBACK TO before;
INSERT INTO realty.appointments (customer_id, project_id, starts_at, ends_at) VALUES (:chitra_c, :palm, '2035-06-18 10:00+05:30', '2035-06-18 11:00+05:30');
SELECT * FROM realty.check_invariants();
ROLLBACK;
