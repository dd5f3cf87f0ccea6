-- A third decimal of money is refused on every surface and never rounded; coordinates are rounded;
-- a whole number may be written 2.0; half rooms exist. Which columns and arguments there are, the catalog says.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\set sample_rows :abs_srcdir '/sql/include/sample_rows.sql'
\i :start

-- What the type itself rounds is added up or copied by triggers, from columns that do not.
SELECT a.attrelid::regclass, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
WHERE c.relnamespace = 'realty'::regnamespace AND a.atttypid = 'numeric'::regtype AND a.atttypmod <> -1 ORDER BY 1, 2;
-- Every other number has its trigger, and all but coordinates and sums a CHECK of its decimals.
SELECT a.attrelid::regclass AS tab, a.attname AS col, t.tgfoid::regproc AS fn, substring(encode(t.tgargs, 'escape') FROM '.*(\d)(?:\\000[a-z_]+)*\\000' || a.attname) AS decimals,
	regexp_replace(k.conname, '^.*_is_', 'is_') AS fact
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
	LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgfoid IN ('realty.keep_decimals'::regproc, 'realty.round_decimals'::regproc)
		AND encode(t.tgargs, 'escape') ~ ('\\000' || a.attname || '\\000')
	LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.conkey = ARRAY[a.attnum] AND k.conname ~ '_is_in_|_is_a_count'
WHERE c.relnamespace = 'realty'::regnamespace AND a.atttypid = 'numeric'::regtype AND a.atttypmod = -1 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum;
-- The functions that take a number.
SELECT p.oid::regprocedure FROM pg_proc p
WHERE p.pronamespace = 'api'::regnamespace AND 'numeric'::regtype = ANY (p.proargtypes::oid[]) ORDER BY p.proname;

-- INSERT, COPY and PostgREST's way, as Aya.
SELECT status FROM answer('POST', '/api/projects', '{"name": "Lake View", "status": "launched", "city": "Pune", "latitude": 18.52043059999, "longitude": "73.8567437999"}', :'aya');
\set VERBOSITY sqlstate
BEGIN;
SELECT realty.authenticate(:'aya') \g /dev/null
\set ON_ERROR_ROLLBACK on
INSERT INTO api.units (project_id, unit_number, price) VALUES (1, 'X', 100.005);
COPY api.units (project_id, unit_number, price) FROM stdin;
1	X	100.005
\.
INSERT INTO api.units (project_id, unit_number, price, bedrooms, bathrooms) VALUES (1, 'A', 100, 2.50, 3) RETURNING price, bedrooms, bathrooms;
RESET ROLE;
COPY realty.units (project_id, unit_number, price) FROM stdin;
1	X	100.005
\.
COPY realty.units (project_id, unit_number, price) FROM stdin;
1	B	200.500
\.
COMMIT;
\set ON_ERROR_ROLLBACK off
SELECT id, price, price_minor, bedrooms, bedrooms_minor FROM realty.units ORDER BY id;

-- Coordinates: rounded, and in pairs.
SELECT latitude, longitude FROM realty.projects;
UPDATE realty.projects SET latitude = -89.9999996, longitude = 1 RETURNING latitude, longitude;
UPDATE realty.projects SET latitude = NULL;
SELECT * FROM refusal('PATCH', '/api/projects/1', '{"longitude": null}', :'aya');
SELECT * FROM refusal('POST', '/api/projects', '{"name": "Half", "city": "Pune", "latitude": 18.5}', :'aya');
SELECT * FROM refusal('POST', '/api/projects', '{"name": "Half", "city": "Pune", "latitude": 90.0000001, "longitude": 180.0000001}', :'aya');
SELECT status, data #> '{project,latitude}', data #> '{project,longitude}' FROM answer('PATCH', '/api/projects/1', '{"latitude": 12.9715987, "longitude": 77.59}', :'aya');

-- Bodies, and arguments of functions by request and by SQL.
SELECT * FROM refusal('PATCH', '/api/projects/1', '{"price_min": 0.001, "price_max": "10.005"}', :'aya');
SELECT * FROM refusal('PATCH', '/api/units/4', '{"price": 100.005, "carpet_area": 1.001}', :'aya');
SELECT * FROM refusal('PATCH', '/api/units/4', '{"price": 1000000000000}', :'aya');
SELECT * FROM refusal('PATCH', '/api/units/4', '{"price": 1e300}', :'aya');
SELECT status, data #> '{unit,price}' FROM answer('PATCH', '/api/units/4', '{"price": 1000.500}', :'aya');
SELECT * FROM refusal('POST', '/api/units/bulk', '[{"project_id": 1, "unit_number": "C", "price": 1.001}, {"project_id": 1, "unit_number": "D", "price": 1.01}]', :'aya');
SELECT * FROM refusal('POST', '/api/auth/register', '{"email": "e@x.example", "password": "correct horse battery", "full_name": "E", "user_type": "customer", "budget_min": 1.001, "budget_max": 1e12}');
SELECT * FROM refusal('POST', '/api/bookings', '{"unit_id": 4, "booking_amount": 1.001}', :'chitra');
SELECT status FROM answer('POST', '/api/bookings', '{"unit_id": 4}', :'chitra');
SELECT status FROM answer('POST', '/api/bookings/2/confirm', NULL, :'aya');
SELECT * FROM refusal('PATCH', '/api/bookings/2', '{"discount": 0.005}', :'aya');
SELECT * FROM refusal('POST', '/api/payments', '{"booking_id": 2, "amount": 100.005}', :'aya');
SELECT * FROM refusal('POST', '/api/payments/schedule', '{"booking_id": 2, "plan": {"type": "dates", "instalments": [{"due_date": "2030-01-01", "amount": 100.005}]}}', :'aya');
SELECT * FROM refusal('POST', '/api/payments/schedule', '{"booking_id": 2, "plan": {"type": "milestones", "milestones": [{"milestone": "Roof", "percent": 33.333}, {"milestone": "Keys", "percent": 66.667}]}}', :'aya');
SELECT status FROM answer('POST', '/api/payments', '{"booking_id": 2, "amount": 500.5}', :'aya');
SELECT status FROM answer('POST', '/api/payments/2/confirm', NULL, :'aya');
SELECT * FROM refusal('POST', '/api/payments/2/refund', '{"amount": 100.005}', :'aya');
SELECT * FROM refusal('POST', '/api/payments/2/refund', '{"amount": 0.001}', :'aya');
SELECT * FROM refusal('POST', '/api/change-requests', '{"booking_id": 2, "title": "Door", "estimated_cost": 5.005}', :'chitra');
SELECT status FROM answer('POST', '/api/change-requests', '{"booking_id": 2, "title": "Door"}', :'chitra');
SELECT * FROM refusal('POST', '/api/change-requests/1/review', '{"estimated_cost": 5.005}', :'aya');
SELECT status FROM answer('POST', '/api/change-requests/1/review', '{"estimated_cost": 6}', :'aya');
SELECT * FROM refusal('POST', '/api/change-requests/1/approve', '{"approved_cost": 5.005}', :'aya');
BEGIN;
SELECT realty.authenticate(:'aya') \g /dev/null
\set ON_ERROR_ROLLBACK on
SELECT amount FROM api.refund_payment(2, 100.005);
SELECT amount FROM api.refund_payment(2, 'NaN');
SELECT approved_cost FROM api.approve_change_request(1, 5.005);
SELECT estimated_cost FROM api.review_change_request(1, 5.005);
SELECT amount FROM api.refund_payment(2, 100.500);
SELECT approved_cost FROM api.approve_change_request(1, 5);
COMMIT;
\set ON_ERROR_ROLLBACK off
SELECT kind, amount, status FROM realty.payments ORDER BY id;
SELECT unit_price, changes_amount, total_amount, discount, paid_amount, scheduled_amount, refunding_amount FROM realty.bookings;
SELECT * FROM realty.check_invariants();

-- What JSON Schema calls an integer: in a body, in rows of a list, in an argument, inside of one; 2.5 is none, nor is "2.0".
SELECT status, data #> '{unit,floor}' FROM answer('PATCH', '/api/units/2', '{"floor": 2.0}', :'aya');
SELECT status, data #> '{unit,floor}' FROM answer('PATCH', '/api/units/2', '{"floor": 1e2}', :'aya');
SELECT * FROM unnest(ARRAY['2.5', '"2.0"', '1e30', '-1e-1', '"1e2"']) floor, refusal('PATCH', '/api/units/2', format('{"floor": %s}', floor)::jsonb, :'aya');
SELECT status FROM answer('POST', '/api/units/bulk', '[{"project_id": 1.0, "unit_number": "F", "price": 1, "floor": 3.0}, {"project_id": 1, "unit_number": "G", "price": 1, "floor": 4e0},
	{"project_id": "1", "unit_number": "H", "price": 1, "floor": null}, {"project_id": 1, "unit_number": "I", "price": 1}]', :'aya');
SELECT unit_number, floor FROM realty.units WHERE unit_number > 'E' ORDER BY 1;
SELECT * FROM refusal('POST', '/api/units/bulk', '[{"project_id": 1.0, "unit_number": "K", "price": 1, "floor": 3.5}, {"project_id": 1.0, "unit_number": "", "price": 1, "floor": 3.0}]', :'aya');
SELECT * FROM refusal('POST', '/api/units', '{"project_id": 1.0, "floor": 2.0, "price": -1, "unit_number": "L", "colour": "red"}', :'aya');
SELECT status FROM answer('POST', '/api/payments/schedule', '{"booking_id": 2.0, "plan": {"type": "equal", "count": 2.0, "first_due_date": "2030-01-01", "interval_days": 3e1}}', :'aya');
SELECT status, data -> 'availability' -> 0 -> 'weekday' FROM answer('PUT', '/api/appointments/availability', '{"windows": [{"weekday": 1.0, "opens": "09:00", "closes": "17:00"}]}', :'aya');
SELECT * FROM refusal('PUT', '/api/appointments/availability', '{"windows": [{"weekday": 1.5, "opens": "09:00", "closes": "17:00"}]}', :'aya');

-- Half rooms: stored, printed, filtered and sorted; an integer stays one in print.
SELECT status, data #> '{unit,bedrooms}', data #> '{unit,bathrooms}' FROM answer('PATCH', '/api/units/2', '{"bedrooms": 3.0, "bathrooms": 1.5}', :'aya');
SELECT * FROM unnest(ARRAY['2.25', '-0.5', '50.5', '"many"']) rooms, refusal('PATCH', '/api/units/2', format('{"bedrooms": %s, "bathrooms": %1$s}', rooms)::jsonb, :'aya');
SELECT path, (SELECT string_agg(concat_ws(' ', u ->> 'id', u ->> 'bedrooms'), ', ') FROM jsonb_array_elements(data -> 'units') u) AS units
FROM unnest(ARRAY['/api/units?bedrooms=2.5', '/api/units?bedrooms=3', '/api/units?bedrooms=2.25', '/api/units?min_bedrooms=2.6', '/api/units?min_bedrooms=2&max_bedrooms=2.5',
	'/api/units?bathrooms=1.5', '/api/units?min_bedrooms=0&sort=-bedrooms']) path, answer('GET', path, NULL, :'aya');
-- By SQL, in each of those columns of a row of the sample data: rejected for its decimals (no row: a rule that forbids
-- any change comes first); and 7.5 and 7.500 are 7.50.
BEGIN;
\i :sample_rows
\set ON_ERROR_ROLLBACK on
\set VERBOSITY sqlstate
CREATE FUNCTION pg_temp.verdict(tab regclass, col name, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	place tid;
	verdict text;
	shown text;
BEGIN
	FOR place IN EXECUTE format('SELECT ctid FROM %s LIMIT 2000', tab) LOOP
		BEGIN
			EXECUTE format('UPDATE %s SET %I = %s WHERE ctid = $1 RETURNING %2$I::text', tab, col, value) INTO shown USING place;
			RETURN coalesce(shown, 'null');
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS verdict = PG_EXCEPTION_DETAIL;
			IF verdict LIKE '%' || col || '%decimals%' THEN
				RETURN SQLSTATE;
			END IF;
		END;
	END LOOP;
	RETURN 'no row';
END $$;
INSERT INTO realty.construction_updates (project_id, title) SELECT min(id), 'Draft' FROM realty.projects;
CREATE TEMP VIEW money AS
SELECT k.conrelid::regclass AS tab, a.attname AS col FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.conname ~ '_is_in_(cents|hundredths)$' AND k.connamespace = 'realty'::regnamespace;
SELECT m.tab, m.col, pg_temp.verdict(m.tab, m.col, '7.505') AS third, pg_temp.verdict(m.tab, m.col, '1e-30') AS thirtieth,
	pg_temp.verdict(m.tab, m.col, m.col || ' + 0.001') AS sum FROM money m ORDER BY m.tab::text, m.col;
-- The second price of a range would go below the first, a carpet area above the built-up area.
UPDATE realty.customers SET budget_min = NULL, budget_max = NULL; UPDATE realty.projects SET price_min = NULL, price_max = NULL;
SELECT m.tab, m.col, pg_temp.verdict(m.tab, m.col, '7.5') AS one, pg_temp.verdict(m.tab, m.col, '7.500') AS three
FROM money m WHERE m.col NOT IN ('carpet_area', 'built_up_area') ORDER BY m.tab::text, m.col;
-- A booking's price is its total less its changes.
SELECT pg_temp.verdict('realty.bookings', 'unit_price', 'unit_price + 0.001');
UPDATE realty.bookings SET unit_price = unit_price + 0.001;
-- What is the same amount is no change of it: a paid payment may be named with it, and its amount stays.
UPDATE realty.payments SET amount = trim_scale(amount) + 0.000 WHERE status = 'paid';
SELECT count(*) FROM realty.payments WHERE scale(amount) <> 2;
SELECT * FROM realty.check_invariants();
-- The sample data are written without triggers.
SELECT count(*) FROM realty.units WHERE scale(price) <> 2 OR scale(carpet_area) <> 2 OR scale(built_up_area) <> 2;
SELECT count(*) FROM realty.bookings WHERE scale(total_amount) <> 2 OR scale(booking_amount) <> 2 OR scale(discount) <> 2;
SELECT count(*) FROM realty.projects WHERE scale(latitude) <> 6 OR scale(longitude) <> 6;
ROLLBACK;

\i :end
