-- Reports, one small case worked by hand in the comments; whose numbers they are; what an analyst sees.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
CREATE FUNCTION day(n int) RETURNS date LANGUAGE sql STABLE RETURN (now() AT TIME ZONE 'Asia/Kolkata')::date + n;
-- Aya's project, launched 200 days ago: 1 asked 90 at first and now 100, 2 asks 200, 3 300, 4 400, 5 is blocked.
SELECT status FROM answer('POST', '/api/projects', jsonb_build_object('name', 'Lake View', 'project_type', 'residential', 'status', 'launched',
	'city', 'Pune', 'launch_date', day(-200)), :'aya');
SELECT status FROM answer('POST', '/api/units/bulk', '[{"project_id": 1, "unit_number": "1", "price": 90, "carpet_area": 9, "unit_type": "1 BHK"},
	{"project_id": 1, "unit_number": "2", "price": 200, "unit_type": "2 BHK"}, {"project_id": 1, "unit_number": "3", "price": 300, "unit_type": "2 BHK"},
	{"project_id": 1, "unit_number": "4", "price": 400}, {"project_id": 1, "unit_number": "5", "price": 500}]', :'aya');
SELECT status FROM answer('PATCH', '/api/units/1', '{"price": 100}', :'aya');
SELECT status FROM answer('POST', '/api/units/5/block', NULL, :'aya');
-- 1 sold with 19 off; 2 sold, and a change of 20 approved; 3 booked and waiting.
SELECT status FROM generate_series(1, 3) n, answer('POST', '/api/bookings', jsonb_build_object('unit_id', n), :'chitra');
SELECT status FROM answer('PATCH', '/api/bookings/1', '{"discount": 19}', :'aya');
SELECT status FROM generate_series(1, 2) n, answer('POST', '/api/bookings/' || n || '/confirm', NULL, :'aya');
SELECT status FROM answer('POST', '/api/change-requests', '{"booking_id": 2, "title": "Oak floor", "category": "finishes"}', :'chitra');
SELECT status FROM answer('POST', '/api/change-requests/1/review', '{"estimated_cost": 20}', :'aya');
SELECT status FROM answer('POST', '/api/change-requests/1/approve', '{"approved_cost": 20}', :'aya');
SELECT id, amount, status, due_date IS NULL AS undated FROM realty.payments ORDER BY id;
-- Of booking 1: 50 due ten days ago, 31 in forty days; of booking 2 a token of 30 is paid.
SELECT status FROM answer('POST', '/api/payments', jsonb_build_object('booking_id', 1, 'amount', 50, 'due_date', day(-10)), :'aya');
SELECT status FROM answer('POST', '/api/payments', jsonb_build_object('booking_id', 1, 'amount', 31, 'due_date', day(40)), :'aya');
SELECT status, data #> '{payment,id}' AS id FROM answer('POST', '/api/payments', jsonb_build_object('booking_id', 2, 'kind', 'token', 'amount', 30, 'due_date', day(0)), :'aya') \gset token_
SELECT status FROM answer('POST', '/api/payments/' || :'token_id' || '/pay', '{"method": "upi", "transaction_reference": "T1"}', :'chitra');
SELECT status FROM answer('POST', '/api/payments/' || :'token_id' || '/confirm', NULL, :'aya');
-- A phase half through its time at 40, weight 1; one that should be done at 80, weight 3.
SELECT status FROM answer('POST', '/api/progress', jsonb_build_object('project_id', 1, 'phase', 'Slab', 'weight', 1, 'percent', 40,
	'planned_start', day(-10), 'planned_end', day(10)), :'aya');
SELECT status FROM answer('POST', '/api/progress', jsonb_build_object('project_id', 1, 'phase', 'Piles', 'weight', 3, 'percent', 80,
	'planned_start', day(-30), 'planned_end', day(-1)), :'aya');
-- Time passes: the units were entered 40 days ago, by the builder's clock (the session's may have been changed since, for the summer).
SET session_replication_role = replica;
UPDATE realty.units SET created_at = created_at - interval '960 hours';
RESET session_replication_role;

-- Sales: two. value 100 + (200 + 20) = 320, less 19 is 301, 150.50 each; of what was asked first,
-- (100 - 19) + 200 of 90 + 200 is 96.90 percent.
SELECT data #> '{sales,totals}' AS totals, jsonb_array_length(data #> '{sales,series}') AS months FROM answer('GET', '/api/analytics/sales', NULL, :'aya');
SELECT (data #> '{sales,series,0}') - 'starts_on' AS day FROM answer('GET', '/api/analytics/sales?period=day&from=' || to_char(day(0), 'YYYY-MM-DD') || '&to=' || to_char(day(0), 'YYYY-MM-DD'), NULL, :'aya');
SELECT data #> '{sales,totals,units}' AS before FROM answer('GET', '/api/analytics/sales?to=' || to_char(day(-1), 'YYYY-MM-DD'), NULL, :'aya');
-- One by one: 81 of 90 is 90 percent, and 9 a square foot.
SELECT booking_id, first_price, booked_price, changes_amount, discount, net_amount, realisation_percent, price_per_square_foot, sold_on = day(0) AS today
FROM analytics.sales ORDER BY 1;

-- Inventory: 4 alone is still to be had, 40 days. Absorption: 4 on offer (5 is blocked), 2 sold, 50 percent.
SELECT jsonb_pretty(data #> '{inventory,totals}'), data #> '{inventory,by_age}' AS by_age, data #> '{inventory,by_type}' AS by_type FROM answer('GET', '/api/analytics/inventory?project_id=1', NULL, :'aya');
SELECT on_offer, sold, absorption_percent FROM analytics.absorption ORDER BY month DESC LIMIT 1;

-- Collections: 50 + 31 and the 20 of the change outstanding, 50 of it late by ten days; 30 came in.
SELECT jsonb_pretty(data #> '{collections,totals}'), data #> '{collections,by_overdue}' AS by_overdue FROM answer('GET', '/api/analytics/collections', NULL, :'aya');
SELECT sum(received) AS received, sum(refunded) AS refunded, sum(expected) AS expected, sum(expected) FILTER (WHERE month = date_trunc('month', now())::date) >= 50 AS late_is_expected_now FROM analytics.cash_flow;

-- Pipeline: 301 confirmed, 300 pending.
SELECT p - 'oldest_days' AS bookings FROM answer('GET', '/api/analytics/pipeline', NULL, :'aya'), jsonb_array_elements(data #> '{pipeline,bookings}') p;
SELECT data #> '{pipeline,change_requests}' AS change_requests FROM answer('GET', '/api/analytics/pipeline', NULL, :'aya');

-- Progress: planned (50 * 1 + 100 * 3) / 4 = 87.50, built (40 + 240) / 4 = 70, so 17.50 behind, one phase late.
SELECT data -> 'projects' AS projects FROM answer('GET', '/api/analytics/progress', NULL, :'aya');

-- The first pages of both portals, and one project
SELECT jsonb_pretty(data #> '{dashboard}' #- '{latest_bookings}' #- '{pipeline}' #- '{sales}' #- '{inventory}') FROM answer('GET', '/api/builders/me/dashboard', NULL, :'aya');
SELECT b - 'booked_on' AS latest FROM answer('GET', '/api/builders/me/dashboard', NULL, :'aya'), jsonb_array_elements(data #> '{dashboard,latest_bookings}') b;
SELECT p - 'due_date' AS next_payment FROM answer('GET', '/api/customers/me/dashboard', NULL, :'chitra'), jsonb_array_elements(data #> '{dashboard,next_payments}') p;
SELECT jsonb_pretty(data #> '{dashboard}' #- '{next_payments}') FROM answer('GET', '/api/customers/me/dashboard', NULL, :'chitra');
SELECT jsonb_object_keys(data -> 'stats') AS stats FROM answer('GET', '/api/projects/1/stats', NULL, :'aya');
SELECT data #> '{stats,progress}' AS progress FROM answer('GET', '/api/projects/1/stats', NULL, :'aya');

-- A hold that ran out is no pending booking; nothing divides by nothing.
SELECT status FROM answer('POST', '/api/projects', '{"name": "Empty", "project_type": "residential", "status": "launched", "city": "Pune"}', :'aya');
SELECT data #> '{stats,sales}' AS sales, data #> '{stats,progress}' AS progress FROM answer('GET', '/api/projects/2/stats', NULL, :'aya');
SET session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = now() - interval '1 minute' WHERE id = 3;
RESET session_replication_role;
SELECT status, items FROM analytics.pipeline WHERE kind = 'booking' ORDER BY 1;
SET session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = NULL WHERE id = 3;
RESET session_replication_role;

-- The neighbour sees only its own, an administrator everything; other roles have no access.
SELECT data #> '{sales,totals,units}' AS bo FROM answer('GET', '/api/analytics/sales', NULL, :'bo');
SELECT data #> '{dashboard,projects}' AS bo, data #> '{dashboard,latest_bookings}' AS bookings FROM answer('GET', '/api/builders/me/dashboard', NULL, :'bo');
SELECT p, r.* FROM unnest('{/api/projects/1/stats,/api/analytics/sales?project_id=1,/api/analytics/inventory?project_id=1,/api/analytics/collections?project_id=1,/api/analytics/pipeline?project_id=1,/api/analytics/pipeline?project_id=99}'::text[]) p, refusal('GET', p, NULL, :'bo') r;
SELECT data #> '{sales,totals,units}' AS root FROM answer('GET', '/api/analytics/sales?project_id=1', NULL, :'root');
SELECT p, r.* FROM unnest('{/api/projects/1/stats,/api/analytics/sales,/api/analytics/progress,/api/builders/me/dashboard}'::text[]) p, refusal('GET', p, NULL, :'chitra') r;
SELECT * FROM refusal('GET', '/api/customers/me/dashboard', NULL, :'aya');
SELECT * FROM refusal('GET', '/api/analytics/sales');
SELECT p, r.* FROM unnest('{/api/analytics/sales?period=hour&from=x,/api/analytics/sales?from=2026-02-01&to=2026-01-01,/api/analytics/sales?by=week,/api/analytics/inventory?project_id=one}'::text[]) p, refusal('GET', p, NULL, :'aya') r;

-- An analyst reads the schema's views, all of them and all builders', and nothing else.
CREATE ROLE regress_analyst IN ROLE realty_analyst;
SET ROLE regress_analyst;
SELECT builder, count(*), sum(net_amount) FROM analytics.sales GROUP BY 1;
SELECT count(*) FROM analytics.inventory;
SELECT count(*) FROM realty.users;
SELECT count(*) FROM api.bookings;
SELECT api.sales_report();
RESET ROLE;
-- A role of the API without a token sees no row, and no schema
SET ROLE realty_builder;
SELECT count(*) FROM analytics.sales;
SELECT api.sales_report() #> '{totals,units}' AS units;
RESET ROLE;
DROP ROLE regress_analyst;
-- No view holds a person's name, address, mail, phone or words; every view and column has its comment.
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'analytics'::regnamespace AND (a.attname ~ 'email|phone|full_name|address|notes?$|body|extra|attachment|reason|title'
	OR col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL);
SELECT * FROM realty.check_invariants();
\i :end
