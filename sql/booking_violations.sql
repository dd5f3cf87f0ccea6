-- A row with several violations is rejected with all of them at once, field by field,
-- and alike by INSERT on the table, INSERT on the view and COPY.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
\set VERBOSITY default
\set SHOW_CONTEXT never
-- A unit: six columns wrong, and one rule that spans two of them.
INSERT INTO realty.units (project_id, floor, unit_number, unit_type, bedrooms, carpet_area, built_up_area, facing, price)
VALUES (:palm, 1000, '  ', repeat('x', 51), -1, 900, 800, 'up', -5);
INSERT INTO api.units (project_id, floor, unit_number, unit_type, bedrooms, carpet_area, built_up_area, facing, price)
VALUES (:palm, 1000, '  ', repeat('x', 51), -1, 900, 800, 'up', -5);
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
INSERT INTO api.units (project_id, floor, unit_number, unit_type, bedrooms, carpet_area, built_up_area, facing, price)
VALUES (:palm, 1000, '  ', repeat('x', 51), -1, 900, 800, 'up', -5);
UPDATE api.units SET floor = 1000, unit_number = ' ', bedrooms = -1, carpet_area = 900, built_up_area = 800, facing = 'up', price = -5
WHERE id = :a101;
RESET ROLE; SET LOCAL realty.identity = '';
INSERT INTO realty.projects (builder_id, name, city, project_type, latitude, price_min, price_max, launch_date, expected_completion, images)
VALUES (:asha_b, '', '', 'castle', 91, 20, 10, '2026-02-01', '2026-01-01', '{}');
INSERT INTO api.projects (builder_id, name, city, project_type, latitude, price_min, price_max, launch_date, expected_completion, images)
VALUES (:asha_b, '', '', 'castle', 91, 20, 10, '2026-02-01', '2026-01-01', '{}');
-- A missing value is a violation like any other.
INSERT INTO realty.projects (builder_id, price_min) VALUES (:asha_b, -1);
INSERT INTO api.projects (builder_id, price_min) VALUES (:asha_b, -1);
INSERT INTO realty.units (unit_number, price) VALUES (NULL, 0);
INSERT INTO api.units (unit_number, price) VALUES (NULL, 0);
-- A booking, whose total is filled in before it is judged
INSERT INTO realty.bookings (unit_id, customer_id, booking_amount, discount, notes, extra)
VALUES (:a101, :chitra_c, 5000001, -1, repeat('x', 5001), '[]');
INSERT INTO api.bookings (unit_id, customer_id, booking_amount, discount, notes, extra)
VALUES (:a101, :chitra_c, 5000001, -1, repeat('x', 5001), '[]');
-- and one of no unit at all, which does not hide the others.
INSERT INTO realty.bookings (unit_id, customer_id, booking_amount, discount, notes, extra)
VALUES (0, NULL, -1, -1, repeat('x', 5001), '[]');
INSERT INTO api.bookings (unit_id, customer_id, booking_amount, discount, notes, extra)
VALUES (0, NULL, -1, -1, repeat('x', 5001), '[]');
-- Accounts and their profiles
INSERT INTO realty.users (email, user_type, full_name, phone) VALUES ('no at sign', 'king', ' ', 'call me');
INSERT INTO realty.customers (user_id, budget_min, budget_max, preferences) VALUES (:asha, 20, -10, '1');
UPDATE api.users SET full_name = '', phone = '1' WHERE id = :chitra;
ROLLBACK;

-- COPY goes into tables only. The rows have the ids of what does
-- not exist, where an id would differ from run to run.
BEGIN;
\i :cast
\set VERBOSITY default
\set SHOW_CONTEXT never
COPY realty.bookings (unit_id, customer_id, booking_amount, discount, extra) FROM stdin;
0	\N	-1	-1	[]
\.
COPY realty.projects (builder_id, name, city, project_type, latitude, price_min, price_max, launch_date, expected_completion, images) FROM stdin;
0			castle	91	20	10	2026-02-01	2026-01-01	{}
\.
COPY realty.units (project_id, floor, unit_number, bedrooms, carpet_area, built_up_area, facing, price) FROM stdin;
0	1000	  	-1	900	800	up	-5
\.
COPY realty.users (email, user_type, full_name, phone) FROM stdin;
no at sign	king	 	call me
\.
-- PostgreSQL sorts NaN above every number, so that "greater than 0" lets it by.
COPY realty.units (project_id, unit_number, price, carpet_area, built_up_area) FROM stdin;
0	1	NaN	NaN	NaN
\.
COPY realty.projects (name, city, price_min, price_max) FROM stdin;
Not a number	Pune	NaN	NaN
\.
-- One bad row among good ones: none of them stays.
COPY realty.users (email, user_type, full_name) FROM stdin;
copied-1@cast.example	admin	One
copied-2@cast.example	king	Two
copied-3@cast.example	admin	Three
\.
SELECT count(*) FROM realty.users WHERE email LIKE 'copied-%';
ROLLBACK;
