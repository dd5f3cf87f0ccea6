-- What the system before this one got wrong, case by case, through realty.request.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
\set ECHO all
CREATE FUNCTION story.ask(token text, method text, path text, body jsonb DEFAULT NULL,
                          OUT status integer, OUT answer jsonb)
LANGUAGE sql AS $$
    SELECT r.status, r.body::jsonb FROM realty.request(method, path, body,
        CASE WHEN token IS NULL THEN '{}' ELSE jsonb_build_object('authorization', 'Bearer ' || token) END) r
$$;
SELECT realty.issue_token(:asha) AS asha_token, realty.issue_token(:bala) AS bala_token,
       realty.issue_token(:chitra) AS chitra_token, realty.issue_token(:dev) AS dev_token \gset

-- A unit was sold twice, its status set without a predicate; the count fell below zero.
SELECT status, answer #>> '{data,booking,id}' AS booking
FROM story.ask(:'chitra_token', 'POST', '/api/bookings', jsonb_build_object('unit_id', :a101)) \gset first_
SELECT :first_status AS first, status, answer #>> '{error,code}' AS code
FROM story.ask(:'dev_token', 'POST', '/api/bookings', jsonb_build_object('unit_id', :a101));
SELECT status FROM story.ask(:'dev_token', 'POST', '/api/bookings', jsonb_build_object('unit_id', :a101));
SELECT answer #> '{data,project,total_units}' AS total, answer #> '{data,project,available_units}' AS available
FROM story.ask(NULL, 'GET', '/api/projects/' || :palm);

-- Cancelling never freed the unit.
SELECT status, answer #>> '{data,booking,status}' AS booking
FROM story.ask(:'chitra_token', 'POST', '/api/bookings/' || :'first_booking' || '/cancel', '{"reason": "second thoughts"}');
SELECT answer #>> '{data,unit,status}' AS unit FROM story.ask(NULL, 'GET', '/api/units/' || :a101);
SELECT answer #> '{data,project,available_units}' AS available FROM story.ask(NULL, 'GET', '/api/projects/' || :palm);
SELECT status, answer #>> '{data,booking,id}' AS booking
FROM story.ask(:'dev_token', 'POST', '/api/bookings', jsonb_build_object('unit_id', :a101)) \gset second_
SELECT :second_status AS second;

-- Two units could have one number.
SELECT status, answer #>> '{error,code}' AS code FROM story.ask(:'asha_token', 'POST', '/api/units',
    jsonb_build_object('project_id', :palm, 'tower', 'A', 'unit_number', '101', 'price', 1));

-- The client said what it would pay, who buys, and whose the project is.
SELECT status, jsonb_path_query_array(answer, '$.error.details[*].field') AS fields
FROM story.ask(:'chitra_token', 'POST', '/api/bookings', jsonb_build_object('unit_id', :a102,
    'total_amount', 1, 'customer_id', :dev_c, 'status', 'confirmed'));
SELECT status, jsonb_path_query_array(answer, '$.error.details[*].field') AS fields
FROM story.ask(:'asha_token', 'POST', '/api/projects',
    jsonb_build_object('name', 'Stolen', 'city', 'Pune', 'builder_id', :bala_b, 'available_units', 500));

-- Any builder read and confirmed any booking; any customer read any.
SELECT status FROM story.ask(:'bala_token', 'GET', '/api/bookings/' || :'second_booking');
SELECT status FROM story.ask(:'bala_token', 'POST', '/api/bookings/' || :'second_booking' || '/confirm');
SELECT status FROM story.ask(:'chitra_token', 'GET', '/api/bookings/' || :'second_booking');
SELECT status, answer #>> '{data,booking,status}' AS booking
FROM story.ask(:'asha_token', 'POST', '/api/bookings/' || :'second_booking' || '/confirm');

-- A status outside the list was stored.
SELECT status, answer #> '{error,details}' AS details
FROM story.ask(:'asha_token', 'PATCH', '/api/projects/' || :palm, '{"status": "ongoing"}');
SELECT status, answer #> '{error,details}' AS details
FROM story.ask(:'asha_token', 'GET', '/api/bookings?status=active');

-- A refresh token was taken as an access token.
SELECT answer #>> '{data,refresh_token}' AS refresh_token, answer #>> '{data,user,id}' AS farah
FROM story.ask(NULL, 'POST', '/api/auth/register', '{"email": "farah@cast.example", "user_type": "customer",
    "password": "long enough and not common", "full_name": "Farah Khan"}') \gset
SELECT status, answer #>> '{error,code}' AS code FROM story.ask(:'refresh_token', 'GET', '/api/auth/me');

-- An inactive account logged in, and went on with the token it had.
SELECT realty.issue_token(:farah) AS farah_token \gset
UPDATE realty.users SET is_active = false WHERE id = :farah;
SELECT status, answer #>> '{error,code}' AS code FROM story.ask(NULL, 'POST', '/api/auth/login',
    '{"email": "farah@cast.example", "password": "long enough and not common"}');
SELECT status, answer #>> '{error,code}' AS code FROM story.ask(:'farah_token', 'GET', '/api/auth/me');

-- Ids of users were compared with ids of profiles. Each finds their own.
SELECT status, jsonb_array_length(answer #> '{data,bookings}') AS bookings
FROM story.ask(:'chitra_token', 'GET', '/api/bookings');
SELECT status, jsonb_array_length(answer #> '{data,bookings}') AS bookings
FROM story.ask(:'asha_token', 'GET', '/api/bookings');

-- Lists had no stable order: rows of one instant came twice or not at all.
INSERT INTO realty.units (project_id, tower, unit_number, price, created_at)
SELECT :palm, 'Z', n::text, 1000, 'epoch' FROM generate_series(1, 40) n;
WITH pages AS (
    SELECT unit ->> 'id' AS id, page FROM generate_series(1, 9) page,
         LATERAL story.ask(NULL, 'GET', '/api/projects/' || :palm || '/units?limit=5&sort=price&page=' || page) a,
         LATERAL jsonb_array_elements(a.answer #> '{data,units}') unit)
SELECT count(*) AS rows, count(DISTINCT id) AS different FROM pages;

-- total_projects and notifications were never written.
SELECT status FROM story.ask(:'bala_token', 'POST', '/api/projects', '{"name": "Second", "city": "Kochi"}');
SELECT answer #> '{data,builder,total_projects}' AS total FROM story.ask(:'bala_token', 'GET', '/api/builders/' || :bala_b);
SELECT jsonb_path_query_array(answer, '$.data.notifications[*].kind') AS kinds
FROM story.ask(:'asha_token', 'GET', '/api/notifications');

-- A payment was committed behind a 500. Whatever a route did before it fails is undone.
CREATE FUNCTION story.pay_and_fail() RETURNS jsonb SECURITY DEFINER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO realty.payments (booking_id, amount) SELECT max(id), 100 FROM realty.bookings;
    RETURN to_jsonb(1 / (SELECT count(*) - count(*) FROM realty.payments));
END $$;
INSERT INTO realty.routes (method, path, handler, function, roles)
VALUES ('POST', '/api/site/pay', 'call', 'story.pay_and_fail', '{user}');
SELECT status, answer #>> '{error,message}' AS message FROM story.ask(:'asha_token', 'POST', '/api/site/pay');
SELECT count(*) AS payments FROM realty.payments;

SELECT * FROM realty.check_invariants();
ROLLBACK;
