-- pgjwt's functions, as published pgjwt 0.2.0 behaves.
\set VERBOSITY sqlstate

-- Its own tests
\set PAYLOAD '{"sub":"1234567890","name":"John Doe","admin":true}'
\set HS256 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ'
\set HS384 'eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9.DtVnCyiYCsCbg8gUP-579IC2GJ7P3CtFw6nfTTPw-0lZUzqgWAo9QIQElyxOpoRm'
\set HS512 'eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9.YI0rUGDq5XdRw8vW2sDLRNFMN8Waol03iSFH8I4iLzuYK7FKHaQYWzPt0BJFGrAmKJ6SjY0mJIMZqNQJFVpkuw'
SELECT realty.sign(:'PAYLOAD', 'secret') = :'HS256' AS by_default,
       realty.sign(:'PAYLOAD', 'secret', 'HS256') = :'HS256' AS hs256,
       realty.sign(:'PAYLOAD', 'secret', 'HS384') = :'HS384' AS hs384,
       realty.sign(:'PAYLOAD', 'secret', 'HS512') = :'HS512' AS hs512;
SELECT * FROM realty.verify(:'HS256', 'secret');
SELECT * FROM realty.verify(:'HS256', 'badsecret');
SELECT * FROM realty.verify(:'HS384', 'secret', 'HS384');
SELECT * FROM realty.verify(:'HS384', 'badsecret', 'HS384');
SELECT * FROM realty.verify(:'HS512', 'secret', 'HS512');
SELECT * FROM realty.verify(:'HS512', 'badsecret', 'HS512');
SELECT * FROM realty.verify(:'HS512', 'secret', 'HS256');
\set VERBOSITY default
SELECT realty.sign(:'PAYLOAD', 'secret', 'bogus');
SELECT * FROM realty.verify(:'HS256', 'secret', 'bogus');
SELECT realty.algorithm_sign('x', 'secret', 'hs256');
\set VERBOSITY sqlstate
-- bogus header, bogus payload
SELECT * FROM realty.verify('eyJhbGciOiJIUzI1NiIBOGUScCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ', 'secret', 'HS256');
SELECT * FROM realty.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaBOGUS9lIiwiYWRtaW4iOnRydWV9.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ', 'secret', 'HS256');

-- base64url: no padding, no line breaks in long ones; decoding is lenient
SELECT realty.url_encode('\x') AS empty, realty.url_encode('\xfb') AS one,
       realty.url_encode('\xfbff') AS two, realty.url_encode('\xfbffbf') AS three;
SELECT length(realty.url_encode(decode(repeat('ab', 300), 'hex'))) AS letters,
       realty.url_decode(realty.url_encode(decode(repeat('ab', 300), 'hex'))) = decode(repeat('ab', 300), 'hex') AS same;
SELECT realty.url_decode('-_-_') AS url, realty.url_decode('+/+/') AS plain,
       realty.url_decode('YQ') AS unpadded, realty.url_decode('YQ==') AS padded,
       realty.url_decode(E'YW Jj\n\n\n') AS spaced, realty.url_decode('') AS empty;
SELECT realty.url_decode('a');
SELECT realty.url_decode('a*b=');
SELECT realty.url_decode('é');

-- nbf and exp
CREATE FUNCTION pg_temp.valid(payload text) RETURNS boolean LANGUAGE sql AS
$$ SELECT valid FROM realty.verify(realty.sign(payload::json, 'secret'), 'secret') $$;
SELECT pg_temp.valid('{"exp": 1}') AS past, pg_temp.valid('{"exp": 4102444800}') AS future,
       pg_temp.valid('{"nbf": 4102444800}') AS not_yet, pg_temp.valid('{"nbf": 1, "exp": 4102444800}') AS between,
       pg_temp.valid('{"exp": "4102444800.5"}') AS as_text, pg_temp.valid('{"exp": "never"}') AS no_number,
       pg_temp.valid('{"exp": "Infinity"}') AS endless, pg_temp.valid('[]') AS no_object,
       pg_temp.valid('{"exp": 1, "exp": 4102444800}') AS last_one_counts;
SELECT pg_temp.valid('{"nbf": 4102444800, "exp": 1}');
SELECT pg_temp.valid('{"exp": 1e300}');
SELECT pg_temp.valid('{"exp": "NaN"}');

-- Missing parts and nulls
SELECT * FROM realty.verify('e30.e30', 'secret');
SELECT * FROM realty.verify('e30.eyJleHAiOjF9', 'secret');
SELECT * FROM realty.verify('e30', 'secret');
SELECT * FROM realty.verify(NULL, 'secret');
SELECT * FROM realty.verify('e30.e30.x', NULL);
SELECT * FROM realty.verify('e30.eyJleHAiOjF9.x', 'secret', NULL);
SELECT * FROM realty.verify('e30.eyJleHAiOjF9.x', NULL, NULL);
SELECT valid FROM realty.verify(:'HS256' || '.and.more', 'secret');
SELECT * FROM realty.verify('', 'secret');
SELECT realty.sign(NULL, 'secret') IS NULL AS payload, realty.sign('{}', NULL) IS NULL AS secret,
       realty.url_encode(NULL) IS NULL AS bytes, realty.url_decode(NULL) IS NULL AS letters;

-- try_cast_double
SELECT inp, realty.try_cast_double(inp) FROM (VALUES
    (1, '1'), (2, ' -1.5e3 '), (3, ''), (4, 'x'), (5, '1x'), (6, 'NaN'), (7, 'Infinity'),
    (8, '-inf'), (9, '1e400'), (10, '1e-400'), (11, '.5'), (12, NULL)) AS t(n, inp) ORDER BY n;
