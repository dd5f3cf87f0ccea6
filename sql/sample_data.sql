-- Sample data: a market that is believable, the same each time, and breaks no rule.
-- In a database of its own, because it goes into an empty one only.
\set VERBOSITY sqlstate
SET client_min_messages = warning;
\set home :DBNAME
DROP DATABASE IF EXISTS regress_realty_sample;
CREATE DATABASE regress_realty_sample TEMPLATE template0 ENCODING 'UTF8';
\connect regress_realty_sample
CREATE EXTENSION realty;
SELECT current_setting('TimeZone') AS zone \gset

-- What does not depend on the day
CREATE TEMP VIEW timeless AS
SELECT 'users' AS what, md5(string_agg(concat_ws('|', id, email, user_type, full_name, phone, is_verified), E'\n' ORDER BY id)) AS sum
FROM realty.users
UNION ALL
SELECT 'profiles', md5((SELECT string_agg(concat_ws('|', id, user_id, company_name, license_number, city), E'\n' ORDER BY id) FROM realty.builders)
                    || (SELECT string_agg(concat_ws('|', id, user_id, city, budget_min, preferences), E'\n' ORDER BY id) FROM realty.customers))
UNION ALL
SELECT 'projects', md5(string_agg(concat_ws('|', id, builder_id, name, status, city, latitude, price_min, price_max, amenities, rera_number,
                                            progress_percent), E'\n' ORDER BY id))
FROM realty.projects
UNION ALL
SELECT 'units', md5(string_agg(concat_ws('|', id, project_id, tower, floor, unit_number, unit_type, carpet_area, facing, price, status),
                               E'\n' ORDER BY id))
FROM realty.units
UNION ALL
SELECT 'bookings', md5(string_agg(concat_ws('|', id, unit_id, customer_id, status, total_amount, booking_amount, discount), E'\n' ORDER BY id))
FROM realty.bookings
ORDER BY what;

-- The whole, times included, without the ids that triggers and leaves draw from sequences
CREATE TEMP VIEW timed AS
SELECT md5((SELECT string_agg(u::text, E'\n' ORDER BY u.id) FROM realty.users u)
        || (SELECT string_agg(b::text, E'\n' ORDER BY b.id) FROM realty.bookings b)
        || (SELECT string_agg(u::text, E'\n' ORDER BY u.id) FROM realty.units u)
        || (SELECT string_agg(p::text, E'\n' ORDER BY p.id) FROM realty.projects p)
        || (SELECT string_agg(concat_ws('|', p.booking_id, p.kind, p.amount, p.due_date, p.status, p.paid_at, p.transaction_reference,
                                        p.receipt_number), E'\n' ORDER BY p.booking_id, p.due_date, p.milestone) FROM realty.payments p)
        || (SELECT string_agg(concat_ws('|', n.user_id, n.kind, n.title, n.body, n.created_at, n.read_at), E'\n'
                              ORDER BY n.user_id, n.title, n.body, n.created_at) FROM realty.notifications n)
        || (SELECT string_agg(concat_ws('|', m.sender_id, m.body, m.created_at), E'\n' ORDER BY m.booking_id, m.created_at) FROM realty.messages m)
        || (SELECT string_agg(concat_ws('|', a.builder_id, a.customer_id, a.period, a.status), E'\n' ORDER BY a.builder_id, a.period)
            FROM realty.appointments a)) AS sum;

-- Refused: a scale that makes no sense
SELECT realty.load_sample_data(0);

-- A thousand units at scale 1; the same on every machine
BEGIN;
SAVEPOINT empty;
SELECT * FROM realty.load_sample_data();
SELECT * FROM timeless;
SELECT sum AS first FROM timed \gset

-- Again, with what a site may have set: equal
ROLLBACK TO SAVEPOINT empty;
SET LOCAL realty.hold_minutes = 30;
SET LOCAL TimeZone = 'America/New_York';
SELECT count(*) AS tables FROM realty.load_sample_data(1);
SET LOCAL TimeZone = :'zone';
SELECT sum = :'first' AS equal FROM timed;
COMMIT;

-- Twice is refused, and changes nothing
SELECT realty.load_sample_data();
SELECT sum = :'first' AS unchanged FROM timed;

-- It broke no rule
SELECT * FROM realty.check_invariants();
-- nor a foreign key, though it is written past them
CREATE FUNCTION pg_temp.number(query text) RETURNS bigint LANGUAGE plpgsql AS 'DECLARE n bigint; BEGIN EXECUTE query INTO n; RETURN n; END';
SELECT c.conname, x.orphans FROM pg_constraint c
	JOIN pg_attribute o ON o.attrelid = c.conrelid AND o.attnum = c.conkey[1]
	JOIN pg_attribute t ON t.attrelid = c.confrelid AND t.attnum = c.confkey[1],
	pg_temp.number(format('SELECT count(*) FROM %s o LEFT JOIN %s t ON t.%I = o.%I WHERE o.%I IS NOT NULL AND t.%I IS NULL',
		c.conrelid::regclass, c.confrelid::regclass, t.attname, o.attname, o.attname, t.attname)) AS x (orphans)
WHERE c.contype = 'f' AND c.connamespace = 'realty'::regnamespace AND x.orphans > 0;

-- Every state is there
SELECT status, count(*) FROM realty.bookings GROUP BY status ORDER BY status;
SELECT status, count(*) FROM realty.units GROUP BY status ORDER BY status;
SELECT status, count(*) FROM realty.projects GROUP BY status ORDER BY status;
SELECT kind, count(*) FROM realty.notifications GROUP BY kind ORDER BY kind;

-- The README's accounts, and what they find when they come
SELECT u.id, u.email, u.user_type, realty.password_verify('sample-password', c.password_hash) AS password
FROM realty.users u JOIN realty.user_credentials c ON c.user_id = u.id
WHERE u.email ~ '^(admin|(builder|customer)2?)@example.com$' ORDER BY u.id;
SELECT customer_id, count(DISTINCT status) AS states FROM realty.bookings WHERE customer_id IN (1, 2) GROUP BY customer_id ORDER BY customer_id;
SELECT count(DISTINCT password_hash) AS hashes, count(*) AS accounts FROM realty.user_credentials;

-- The obvious first requests find something
SELECT status, body::jsonb #> '{data,pagination}' AS pagination,
       jsonb_path_query_array(body::jsonb, '$.data.projects[*].city') AS cities
FROM realty.request('GET', '/api/projects?page=1&limit=10&city=Bangalore&status=construction');

-- Times are in order, and none is still to come
SELECT count(*) FROM realty.bookings b JOIN realty.customers c ON c.id = b.customer_id JOIN realty.projects p ON p.id = b.project_id
WHERE NOT (c.created_at < b.created_at AND p.created_at < b.created_at AND b.created_at < now()
           AND coalesce(b.confirmed_at, b.cancelled_at, now()) > b.created_at
           AND coalesce(b.completed_at, now()) > coalesce(b.confirmed_at, b.created_at));
SELECT (SELECT count(*) FROM realty.notifications WHERE created_at > now() OR read_at > now())
     + (SELECT count(*) FROM realty.messages WHERE created_at > now() OR read_at > now())
     + (SELECT count(*) FROM realty.construction_updates WHERE published_at > now())
     + (SELECT count(*) FROM realty.payments WHERE paid_at > now()) AS in_the_future;

-- Life goes on after it: sequences stand behind the last id, numbers go on
INSERT INTO realty.users (email, user_type, full_name) VALUES ('new@example.org', 'customer', 'New') RETURNING id;
INSERT INTO realty.customers (user_id) SELECT id FROM realty.users WHERE email = 'new@example.org' RETURNING id;
INSERT INTO realty.bookings (unit_id, customer_id)
SELECT min(u.id), 151 FROM realty.units u JOIN realty.projects p ON p.id = u.project_id
WHERE u.status = 'available' AND p.status = 'launched'
RETURNING id, right(booking_number, 6) AS number, status;
SELECT * FROM realty.check_invariants();

\connect :home
DROP DATABASE regress_realty_sample;
