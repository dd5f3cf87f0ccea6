-- Builders and projects off the market sell, show and receive nothing: a deactivated or deleted builder, a project in planning,
-- on hold or cancelled; on every reader. And where the site asks for it, a company that is not verified.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
-- What a reader learns of Palm Court and of its units, by every way there is.
CREATE FUNCTION story.shown(OUT listed bigint, OUT one bigint, OUT units bigint, OUT unit bigint, OUT hits bigint, OUT unit_hits bigint, OUT cities int) LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM api.projects WHERE name = 'Palm Court'), (SELECT count(*) FROM api.projects WHERE id = current_setting('story.palm')::bigint),
        (SELECT count(*) FROM api.units WHERE project_id = current_setting('story.palm')::bigint AND status = 'available'),
        (SELECT count(*) FROM api.units WHERE id = current_setting('story.a101')::bigint),
        (SELECT count(*) FROM api.search('palm') WHERE kind = 'project'), (SELECT count(*) FROM api.search('palm 101') WHERE kind = 'unit'),
        cardinality(api.project_cities('Pune')) $$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA story TO PUBLIC;
CREATE FUNCTION story.http(path text) RETURNS int LANGUAGE sql AS $$ SELECT r.status FROM realty.request('GET', path) r $$;
SELECT set_config('story.palm', :'palm', true), set_config('story.a101', :'a101', true) \gset
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a103, :chitra_c) RETURNING id AS booking \gset
SET LOCAL ROLE realty_anon;
SELECT * FROM story.shown();
RESET ROLE;
SELECT story.http(format('/api/projects/%s', :palm)) AS one, story.http(format('/api/projects/%s/availability', :palm)) AS availability,
    story.http(format('/api/appointments/slots?project_id=%s&date=2027-06-07', :palm)) AS slots, story.http(format('/api/units/%s', :a101)) AS unit;

INSERT INTO realty.appointments (project_id, customer_id, starts_at, ends_at) VALUES (:palm, :chitra_c, '2035-06-04 10:00+05:30', '2035-06-04 11:00+05:30') RETURNING id AS visit \gset
-- Asha's account is deactivated: hidden from anonymous users, customers and other builders.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
UPDATE api.users SET is_active = false WHERE id = :asha;
SELECT name, is_listed, total_units, available_units FROM api.projects WHERE builder_id = :asha_b ORDER BY name;
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_anon;
SELECT * FROM story.shown();
RESET ROLE;
SELECT story.http(format('/api/projects/%s', :palm)) AS one, story.http(format('/api/projects/%s/availability', :palm)) AS availability,
    story.http(format('/api/appointments/slots?project_id=%s&date=2027-06-07', :palm)) AS slots, story.http(format('/api/units/%s', :a101)) AS unit;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT * FROM story.shown();
SELECT * FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a101));
SELECT * FROM story.refusal(format('INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (%s, ''2199-05-06 10:00+05:30'', ''2199-05-06 11:00+05:30'')', :palm));
-- a draft of hers stays as unknown as it was
SELECT state, detail FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :q1));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT * FROM story.shown();
-- The buyer still sees the project, and that nothing of it is on sale.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT name, is_listed, available_units FROM api.projects WHERE id = :palm;
-- The unit she bought as well, by its number and in lists; no other of the project.
SELECT id = :a103 AS hers, status FROM api.units WHERE project_id = :palm;
SELECT id = :a103 AS hers FROM api.units WHERE id IN (:a101, :a103);
RESET ROLE; SET LOCAL realty.identity = '';
SELECT r.status, r.body::jsonb #>> '{data,unit,unit_number}' AS unit_number FROM unnest(ARRAY[:a103, :a101]) WITH ORDINALITY u (id, n), realty.request('GET', '/api/units/' || u.id, NULL,
    jsonb_build_object('Authorization', 'Bearer ' || realty.issue_token(:chitra))) r ORDER BY n;
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT jsonb_array_length(api.customer_dashboard() -> 'bookings') AS bookings;
SELECT count(*) FROM api.appointment_slots(:palm, current_date + 30);
-- An existing visit may be cancelled, and is not moved to where no visitors are received.
SELECT state, code FROM story.refusal(format('UPDATE api.appointments SET starts_at = starts_at + interval ''1 day'', ends_at = ends_at + interval ''1 day'' WHERE id = %s', :visit));
SELECT status FROM api.cancel_appointment(:visit);
SELECT state, code, detail FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a101));
-- For what she sees, the error gives the reason.
SELECT state, code, message FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a103));
SELECT state, code FROM story.refusal(format('INSERT INTO api.appointments (project_id, unit_id, starts_at, ends_at) VALUES (%s, %s, ''2199-05-06 10:00+05:30'', ''2199-05-06 11:00+05:30'')', :palm, :a103));
SELECT state, detail FROM story.refusal(format('INSERT INTO api.appointments (project_id, unit_id, starts_at, ends_at) VALUES (%s, %s, ''2199-05-06 10:00+05:30'', ''2199-05-06 11:00+05:30'')', :palm, :a101));
-- Neither is it available where the administrator counts.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT state, code FROM story.refusal(format('INSERT INTO api.bookings (unit_id, customer_id) VALUES (%s, %s)', :a101, :dev_c));
RESET ROLE; SET LOCAL realty.identity = '';
SELECT status, count(*) FROM analytics.inventory WHERE builder_id = :asha_b GROUP BY status ORDER BY status;
SELECT * FROM realty.check_invariants();
-- What is added meanwhile stays away as well; all comes back with the account.
INSERT INTO realty.projects (builder_id, name, city, status) VALUES (:asha_b, 'Palm Annexe', 'Pune', 'launched') RETURNING is_listed;
UPDATE realty.users SET is_active = true WHERE id = :asha;
SELECT name, is_listed, available_units FROM api.projects WHERE builder_id = :asha_b ORDER BY name;
SET LOCAL ROLE realty_anon;
SELECT * FROM story.shown();
RESET ROLE;
SELECT count(*) FROM realty.unit_changes WHERE project_id = :palm;
SELECT * FROM realty.check_invariants();
-- Deleted: likewise, and its badge falls.
UPDATE realty.builders SET is_verified = true WHERE id = :bala_b;
DELETE FROM realty.users WHERE id = :bala;
SELECT p.name, p.is_listed, b.is_verified FROM api.projects p JOIN api.builders b ON b.id = p.builder_id WHERE b.id = :bala_b;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT state, code FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :p7));
ROLLBACK;

-- On hold and cancelled
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c), (:a102, :dev_c);
INSERT INTO realty.units (project_id, unit_number, price) VALUES (:palm, 'old', 1) RETURNING id AS old \gset
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:old, :dev_c);
UPDATE realty.bookings SET status = 'cancelled' WHERE unit_id = :old;
INSERT INTO realty.appointments (project_id, customer_id, starts_at, ends_at) VALUES (:palm, :dev_c, '2035-06-04 10:00+05:30', '2035-06-04 11:00+05:30') RETURNING id AS visit \gset
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, code, message, regexp_replace(detail, '-\d+-\d+', '-…', 'g') AS detail FROM story.refusal(format('UPDATE api.projects SET status = ''cancelled'' WHERE id = %s', :palm));
UPDATE api.projects SET status = 'on_hold' WHERE id = :palm RETURNING is_listed, available_units;
SELECT state, code FROM story.refusal(format('UPDATE api.projects SET status = ''cancelled'' WHERE id = %s', :palm));
SELECT count(*) AS own_units FROM api.units WHERE project_id = :palm;
RESET ROLE; SET LOCAL ROLE realty_anon;
SELECT count(*) FROM api.projects WHERE id = :palm;
SELECT count(*) FROM api.units WHERE project_id = :palm;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT state, code, detail FROM story.refusal(format('INSERT INTO api.bookings (unit_id) VALUES (%s)', :a103));
SELECT state, code, detail FROM story.refusal(format('INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (%s, ''2199-05-06 10:00+05:30'', ''2199-05-06 11:00+05:30'')', :palm));
SELECT state, code, detail FROM story.refusal(format('UPDATE api.appointments SET starts_at = starts_at + interval ''1 day'', ends_at = ends_at + interval ''1 day'' WHERE id = %s', :visit));
SELECT name, status FROM api.projects WHERE id = :palm;
SELECT id = :a102 AS his, status FROM api.units WHERE project_id = :palm;
INSERT INTO api.messages (recipient_id, unit_id, body) VALUES (:asha, :a102, 'What becomes of it?') RETURNING project_id = :palm AS about_it;
SELECT state, detail FROM story.refusal(format('INSERT INTO api.messages (recipient_id, unit_id, body) VALUES (%s, %s, ''And of this?'')', :asha, :a103));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT c.status FROM api.bookings b, api.cancel_booking(b.id, 'The first of them') c WHERE b.unit_id = :a101;
SELECT message FROM story.refusal(format('UPDATE api.projects SET status = ''cancelled'' WHERE id = %s', :palm));
SELECT count(*) FROM api.bookings b, api.cancel_booking(b.id, 'The project ends') c WHERE b.status = 'pending' AND b.project_id = :palm;
UPDATE api.projects SET status = 'cancelled' WHERE id = :palm RETURNING status, is_listed;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT count(*) FROM api.projects WHERE id = :palm;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;

-- Only verified companies
BEGIN;
\i :cast
SHOW realty.verified_builders_only;
UPDATE realty.builders SET is_verified = true WHERE id = :bala_b;
SET LOCAL realty.verified_builders_only = on;
-- The setting alone changes nothing; the sweeper takes the existing projects from the market and brings them back, or relist_projects() at once.
SELECT swept, failed FROM realty.sweep(100) WHERE what = 'listings';
SELECT name, is_listed FROM api.projects ORDER BY name;
SELECT swept, failed FROM realty.sweep(100) WHERE what = 'listings';
SET LOCAL realty.verified_builders_only = off;
SELECT swept, failed FROM realty.sweep(1) WHERE what = 'listings';
SELECT realty.relist_projects();
SELECT swept, failed FROM realty.sweep(100) WHERE what = 'listings';
SELECT count(*) FROM api.projects WHERE is_listed;
SET LOCAL realty.verified_builders_only = on;
SELECT realty.relist_projects();
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT * FROM story.refusal(format('UPDATE api.projects SET status = ''launched'' WHERE id = %s', :quiet));
SELECT state, code FROM story.refusal('INSERT INTO api.projects (name, city, status) VALUES (''New Place'', ''Pune'', ''construction'')');
INSERT INTO api.projects (name, city) VALUES ('New Place', 'Pune') RETURNING status, is_listed;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
UPDATE api.builders SET is_verified = true WHERE id = :asha_b;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
UPDATE api.projects SET status = 'launched' WHERE id = :quiet RETURNING is_listed;
-- Another name or licence, and the badge is removed, the projects leave, the administrators are notified.
UPDATE api.builders SET description = 'Homes since 1999' WHERE id = :asha_b RETURNING is_verified;
UPDATE api.builders SET company_name = 'Bala Builds Pvt' WHERE id = :asha_b RETURNING is_verified;
SELECT name, is_listed FROM api.projects WHERE builder_id = :asha_b ORDER BY name;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
UPDATE api.builders SET license_number = 'RERA/1' WHERE id = :bala_b RETURNING is_verified;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT kind, title, body, data - 'builder_id' AS data FROM api.notifications WHERE kind = 'company_changed' ORDER BY id;
UPDATE api.builders SET is_verified = true WHERE id IN (:asha_b, :bala_b);
UPDATE api.builders SET company_name = 'Asha Homes' WHERE id = :asha_b RETURNING is_verified;
SELECT name, is_listed FROM api.projects ORDER BY name;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM realty.check_invariants();
ROLLBACK;
