-- What texts hold: names, numbers and subjects show something, in one line; nothing turns the direction or hides. On every surface.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
\set VERBOSITY sqlstate
\pset null '(null)'
CREATE FUNCTION project(name text) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('name', name, 'status', 'launched', 'city', 'Pune') $$;

-- Nothing to see: a blank of any width, a zero-width character, a filler, a mark on nothing.
SELECT to_hex(ascii(name)), r.status, r.details FROM unnest(ARRAY['', ' ', E'\u00a0', E'\u3000', E'\u200b', E'\u2060', E'\ufeff', E'\u00ad', E'\u200d', E'\u3164', E'\u2800', E'\u0301']) name,
	refusal('POST', '/api/projects', project(name), :'aya') r;
-- Something to see, and something besides.
SELECT r.details, count(*) FROM unnest(ARRAY[E'Palm\nCourt', E'Palm\tCourt', E'Palm\u0007', E'Palm\u009b', E'\u202etruoC mlaP', E'Palm\u2066Court', E'Palm\u200f',
	E'Pa\u200blm', E'Palm\ufeff', E'Pa\u00adlm', E'Palm\u200d', E'Palm \u200cCourt', E'1\u200d2', E'Palm\ufe0f', E'Palm\u2028Court', E'Palm\U000e0041', E'Palm\u180e']) name,
	refusal('POST', '/api/projects', project(name), :'aya') r GROUP BY 1;
-- Names of many scripts, with the joiners they are written with, and pictures.
SELECT status, data -> 'project' ->> 'name' FROM unnest(ARRAY['Palm Court – №5, ½ m²', 'पाम कोर्ट', E'\u0d15\u0d4d\u200d\u0d37', E'\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645', E'\u0d2e\u0d4b\u0d39\u0d28\u0d4d\u200d',
	'棕榈苑', 'פאלם', E'\U0001f334 Palms \u2764\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467', E'Palm\u00a0Court']) name, answer('POST', '/api/projects', project(name), :'aya');

-- Each surface, each kind of name.
SELECT * FROM refusal('POST', '/api/auth/register', jsonb_build_object('email', 'eve@api.example', 'password', 'correct horse battery', 'full_name', E'Ev\u200be', 'user_type', 'builder',
	'company_name', E'\u202eEve', 'license_number', E'KA\u2060/1', 'city', E'Pu\nne', 'state', ' ', 'description', E'One\nTwo\tThree', 'address', E'1 MG Road\r\nPune'));
SELECT * FROM refusal('POST', '/api/units', jsonb_build_object('project_id', (SELECT min(id) FROM realty.projects), 'tower', E'A\u200b', 'unit_number', E'1\u202e2', 'unit_type', E'2\nBHK', 'price', 1), :'aya');
SELECT unnest(string_to_array(details, '; ')) FROM refusal('POST', '/api/units/bulk', jsonb_build_array(jsonb_build_object('project_id', (SELECT min(id) FROM realty.projects), 'unit_number', '1', 'price', 1),
	jsonb_build_object('project_id', (SELECT min(id) FROM realty.projects), 'unit_number', E'2\u200b', 'price', 1), jsonb_build_object('project_id', (SELECT min(id) FROM realty.projects), 'unit_number', E'\u200b', 'price', 1)), :'aya');
SELECT * FROM refusal('PATCH', '/api/projects/' || (SELECT min(id) FROM realty.projects), jsonb_build_object('amenities', jsonb_build_array('pool', E'g\u200bym'), 'images', jsonb_build_array(E'https://x.example/\u202egpj.a')), :'aya');
SELECT * FROM refusal('PATCH', '/api/auth/me', jsonb_build_object('full_name', E'Chitra\u202e'), :'chitra');
-- Messages have lines; a subject is one, and shows something or is not there.
SELECT status FROM answer('POST', '/api/messages', jsonb_build_object('recipient_id', 1, 'project_id', (SELECT min(id) FROM realty.projects), 'subject', 'Hello', 'body', E'One\n\n\tTwo\r\n\U0001f44d\U0001f3fd'), :'chitra');
SELECT r.* FROM (VALUES (' ', 'x'), ('', 'x'), (E'a\nb', 'x'), (E'\u200b', 'x'), ('x', E'\u200b'), ('x', E'a\u202eb'), ('x', E'a\u0008b')) v (subject, body),
	refusal('POST', '/api/messages', jsonb_build_object('recipient_id', 1, 'project_id', (SELECT min(id) FROM realty.projects), 'subject', subject, 'body', body), :'chitra') r;
-- In SQL and by COPY, the owner too.
BEGIN;
SELECT realty.authenticate(:'aya') \gset
INSERT INTO api.projects (name, city) VALUES (E'Palm\u200b', 'Pune');
ROLLBACK;
INSERT INTO realty.users (email, user_type, full_name) VALUES ('x@api.example', 'customer', E'\u2067x');
COPY realty.projects (builder_id, name, city) FROM stdin;
1	Palm\nCourt	Pune
\.
\i :end
