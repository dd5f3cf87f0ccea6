-- Creating accounts: by users themselves, all violations at once, and the first administrator.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET realty.argon2_memory = 64;
SET realty.argon2_operations = 1;

-- A customer
SET ROLE realty_anon;
SELECT api.register('Asha.Rao@register.example', 'correct horse', 'customer', 'Asha Rao', '+91 98450 12345',
    city => 'Bengaluru', budget_min => 5000000, budget_max => 9000000.5, preferences => '{"bedrooms": [2, 3]}') AS answer \gset
SELECT jsonb_object_keys(:'answer'::jsonb) AS key ORDER BY key;
SELECT (:'answer'::jsonb->'user') - '{id,profile_id,created_at,updated_at}'::text[]
    #- '{customer,id}' AS "user";
RESET ROLE;
SELECT a->'user'->>'profile_id' = a->'user'->'customer'->>'id' AS profile_id,
       c.user_id = (a->'user'->>'id')::bigint AS profile_is_theirs, a->'expires_in' AS expires_in,
       a->>'refresh_token' ~ '^[A-Za-z0-9_-]{43}$' AS refresh_token
FROM (SELECT :'answer'::jsonb AS a) s
JOIN realty.customers c ON c.id = (a->'user'->>'profile_id')::bigint;
SELECT jsonb_object_keys(claims) AS claim FROM realty.jwt_verify(:'answer'::jsonb->>'token') claims ORDER BY claim;
SELECT claims->>'sub' = a->'user'->>'id' AS sub, claims->>'role' AS role, claims->>'user_type' AS user_type,
       claims->'profile_id' = a->'user'->'profile_id' AS profile_id, claims->>'type' AS type,
       (claims->>'exp')::bigint - (claims->>'iat')::bigint AS seconds
FROM (SELECT :'answer'::jsonb AS a) s, realty.jwt_verify(a->>'token') claims;
-- What is stored: a hash, and of the refresh token no more than its SHA-256
SELECT k.password_hash ~ '^\$argon2id\$v=19\$m=64,t=1,p=1\$' AS hash,
       t.token_hash = sha256(convert_to(:'answer'::jsonb->>'refresh_token', 'UTF8')) AS token_hash
FROM realty.users u JOIN realty.user_credentials k ON k.user_id = u.id
JOIN realty.sessions s ON s.user_id = u.id JOIN realty.refresh_tokens t ON t.session_id = s.id
WHERE u.email = 'Asha.Rao@register.example';

-- A builder
SET ROLE realty_anon;
SELECT a->'user'->>'user_type' AS user_type, (a->'user'->'builder') - 'id' AS builder, a->'user' ? 'customer' AS customer
FROM api.register('office@skyline.example', 'correct horse', 'builder', 'Vikram Shetty', company_name => 'Skyline Homes',
    license_number => 'PRM/KA/RERA/1251/308', website => 'https://skyline.example', city => 'Pune') a;

-- All violations at once, of user, password and profile
SELECT api.register('nobody', 'short', 'customer', ' ', 'call me', budget_min => 10, budget_max => 5,
    preferences => '[]', state => repeat('x', 101));
SELECT api.register(NULL, NULL, 'builder');
SELECT api.register('b@register.example', 'correct horse', 'builder', 'B', company_name => '', website => 'javascript:x',
    budget_min => 5, preferences => '{}');
SELECT api.register('c@register.example', 'correct horse', 'customer', 'C', company_name => 'Mine', license_number => 'L');
SELECT api.register('c@register.example', 'correct horse', 'customer', 'C', budget_min => 'NaN', budget_max => 1e30, city => repeat('x', 101));
SELECT api.register('c@register.example', 'correct horse', 'customer', 'C', budget_min => 'Infinity', budget_max => -1);
SELECT api.register('c@register.example', repeat('x', 1025), 'customer', 'C');
-- A user cannot register as an administrator
SELECT api.register('root@register.example', 'short', 'admin', 'Root');
SELECT api.register('root@register.example', 'correct horse', 'Admin', 'Root');
SELECT api.register('root@register.example', 'correct horse', NULL, 'Root');
SELECT api.register('root@register.example', 'correct horse', '', 'Root');
RESET ROLE;
SET realty.password_algorithm = 'bcrypt';
SELECT api.register('c@register.example', repeat('x', 73), 'customer', 'C');
RESET realty.password_algorithm;
SELECT count(*) AS refused_left_nothing FROM realty.users WHERE email ~ '^(nobody$|b@register|c@register|root@register)';

-- One account an e-mail, whatever its case; one licence a builder, and then no user either
\set VERBOSITY sqlstate
SET ROLE realty_anon;
SELECT api.register('ASHA.RAO@REGISTER.EXAMPLE', 'correct horse', 'customer', 'Asha Rao');
SELECT api.register('other@skyline.example', 'correct horse', 'builder', 'Other', company_name => 'Other',
    license_number => 'prm/ka/rera/1251/308');
RESET ROLE;
SELECT count(*) AS half_done FROM realty.users WHERE email = 'other@skyline.example';

-- The first administrator: the owner's to make
SELECT realty.create_admin('root@register.example', 'correct horse') AS id \gset
SELECT email, user_type, full_name, is_active FROM realty.users WHERE id = :id;
\set VERBOSITY default
SELECT realty.create_admin('root', NULL);
SELECT realty.create_admin(NULL, 'short');
-- Characters count, not bytes
SELECT realty.create_admin(NULL, 'éééàààü');
SELECT realty.create_admin(NULL, '一二三四五六七');
SELECT realty.create_admin(NULL, '一二三四五六七八');
\set VERBOSITY sqlstate
SELECT realty.create_admin('Root@register.example', 'correct horse');
SET ROLE realty_admin;
SELECT realty.create_admin('second@register.example', 'correct horse');
RESET ROLE;
SELECT has_function_privilege(r, 'realty.create_admin(text, text)', 'EXECUTE') AS create_admin,
       has_function_privilege(r, 'realty.issue_token(bigint)', 'EXECUTE') AS issue_token,
       has_function_privilege(r, 'realty.password_hash(text)', 'EXECUTE') AS password_hash,
       has_function_privilege(r, 'api.register(text,text,text,text,text,text,text,text,text,text,text,text,text,numeric,numeric,jsonb)', 'EXECUTE') AS register
FROM unnest('{realty_anon,realty_customer,realty_builder,realty_admin,realty_analyst,realty_gateway,realty_authenticator}'::text[]) r;
