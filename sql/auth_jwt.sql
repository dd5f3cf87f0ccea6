-- Access tokens: what is believed, and every way in which one is refused.
\set VERBOSITY sqlstate
\set SECRET 'a-test-secret-of-at-least-thirty-two-bytes'
SET client_min_messages = warning;

-- State and code of the error that a statement ends in.
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    code text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, code = CONSTRAINT_NAME;
    RETURN concat_ws(' ', state, nullif(code, ''), SQLERRM);
END $$;
CREATE FUNCTION pg_temp.verdict(token text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.refusal(format('SELECT realty.jwt_verify(%L)', token)) $$;

-- A token with any header and payload, signed with the server's secret.
CREATE FUNCTION pg_temp.token(header text, payload text, algorithm text DEFAULT 'HS256')
RETURNS text LANGUAGE sql AS $$
    SELECT covered || '.' ||
           realty.algorithm_sign(covered, 'a-test-secret-of-at-least-thirty-two-bytes', algorithm)
    FROM (SELECT realty.url_encode(convert_to(header, 'UTF8')) || '.' ||
                 realty.url_encode(convert_to(payload, 'UTF8')) AS covered) c $$;
-- Claims that pass, changed by those given; times are seconds from now.
CREATE FUNCTION pg_temp.claims(changes jsonb DEFAULT '{}', VARIADIC times text[] DEFAULT '{}')
RETURNS text LANGUAGE sql AS $$
    SELECT ('{"iss": "realty", "sub": "1", "exp": 4102444800}'::jsonb
            || jsonb_build_object('db', (SELECT id FROM realty.database_identity)) || changes
            || coalesce((SELECT jsonb_object_agg(split_part(t, '=', 1),
                         floor(extract(epoch FROM clock_timestamp()) + split_part(t, '=', 2)::int))
                         FROM unnest(times) t), '{}'))::text $$;

-- RFC 7515, appendix A.1: the key is binary, the header has a line break.
\set A1_KEY 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'
\set A1_COVERED 'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
\set A1 :A1_COVERED.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
SELECT realty.jws_verify(:'A1', realty.url_decode(:'A1_KEY'), 'HS256') AS rfc_7515_a1;
SELECT realty.jws_verify(:'A1', realty.url_decode(:'A1_KEY'), 'HS384') AS other_algorithm,
       realty.jws_verify(:'A1', 'another key', 'HS256') AS other_key,
       realty.jws_verify(:'A1' || 'A', realty.url_decode(:'A1_KEY'), 'HS256') AS longer,
       realty.jws_verify(:'A1_COVERED' || '.', realty.url_decode(:'A1_KEY'), 'HS256') AS unsigned,
       realty.jws_verify(:'A1', '', 'HS256') AS empty_key;
-- Each part is base64url and nothing else, though the signature fits what it covers.
SELECT part, letters, realty.jws_verify(covered || '.' || realty.algorithm_sign(covered, 'key', 'HS256'), 'key', 'HS256') AS verified
FROM (VALUES ('header', 'eyJhbGciOiJIUzI1NiJ9'), ('header', 'eyJhbGciOiJIUzI1NiJ9 '), ('header', 'eyJhbGciOiJIUzI1NiJ9='),
	('payload', 'AQID'), ('payload', 'AQI'), ('payload', '_-8'), ('payload', 'AQ ID'), ('payload', 'AQID '), ('payload', E'AQ\nID'), ('payload', 'AQ!D'),
	('payload', '!'), ('payload', 'AQI='), ('payload', '+/8'), ('payload', 'A'), ('payload', 'AQJ'), ('payload', 'é')) v (part, letters),
	LATERAL (SELECT CASE part WHEN 'header' THEN letters || '.AQID' ELSE 'eyJhbGciOiJIUzI1NiJ9.' || letters END) c (covered);
SELECT realty.jws_verify(:'A1', 'key', 'none');
SELECT realty.jws_verify(:'A1', 'key', 'hs256');

-- jwt.io's HS256 example
SELECT realty.jws_verify(
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
    'your-256-bit-secret', 'HS256') AS jwt_io;

-- One of ours
SELECT pg_temp.token('{"alg":"HS256","typ":"JWT"}', pg_temp.claims()) AS good \gset
SELECT realty.jwt_verify(:'good') - 'db' AS jwt_verify;
SELECT realty.jwt_verify(NULL) IS NULL AS null_is_null;

-- The algorithm is ours to say
SELECT what, pg_temp.verdict(token) FROM (VALUES
    (1, 'none, unsigned', realty.url_encode('{"alg":"none"}') || '.' || split_part(:'good', '.', 2) || '.'),
    (2, 'None, unsigned', realty.url_encode('{"alg":"None"}') || '.' || split_part(:'good', '.', 2) || '.'),
    (3, 'none, signed', pg_temp.token('{"alg":"none"}', pg_temp.claims())),
    (4, 'HS512, truly', pg_temp.token('{"alg":"HS512"}', pg_temp.claims(), 'HS512')),
    (5, 'says HS512, is HS256', pg_temp.token('{"alg":"HS512"}', pg_temp.claims())),
    (6, 'says HS256, is HS512', pg_temp.token('{"alg":"HS256"}', pg_temp.claims(), 'HS512')),
    (7, 'no alg', pg_temp.token('{"typ":"JWT"}', pg_temp.claims())),
    (8, 'alg is a list', pg_temp.token('{"alg":["HS256"]}', pg_temp.claims())),
    (9, 'alg twice', pg_temp.token('{"alg":"HS256","alg":"none"}', pg_temp.claims())),
    (10, 'alg twice, escaped', pg_temp.token('{"alg":"HS256","\u0061lg":"HS256"}', pg_temp.claims())),
    (11, 'crit', pg_temp.token('{"alg":"HS256","crit":["exp"]}', pg_temp.claims())),
    (12, 'kid is allowed', pg_temp.token('{"alg":"HS256","kid":"2026"}', pg_temp.claims())),
    (13, 'header is no object', pg_temp.token('["HS256"]', pg_temp.claims())),
    (14, 'header is deep', pg_temp.token('{"alg":"HS256","x":' || repeat('[', 900) || '}', '{}')),
    (15, 'header is large', pg_temp.token(format('{"alg":"HS256","x":"%s"}', repeat('x', 2000)), '{}'))
) AS t(n, what, token) ORDER BY n;
SET realty.jwt_algorithm = 'HS512';
SELECT pg_temp.verdict(:'good') AS hs256,
       pg_temp.verdict(pg_temp.token('{"alg":"HS512"}', pg_temp.claims(), 'HS512')) AS hs512;
RESET realty.jwt_algorithm;

-- Tampering
SELECT what, pg_temp.verdict(token) FROM (VALUES
    (1, 'another payload', split_part(:'good', '.', 1) || '.' || realty.url_encode('{"sub":"2"}') || '.' || split_part(:'good', '.', 3)),
    (2, 'another header', realty.url_encode('{"alg":"HS256"}') || '.' || split_part(:'good', '.', 2) || '.' || split_part(:'good', '.', 3)),
    (3, 'another secret', realty.sign(pg_temp.claims()::json, 'another-secret-of-at-least-thirty-two-bytes')),
    (4, 'empty secret', realty.sign(pg_temp.claims()::json, '')),
    (5, 'no signature', split_part(:'good', '.', 1) || '.' || split_part(:'good', '.', 2) || '.'),
    (6, 'shorter signature', left(:'good', -1)),
    (7, 'longer signature', :'good' || 'A')
) AS t(n, what, token) ORDER BY n;

-- One token has one spelling: base64url without padding, unused bits zero
\set LETTERS 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
SELECT what, pg_temp.verdict(token) FROM (VALUES
    (1, 'unused bits set', left(:'good', -1) || substr(:'LETTERS', strpos(:'LETTERS', right(:'good', 1)) + 1, 1)),
    (2, 'padded', :'good' || '='),
    (3, 'trailing line feed', :'good' || E'\n'),
    (4, 'leading blank', ' ' || :'good'),
    (5, 'blank inside', overlay(:'good' PLACING ' ' FROM 50 FOR 0)),
    (6, 'letter of plain base64', overlay(:'good' PLACING '+' FROM length(:'good') - 9 FOR 1))
) AS t(n, what, token) ORDER BY n;

-- Shapes
\set NOT_UTF8 eyJhbGciOiJIUzI1NiJ9._w
SELECT what, pg_temp.verdict(token) FROM (VALUES
    (1, 'empty', ''),
    (2, 'dots', '..'),
    (3, 'one part', 'eyJhbGciOiJIUzI1NiJ9'),
    (4, 'two parts', 'eyJhbGciOiJIUzI1NiJ9.e30'),
    (5, 'four parts', :'good' || '.e30'),
    (6, 'too long', repeat('a', 9000)),
    (7, 'not letters', 'é.é.é'),
    (8, 'length 1 mod 4', 'eyJhb.e30.x'),
    (9, 'payload not UTF-8', :'NOT_UTF8' || '.' || realty.algorithm_sign(:'NOT_UTF8', :'SECRET', 'HS256')),
    (10, 'payload no JSON', pg_temp.token('{"alg":"HS256"}', 'claims')),
    (11, 'payload a list', pg_temp.token('{"alg":"HS256"}', '[{"exp":4102444800}]')),
    (12, 'payload a text', pg_temp.token('{"alg":"HS256"}', '"exp"')),
    (13, 'zero character', pg_temp.token('{"alg":"HS256"}', '{"iss":"realty\u0000"}')),
    (14, 'a claim twice', pg_temp.token('{"alg":"HS256"}', '{"iss":"realty","exp":1,"exp":4102444800}')),
    (15, 'two hundred claims', pg_temp.token('{"alg":"HS256"}',
        (SELECT '{' || string_agg(format('"c%s":1', i), ',') || '}' FROM generate_series(1, 200) i)))
) AS t(n, what, token) ORDER BY n;

-- Times, with a leeway of 30 seconds
SHOW realty.jwt_leeway;
CREATE FUNCTION pg_temp.judge(changes jsonb, VARIADIC times text[] DEFAULT '{}') RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.verdict(pg_temp.token('{"alg":"HS256"}', pg_temp.claims(changes, VARIADIC times))) $$;
SELECT pg_temp.judge('{}', 'exp=600') AS fresh,
       pg_temp.judge('{}', 'exp=-10') AS within_leeway,
       pg_temp.judge('{}', 'exp=-60') AS expired;
SELECT pg_temp.judge('{}', 'nbf=10') AS within_leeway,
       pg_temp.judge('{}', 'nbf=-10') AS begun,
       pg_temp.judge('{}', 'nbf=60') AS not_yet,
       pg_temp.judge('{}', 'iat=600', 'exp=1500') AS clock_was_set_back,
       pg_temp.judge('{}', 'iat=1000', 'exp=1900') AS from_the_future;
SET realty.jwt_leeway = 0;
SELECT pg_temp.judge('{}', 'exp=-10') AS no_leeway;
RESET realty.jwt_leeway;
SELECT pg_temp.verdict(pg_temp.token('{"alg":"HS256"}', '{"iss":"realty"}')) AS no_exp,
       pg_temp.judge('{"exp": "4102444800"}') AS exp_is_text,
       pg_temp.judge('{"exp": null}') AS exp_is_null,
       pg_temp.judge('{"nbf": true}') AS nbf_is_true,
       pg_temp.judge('{"exp": 4102444800.5}') AS exp_is_a_fraction;
SELECT pg_temp.verdict(pg_temp.token('{"alg":"HS256"}', '{"iss":"realty","exp":1e999}')) AS exp_is_endless;

-- Issuer and audience
SELECT pg_temp.judge('{"iss": "somebody"}') AS iss_wrong,
       pg_temp.judge('{"iss": ["realty"]}') AS iss_is_a_list,
       pg_temp.judge('{"aud": "anybody"}') AS aud_unchecked;
SET realty.jwt_issuer = '';
SELECT pg_temp.judge('{"iss": "somebody"}') AS iss_unchecked;
RESET realty.jwt_issuer;
SET realty.jwt_audience = 'shop';
SELECT pg_temp.judge('{}') AS aud_missing,
       pg_temp.judge('{"aud": "bank"}') AS aud_wrong,
       pg_temp.judge('{"aud": "shop"}') AS aud_right,
       pg_temp.judge('{"aud": ["bank", "shop"]}') AS aud_in_list,
       pg_temp.judge('{"aud": [["shop"]]}') AS aud_nested,
       pg_temp.judge('{"aud": {"aud": "shop"}}') AS aud_in_object;
RESET realty.jwt_audience;

-- The secret is never shown, and a session cannot set it
SHOW realty.jwt_secret;
SELECT count(*) FROM pg_settings WHERE name IN ('realty.jwt_secret', 'realty.jwt_previous_secret', 'realty.identity');
SET realty.jwt_secret = 'another-secret-of-at-least-thirty-two-bytes';
SET ROLE realty_anon;
SHOW realty.jwt_secret;
SHOW realty.jwt_secret_file;
RESET ROLE;
