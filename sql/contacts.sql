-- How people are reached: one mailbox, and a number as it was typed with the one that telephones dial.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
\set VERBOSITY sqlstate
\pset null '(null)'

-- One mailbox, according to RFC 5321; letters of all alphabets on both sides.
SELECT address, realty.is_mailbox(address) FROM unnest(ARRAY['a@b.co', 'asha.rao+flat@mail.example.com', '!#$%&''*+-/=?^_`{|}~@x.io', 'o''neil@x.ie', '1@2.com', 'a@xn--bcher-kva.example',
	'आशा@उदाहरण.भारत', 'é@x.y', repeat('a', 64) || '@x.io', 'a@' || repeat('x', 63) || '.io']) address;
SELECT left(address, 60) AS address FROM unnest(ARRAY['', 'a', '@x.io', 'a@', 'a@b', 'a@@x.io', 'a@b@x.io', 'a@x.io,b@x.io', 'a@x.io;b@x.io', 'a@x.io b@x.io', '<a@x.io>', 'Asha <a@x.io>', 'a(asha)@x.io', '"a b"@x.io',
	'"a"@x.io', 'mailto:a@x.io', E'a@x.io\r\nBcc: b@x.io', E'a\t@x.io', '.a@x.io', 'a.@x.io', 'a..b@x.io', 'a@.x.io', 'a@x.io.', 'a@x..io', 'a@-x.io', 'a@x-.io', 'a@x_y.io', 'a@[192.0.2.1]', 'a@192.0.2.1', 'a@x.io/y', 'a\@x.io',
	'a:b@x.io', E'a\u200b@x.io', E'a@x\u202e.io', E'a\uff20b@x.io', E'a@x\uff0eio', E'a\u00a0b@x.io', repeat('a', 65) || '@x.io', 'a@' || repeat('x', 64) || '.io', repeat('a', 60) || '@' || repeat(repeat('x', 60) || '.', 3) || repeat('y', 12)]) address
WHERE realty.is_mailbox(address);
-- On each surface; blanks around it are trimmed and not stored.
SELECT r.* FROM unnest(ARRAY['a@x.io,b@x.io', 'Asha <a@x.io>', E'a@x.io\nBcc: b@x.io', 'a@x']) email,
	refusal('POST', '/api/auth/register', jsonb_build_object('email', email, 'password', 'correct horse battery', 'full_name', 'Eve', 'user_type', 'customer')) r;
SELECT status, data #>> '{user,email}' AS email FROM answer('POST', '/api/auth/register', jsonb_build_object('email', E' Eve@api.example\u00a0', 'password', 'correct horse battery', 'full_name', 'Eve', 'user_type', 'customer', 'phone', '098450 12345'));
SELECT * FROM refusal('PATCH', '/api/users/1', '{"email": "aya@api.example, bo@api.example"}', :'root');
SELECT status, data #>> '{user,email}' AS email FROM answer('PATCH', '/api/users/1', '{"email": "aya@api.example "}', :'root');
SELECT realty.create_admin('Root <root2@api.example>', 'correct horse battery');
INSERT INTO realty.users (email, user_type, full_name) VALUES ('<x@api.example>', 'customer', 'X');
COPY realty.users (email, user_type, full_name) FROM stdin;
x@api.example, y@api.example	customer	X
\.
COPY realty.users (email, user_type, full_name) FROM stdin;
 copied@api.example 	customer	Copied
\.
SELECT quote_literal(email) FROM realty.users WHERE full_name = 'Copied';
-- The address for help is one, or none.
SELECT value, r.status, r.details FROM unnest(ARRAY['"help@api.example"', '""', '"a@x.io, b@x.io"', '"Help <a@x.io>"', '" "']::jsonb[]) value, refusal('PUT', '/api/settings/support_email', jsonb_build_object('value', value), :'root') r;

-- Numbers: digits count, and what stands between them does not.
SELECT phone, realty.is_phone(phone), realty.phone_e164(phone, 'IN') AS india, realty.phone_e164(phone, 'GB') AS britain, realty.phone_e164(phone, 'US') AS america
FROM unnest(ARRAY['98450 12345', '+91 98450 12345', '(+91) 98450-12345', '098450.12345', '0091 98450 12345', '919845012345', '080 2345 6789', '+91 (0)80 2345 6789', '(080) 2345-6789', '2345678',
	'+44 20 7183 8750', '020 7183 8750', '+44 (0)20 7183 8750', '(415) 555-2671', '1-415-555-2671', '+1 415 555 2671', E'\uff0b\uff19\uff11 98450\u00a012345', '+390612345678', '123456789012345']) phone;
SELECT phone FROM unnest(ARRAY['', '1-----', '12345', '+', '++91 98450 12345', '91+98450 12345', '98450 12345+', '(98450 12345', '98450) 12345', '((98450)) 12345', '98450 12345 x 12', 'call me', '1234567890123456', E'98450\n12345', E'98450\u200b12345', '98450/12345', '٩٨٤٥٠١٢٣٤٥']) phone
WHERE realty.is_phone(phone);
SELECT realty.phone_e164('06 1234 5678', 'IT') AS italy, realty.phone_e164('06 1 234 5678', 'HU') AS hungary, realty.phone_e164('8 (912) 345-67-89', 'RU') AS russia, realty.phone_e164('06 12 34 56 78', 'FR') AS france,
	realty.phone_e164('98450 12345', 'in') AS letters, realty.phone_e164('98450 12345', 'XX') AS nowhere, realty.phone_e164('555-2671', 'US') AS too_short;
-- What was typed is shown, and beside it the number, which only the trigger writes. It can be filtered by.
SELECT status, data #>> '{user,phone}' AS phone, data #>> '{user,phone_e164}' AS number FROM answer('PATCH', '/api/auth/me', '{"phone": "(0)98450.12345"}', :'chitra');
SELECT * FROM refusal('PATCH', '/api/auth/me', '{"phone": "1-----"}', :'chitra');
SELECT * FROM refusal('PATCH', '/api/users/3', '{"phone_e164": "+15551234567"}', :'root');
SELECT status, u -> 'id' AS id, u ->> 'phone' AS phone FROM answer('GET', '/api/users?phone_e164=%2B919845012345', NULL, :'root'), jsonb_array_elements(data -> 'users') u;
UPDATE realty.users SET phone_e164 = '+15551234567' WHERE id IN (1, 3);
SELECT id, phone, phone_e164 FROM realty.users WHERE id IN (1, 3) ORDER BY id;
-- Another country, and the numbers are recomputed on request.
SELECT status FROM answer('PUT', '/api/settings/country', '{"value": "GB"}', :'root');
UPDATE realty.users SET phone_e164 = NULL WHERE phone IS NOT NULL;
SELECT id, phone, phone_e164 FROM realty.users WHERE phone IS NOT NULL ORDER BY id;
UPDATE realty.users SET phone = NULL WHERE id = 3;
SELECT phone, phone_e164 FROM realty.users WHERE id = 3;
\i :end
