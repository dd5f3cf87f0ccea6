-- Same thing, same identity: what people read as one name is one, through /api, a view of PostgREST's, SQL and COPY.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
\set VERBOSITY sqlstate
\pset null '(null)'

-- The key: width, composition, ligatures, case, blanks and what has no width do not tell texts apart; words and digits do.
SELECT what, realty.identity_key(what) AS key FROM unnest(ARRAY['b 12', ' B  12 ', E'\u00a0b\u3000\u200912\t', E'\uff22 \uff11\uff12', E'b\u200b 1\u00ad2\ufeff',
	'É', E'e\u0301', E'\u212b', 'ﬁn', 'ΣΊΣΥΦΟΣ', 'σίσυφος', 'ДОМ', E'\u1e9e', 'ß', 'ശ്രീ', E'\u00bd', '', E' \u200b ']) what;
-- Nor do the dashes, quotes and strokes that a word processor puts for what was typed.
SELECT k.key, count(*) FROM unnest(ARRAY['B-12', 'B–12', 'b—12', E'B\u201012', E'B\u201112', E'B\u221212', E'B\uff0d12', 'o''brien "1/2"', 'O’Brien “½”', E'o\u2018brien \u201c1\u22152\u201d']) what,
	LATERAL (SELECT realty.identity_key(what) AS key) k GROUP BY k.key ORDER BY k.key COLLATE "C";
-- A key's key is itself; small and capital letters have one, but for the dotless i, whose capital is another letter's (and pairs
-- that Unicode has only since 16, which newer C libraries know).
SELECT count(*) AS unstable FROM generate_series(1, 131071) c, LATERAL (SELECT realty.identity_key(chr(c))) k (key)
	WHERE c NOT BETWEEN 55296 AND 57343 AND realty.identity_key(k.key) <> k.key;
SELECT chr(c) AS split FROM generate_series(1, 131071) c
	WHERE c NOT BETWEEN 55296 AND 57343 AND realty.identity_key(lower(chr(c))) <> realty.identity_key(upper(lower(chr(c))))
	AND lower(chr(c)) || upper(chr(c)) !~ '[\u1c89\u1c8a\ua7cb-\ua7dc\U00010d50-\U00010d85\U00016ea0-\U00016ed3]';
-- A pile of marks costs what its length does: of a run, thirty count. What is longer than anything stored is hashed as it is.
SELECT length(realty.identity_key('a' || repeat(E'\u0301\u0316', 2000))) AS marks, octet_length(realty.identity_key(repeat(E'\ufdfa', 1000000))) AS endless;
-- And a name whose letters unfold to eighteen each still fits an index, apart from others that begin like it.
SELECT octet_length(k.a) AS bytes, k.a = k.b AS same FROM (SELECT realty.identity_key(repeat(E'\ufdfa', 199) || 'a') AS a, realty.identity_key(repeat(E'\ufdfa', 199) || 'b') AS b) k;
SELECT realty.unit_key('A', '1 2') = realty.unit_key('A 1', '2') AS one, realty.unit_key(' a ', 'B12') = realty.unit_key('A', E'b\u200b12') AS same;

-- Units: the second spelling is refused in the words of the first.
SELECT status FROM answer('POST', '/api/projects', '{"name": "Palm", "status": "launched", "city": "Pune"}', :'aya');
SELECT status FROM answer('POST', '/api/units', '{"project_id": 1, "tower": "A", "unit_number": "B 12", "price": 100}', :'aya');
SELECT number, r.* FROM unnest(ARRAY['B 12', 'b 12', 'B 12 ', E' b\u00a0 12', E'\uff22 12']) number,
	refusal('POST', '/api/units', jsonb_build_object('project_id', 1, 'tower', 'A', 'unit_number', number, 'price', 100), :'aya') r;
SELECT * FROM refusal('POST', '/api/units', '{"project_id": 1, "tower": " a", "unit_number": "b 12", "price": 100}', :'aya');
SELECT unnest(string_to_array(details, '; ')) AS detail FROM refusal('POST', '/api/units/bulk', '[{"project_id": 1, "tower": "A", "unit_number": "b  12", "price": 1},
	{"project_id": 1, "tower": "c", "unit_number": "1", "price": 1}, {"project_id": 1, "tower": "C", "unit_number": "1", "price": 1}]', :'aya');
SELECT status FROM answer('POST', '/api/units', '{"project_id": 1, "tower": "A", "unit_number": "B12", "price": 100}', :'aya');
SELECT * FROM refusal('PATCH', '/api/units/' || (SELECT max(id) FROM realty.units), '{"unit_number": "b 12"}', :'aya');
BEGIN;
SELECT realty.authenticate(:'aya') \gset
INSERT INTO api.units (project_id, tower, unit_number, price) VALUES (1, 'a', 'B 12', 1);
ROLLBACK;
-- What is for private use, or not assigned, tells nothing apart; names and prose may have it.
SELECT character, r.* FROM unnest(ARRAY['e000', 'f8ff', '0378', 'f0000', '10fffd']) character,
	refusal('POST', '/api/units', jsonb_build_object('project_id', 1, 'tower', 'C' || chr(('x' || lpad(character, 8, '0'))::bit(32)::int),
		'unit_number', '7' || chr(('x' || lpad(character, 8, '0'))::bit(32)::int), 'price', 1), :'aya') r;
SELECT * FROM refusal('PATCH', '/api/builders/1', jsonb_build_object('license_number', E'PRM\ue000'), :'aya');
SELECT realty.has_known_characters(E'Ⅻ ½ m² – №5 \u0d15\u0d4d ☂ \U0001f468') AS known, realty.has_known_characters('') AS nothing;
SELECT data #>> '{project,name}' = E'Palm \uf8ff' AS named FROM answer('PATCH', '/api/projects/1', jsonb_build_object('name', E'Palm \uf8ff'), :'aya');
SELECT status FROM answer('PATCH', '/api/projects/1', '{"name": "Palm"}', :'aya');
COPY realty.units (project_id, tower, unit_number, price) FROM stdin;
1	A	b 12	1
\.
-- A price list upserts by what is typed; another spelling of a unit that is there is refused, never a second flat.
BEGIN;
SELECT realty.authenticate(:'aya') \gset
INSERT INTO api.units (project_id, tower, unit_number, price) VALUES (1, 'A', 'B 12', 200)
	ON CONFLICT (project_id, tower, unit_number) DO UPDATE SET price = excluded.price;
COMMIT;
BEGIN;
SELECT realty.authenticate(:'aya') \gset
INSERT INTO api.units (project_id, tower, unit_number, price) VALUES (1, 'A', 'b 12', 300)
	ON CONFLICT (project_id, tower, unit_number) DO UPDATE SET price = excluded.price;
ROLLBACK;
-- What was typed is shown.
SELECT tower, unit_number, price FROM realty.units ORDER BY id;

-- Licences and addresses: one that is taken cannot be taken again in another spelling.
SELECT licence, r.* FROM unnest(ARRAY['PRM/KA/RERA/aya', ' PRM/KA/RERA/aya', 'prm/ka/rera/AYA ', E'\uff30RM/KA/RERA/aya']) licence,
	refusal('POST', '/api/auth/register', jsonb_build_object('email', 'eve@api.example', 'password', 'correct horse battery', 'full_name', 'Eve',
		'user_type', 'builder', 'company_name', 'Eve Homes', 'license_number', licence)) r;
SELECT * FROM refusal('PATCH', '/api/builders/2', '{"license_number": "prm/ka/rera/AYA"}', :'bo');
SELECT email, r.* FROM unnest(ARRAY['AYA@api.example', 'aya@API.example', E'\uff41ya@api.example']) email,
	refusal('POST', '/api/auth/register', jsonb_build_object('email', email, 'password', 'correct horse battery', 'full_name', 'Eve', 'user_type', 'customer')) r;
SELECT * FROM refusal('PATCH', '/api/users/2', '{"email": "AYA@API.EXAMPLE"}', :'root');
INSERT INTO realty.users (email, user_type, full_name) VALUES ('Aya@Api.Example', 'customer', 'Eve');
-- A returning user is recognised by each of these.
SELECT email, status FROM unnest(ARRAY['aya@api.example', 'AYA@api.example', ' aya@api.example', 'aya@api.example ', E'aya@api.example\u00a0', E'\uff41ya@api.example',
	'a ya@api.example', 'aya@api.example.']) email,
	answer('POST', '/api/auth/login', jsonb_build_object('email', email, 'password', 'correct horse battery'));
SELECT status FROM answer('POST', '/api/auth/forgot-password', '{"email": " AYA@api.example "}');
SELECT recipient FROM realty.outbox;
-- The key of what is asked for is made once, not for each row: it may be long.
CREATE FUNCTION pg_temp.keys() RETURNS bigint LANGUAGE sql RETURN coalesce(pg_stat_get_xact_function_calls('realty.identity_key(text)'::regprocedure), 0);
BEGIN;
SET LOCAL track_functions = 'all'; SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL realty.login_floor = 0;
ANALYZE realty.users;
SELECT api.login(repeat('a', 5000), 'correct horse battery') ->> 'code' AS login, pg_temp.keys() AS keys;
SELECT api.forgot_password(repeat('a', 5000)) ? 'message' AS forgot, pg_temp.keys() AS keys;
ROLLBACK;

-- Models: a name in another spelling is the next version of the same one.
SELECT status, data ->> 'version' AS version FROM unnest(ARRAY['Lobby', 'lobby ', E'\uff2cobby', 'Lobby 2']) name,
	LATERAL answer('POST', '/api/models', jsonb_build_object('project_id', 1, 'name', name, 'file_url', 'https://x.example/a.glb', 'format', 'glb'), :'aya') a (status, data0),
	LATERAL (SELECT coalesce(data0 -> 'model', data0)) d (data);
SELECT realty.check_invariants();
\i :end
