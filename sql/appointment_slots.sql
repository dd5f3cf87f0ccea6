-- Opening hours by the builder's own clock, and the times that are offered.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
-- Asha sets her week: all of it at once, and what was there before is gone.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT weekday, exception_date, opens, closes, is_open FROM api.set_availability('[{"weekday": 1, "opens": "09:00", "closes": "12:00"}]');
SELECT weekday, exception_date, opens, closes, is_open FROM api.set_availability('[
    {"weekday": 1, "opens": "10:00", "closes": "13:00"}, {"weekday": 1, "opens": "14:00", "closes": "18:00"},
    {"weekday": 2, "opens": "22:00", "closes": "24:00"}, {"weekday": 3, "opens": "00:00", "closes": "01:30:00"},
    {"exception_date": "2035-06-11", "is_open": false}, {"exception_date": "2035-06-10", "opens": "11:00", "closes": "12:00"}]');
SELECT builder_id = :asha_b AS hers, count(*) FROM api.builder_availability GROUP BY 1;
-- Everything that is wrong, at once; nothing is changed by it.
SELECT f.* FROM story.refusal($$SELECT * FROM api.set_availability('[
    {"weekday": 8, "opens": "10:00", "closes": "13:00"}, {"weekday": "1", "opens": "9", "closes": "25:00"}, 7,
    {"opens": "10:00", "closes": "11:00"}, {"weekday": 2, "exception_date": "2035-02-29", "opens": "10:00", "closes": "10:00", "color": "red"},
    {"weekday": 3, "is_open": false, "opens": "10:00"}, {"weekday": 4, "is_open": "no", "opens": "10:00", "closes": "11:00"},
    {"weekday": 5, "opens": "10:00", "closes": "12:00"}, {"weekday": 5, "opens": "11:59", "closes": "13:00"},
    {"weekday": 6}, {"weekday": null, "exception_date": "2036-02-29", "is_open": false}]')$$) r, jsonb_to_recordset(r.detail::jsonb) f (field text, message text);
SELECT detail FROM story.refusal($$SELECT * FROM api.set_availability('{}')$$);
SELECT detail FROM story.refusal($$SELECT * FROM api.set_availability(NULL)$$);
SELECT detail FROM story.refusal($$SELECT * FROM api.set_availability((SELECT jsonb_agg('{"exception_date": "2035-06-11", "is_open": false}'::jsonb) FROM generate_series(1, 1001)))$$);
SELECT count(*) FROM api.builder_availability WHERE builder_id = :asha_b;
-- Hers only; an administrator names the builder.
SELECT * FROM api.set_availability('[]', :bala_b);
UPDATE api.builder_availability SET opens = '08:00' WHERE builder_id = :bala_b RETURNING 1;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT * FROM api.set_availability('[]');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT * FROM api.set_availability('[]');
SELECT weekday, opens, closes FROM api.set_availability('[{"weekday": 7, "opens": "08:00", "closes": "09:00"}]', :bala_b);
SELECT * FROM api.set_availability('[]', :bala_b);

-- Days by the builder's clock: Monday with a break, Tuesday into Wednesday, a closed Monday, an open Sunday.
RESET ROLE; SET LOCAL realty.identity = '';
SELECT d::date AS day, realty.open_hours(:asha_b, d::date, d::date) FROM generate_series('2035-06-04', '2035-06-11', interval '1 day') d;
SELECT realty.open_hours(:asha_b, '2035-06-05', '2035-06-06') @> tstzrange('2035-06-05 23:00+05:30', '2035-06-06 01:00+05:30') AS over_midnight;
-- Bala has set nothing: he receives Monday to Saturday from ten to six, except at his exceptions.
INSERT INTO realty.builder_availability (builder_id, exception_date, is_open) VALUES (:bala_b, '2035-06-05', false);
SELECT realty.open_hours(:bala_b, '2035-06-04', '2035-06-06');
SELECT realty.open_hours(:bala_b, '2035-06-09', '2035-06-10') AS saturday_and_sunday;
SELECT date_trunc('week', now() AT TIME ZONE 'Asia/Kolkata')::date + 14 AS monday \gset
SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT count(*), (min(starts_at) AT TIME ZONE 'Asia/Kolkata')::time AS opens, (max(ends_at) AT TIME ZONE 'Asia/Kolkata')::time AS closes,
    bool_and(default_hours) AS default_hours FROM api.appointment_slots(:park, :'monday');
SELECT count(*) AS on_sunday FROM api.appointment_slots(:park, :'monday'::date + 6);
SELECT (story.refusal(format('INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (%s, %L, %L)', :park, day || ' ' || opens, day || ' ' || closes))).detail
FROM (VALUES (date '2035-06-04', '09:30+05:30', '10:30+05:30'), ('2035-06-04', '17:30+05:30', '18:30+05:30'), ('2035-06-04', '02:00+05:30', '03:00+05:30'),
             ('2035-06-10', '11:00+05:30', '12:00+05:30'), ('2035-06-05', '11:00+05:30', '12:00+05:30')) v (day, opens, closes);
INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (:park, '2035-06-09 17:00+05:30', '2035-06-09 18:00+05:30') RETURNING status;
RESET ROLE; SET LOCAL realty.identity = '';

-- A clock that is put forward and back: New York, on Sundays 11 March and 4 November 2035.
UPDATE realty.builders SET time_zone = 'America/New_York' WHERE id = :bala_b;
DELETE FROM realty.builder_availability WHERE builder_id = :bala_b;
INSERT INTO realty.builder_availability (builder_id, weekday, opens, closes) VALUES (:bala_b, 7, '01:00', '04:00');
SELECT d AS day, realty.open_hours(:bala_b, d, d), upper(h) - lower(h) AS hours
FROM (VALUES (date '2035-03-04'), ('2035-03-11'), ('2035-11-04')) v (d), unnest(realty.open_hours(:bala_b, d, d)) h;
-- windows within the hour that is left out are empty or follow it
UPDATE realty.builder_availability SET opens = '02:30', closes = '03:15' WHERE builder_id = :bala_b;
SELECT realty.open_hours(:bala_b, '2035-03-11', '2035-03-11');
UPDATE realty.builder_availability SET opens = '02:10', closes = '02:50' WHERE builder_id = :bala_b;
SELECT realty.open_hours(:bala_b, '2035-03-11', '2035-03-11');
-- an appointment over the change: 01:30 to 03:30 on the clock lasts an hour
UPDATE realty.builder_availability SET opens = '01:00', closes = '04:00' WHERE builder_id = :bala_b;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SET LOCAL TimeZone = 'America/New_York';
INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (:park, '2035-03-11 01:30', '2035-03-11 03:30') RETURNING ends_at - starts_at AS lasts;
INSERT INTO api.appointments (project_id, starts_at, ends_at) VALUES (:park, '2035-03-11 03:30', '2035-03-11 04:30');
SET LOCAL TimeZone = 'UTC';

-- A zone is a name of the time zone database.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
UPDATE api.builders SET time_zone = 'Mars/Olympus' WHERE id = :bala_b;
UPDATE api.builders SET time_zone = 'India-5:30' WHERE id = :bala_b;
UPDATE api.builders SET time_zone = '../../etc/passwd' WHERE id = :bala_b;
UPDATE api.builders SET time_zone = '' WHERE id = :bala_b;
UPDATE api.builders SET time_zone = NULL WHERE id = :bala_b;
UPDATE api.builders SET time_zone = 'Etc/GMT+99' WHERE id = :bala_b;
UPDATE api.builders SET time_zone = 'Etc/GMT+5' WHERE id = :bala_b RETURNING time_zone;
UPDATE api.builders SET time_zone = 'Europe/Berlin' WHERE id = :bala_b RETURNING time_zone;
RESET ROLE; SET LOCAL realty.identity = '';
SELECT count(*) AS otherwise FROM pg_timezone_names
WHERE name !~ '[0-9]' AND realty.is_time_zone(name) <> (name = 'UTC' OR (name ~ '/' AND name !~ '^(posix|right)/'));
SELECT name FROM unnest(ARRAY['Factory', 'localtime', 'posixrules', 'EST5EDT', 'GMT', 'EST', 'Japan', 'IST', 'zulu', 'asia/kolkata', 'posix/Asia/Kolkata',
    'right/Asia/Kolkata', '<+0530>-5:30', 'Asia/Kolkata-5:30', 'UTC', 'Etc/UTC', 'Etc/GMT-14', 'America/Argentina/Buenos_Aires']) name WHERE realty.is_time_zone(name);
INSERT INTO realty.system_settings (key, value) SELECT 'time_zone', to_jsonb(text 'Factory');
-- One default: a builder who sets no zone has the site's.
SELECT time_zone, realty.time_zone() FROM realty.builders WHERE id = :asha_b;
INSERT INTO realty.system_settings (key, value) VALUES ('time_zone', '"Europe/Lisbon"');
INSERT INTO realty.users (email, user_type, full_name) VALUES ('ines@cast.example', 'builder', 'Ines Cruz') RETURNING id AS ines \gset
INSERT INTO realty.builders (user_id, company_name) VALUES (:ines, 'Ines Casas') RETURNING time_zone;
SELECT time_zone FROM realty.builders WHERE id = :asha_b;

-- Slots are public: windows, without exceptions, without active appointments, by the hour from the opening.
SELECT date_trunc('week', now() AT TIME ZONE 'Asia/Kolkata')::date + 14 AS monday \gset
SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.appointments (project_id, starts_at, ends_at)
VALUES (:palm, (:'monday'::date + time '11:30') AT TIME ZONE 'Asia/Kolkata', (:'monday'::date + time '12:30') AT TIME ZONE 'Asia/Kolkata') RETURNING id AS visit \gset
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_anon; SET LOCAL TimeZone = 'Asia/Kolkata';
SELECT starts_at::time, ends_at::time, default_hours FROM api.appointment_slots(:palm, :'monday');
SELECT starts_at::time, ends_at::time FROM api.appointment_slots(:palm, :'monday', 90);
SELECT starts_at::time, ends_at::time FROM api.appointment_slots(:palm, :'monday', 45) LIMIT 3;
SELECT count(*) FROM api.appointment_slots(:palm, :'monday', 480);
SELECT starts_at::time, ends_at::time, ends_at - starts_at AS lasts FROM api.appointment_slots(:palm, :'monday'::date + 1);
-- none on a closed day or in the past
SELECT count(*) FROM api.appointment_slots(:palm, :'monday'::date + 3);
SELECT count(*) FROM api.appointment_slots(:palm, '2020-01-06');
SELECT count(*) FROM api.appointment_slots(:palm, '-infinity');
-- refused
SELECT * FROM api.appointment_slots(:palm, 'infinity');
SELECT * FROM api.appointment_slots(:palm, '2400-01-01');
SELECT * FROM api.appointment_slots(:palm, :'monday', 0);
SELECT * FROM api.appointment_slots(:palm, :'monday', 481);
SELECT * FROM api.appointment_slots(:quiet, :'monday');
SELECT * FROM api.appointments;
-- what is called off is offered again
RESET ROLE; SET LOCAL TimeZone = 'UTC'; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT status FROM api.cancel_appointment(:visit);
SELECT count(*) FROM api.appointment_slots(:palm, :'monday');
-- every slot that is offered can be asked for
RESET ROLE; SET LOCAL realty.max_requested_appointments_per_customer = 0; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.appointments (project_id, starts_at, ends_at) SELECT :palm, starts_at, ends_at FROM api.appointment_slots(:palm, :'monday');
SELECT count(*) FROM api.appointment_slots(:palm, :'monday');
-- Slots are public: the hours are read once for all slots of a day, and of a day with a million windows a thousand.
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL track_functions = 'all';
INSERT INTO realty.builder_availability (builder_id, exception_date, opens, closes)
SELECT :asha_b, :'monday'::date + 1, '10:00', time '10:00' + n * interval '1 second' FROM generate_series(1, 3000) n;
SET LOCAL ROLE realty_anon;
SELECT count(*) FROM api.appointment_slots(:palm, :'monday'::date, 15);
RESET ROLE;
SELECT pg_stat_get_xact_function_calls('realty.busy_hours(bigint, tstzmultirange)'::regprocedure);
SELECT upper(h) - lower(h) < '50 minutes' AS some FROM unnest(realty.open_hours(:asha_b, :'monday'::date + 1, :'monday'::date + 1)) h;
ROLLBACK;
