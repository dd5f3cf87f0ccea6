-- What schema api has for PostgREST alone: ways from row to row, fields that are computed, and
-- upserts, which set the keys to what they are. t/11_postgrest_shape.pl asks in its own words.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'
BEGIN;
\i :cast
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a101, :chitra_c) RETURNING id AS booking \gset
INSERT INTO realty.change_requests (booking_id, title) VALUES (:booking, 'Wider door');
UPDATE realty.units SET price = 5100000 WHERE id = :a101;

-- Each role that may walk at all walks everywhere, and finds there what it may see.
CREATE VIEW story.walks WITH (security_invoker = true) AS
SELECT (SELECT string_agg(x.name, ', ') FROM api.change_requests r, api.customer(r) x) AS asked_by,
       (SELECT string_agg(DISTINCT x.email, ', ') FROM api.notifications n, api.users(n) x) AS told,
       (SELECT string_agg(DISTINCT x.kind, ', ') FROM api.users u, api.notifications(u) x) AS of_what;
CREATE VIEW story.prices WITH (security_invoker = true) AS
SELECT string_agg(DISTINCT x.company_name, ', ') AS of_builder FROM api.unit_price_history h, api.builders(h) x WHERE h.old_price IS NOT NULL;
GRANT SELECT ON story.walks, story.prices TO realty_customer, realty_builder, realty_admin;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT * FROM story.walks;
SELECT state FROM story.refusal('SELECT * FROM story.prices');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT * FROM story.walks;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT * FROM story.walks, story.prices;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT * FROM story.walks, story.prices;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT asked_by, of_builder FROM story.walks, story.prices;
SELECT count(x.*) FROM api.notifications n, api.users(n) x;

-- A price list that comes again, from the builder and from an administrator; not from another.
\set price_list 'INSERT INTO api.units (project_id, tower, unit_number, price) VALUES (%s, ''A'', ''101'', %s), (%1$s, ''A'', ''104'', %2$s) ON CONFLICT (project_id, tower, unit_number) DO UPDATE SET project_id = excluded.project_id, tower = excluded.tower, unit_number = excluded.unit_number, price = excluded.price'
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state FROM story.refusal(format(:'price_list', :palm, 5200000));
SELECT unit_number, price FROM api.units WHERE project_id = :palm ORDER BY 1;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT state FROM story.refusal(format(:'price_list', :palm, 5300000));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT state FROM story.refusal(format(:'price_list', :palm, 1));
SELECT unit_number, price FROM api.units WHERE project_id = :palm ORDER BY 1;
-- A unit stays in its project, whatever is sent.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state, detail FROM story.refusal(format('UPDATE api.units SET project_id = %s WHERE id = %s', :quiet, :a102));
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT state, detail FROM story.refusal(format('UPDATE api.units SET project_id = %s WHERE id = %s', :park, :a102));

-- A setting, and its key.
INSERT INTO api.system_settings AS s (key, value) VALUES ('site_name', '"Palm"')
ON CONFLICT (key) DO UPDATE SET key = excluded.key, value = excluded.value;
INSERT INTO api.system_settings AS s (key, value) VALUES ('site_name', '"Palms"')
ON CONFLICT (key) DO UPDATE SET key = excluded.key, value = excluded.value RETURNING key, value;
SELECT state, detail FROM story.refusal('UPDATE api.system_settings SET key = ''name_of_site'' WHERE key = ''site_name''');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT state FROM story.refusal('UPDATE api.system_settings SET key = key');

-- A message is one line (PostgREST makes it its status line): what it tells of, as the name of a tower, is one.
SELECT state, code FROM story.refusal(format('INSERT INTO api.units (project_id, tower, unit_number, price) VALUES (%s, %L, %L, 1000)', :palm, E'B\r\nSet-Cookie: a=b', E'\t1'));
ROLLBACK;
