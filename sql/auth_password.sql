-- Hashes of passwords: ours, the old backend's, other programs'.
\set VERBOSITY sqlstate
SET realty.argon2_memory = 64;
SET realty.argon2_operations = 1;
SET realty.bcrypt_cost = 4;

-- argon2id as Debian's program argon2 makes it:
--   echo -n '<password>' | argon2 <salt> -id -t <passes> -k <kB> -p <lanes> -e
\set ARGON_1 '$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w'
\set ARGON_2 '$argon2id$v=19$m=256,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$N2amYDP6s8I8w2s2MSz4t88OTXrh88FH'
SELECT realty.password_verify('correct horse battery staple', :'ARGON_1') AS matches,
       realty.password_verify('correct horse battery stapl', :'ARGON_1') AS shorter,
       realty.password_verify('', :'ARGON_1') AS empty,
       realty.password_verify('pässwörd', :'ARGON_2') AS four_lanes;

-- bcrypt: crypt_blowfish's, OpenBSD's and PHP's published vectors
SELECT n, realty.password_verify(password, hash) AS matches,
       realty.password_verify(password || ' ', hash) AS longer
FROM (VALUES
    (1, 'U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    (2, 'U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'),
    (3, 'U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'),
    (4, '', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy'),
    (5, 'Kk4DQuMMfZL9o', '$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm'),
    (6, '9IeRXmnGxMYbs', '$2b$04$pQ7gRO7e6wx/936oXhNjrOUNOHL1D0h1N2IDbJZYs.1ppzSof6SPy'),
    (7, 'rasmuslerdorf', '$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq')
) AS v(n, password, hash) ORDER BY n;

-- 72 bytes are bcrypt's end: the 73rd is refused, not cut off
\set SEVENTY_TWO '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
\set HASH_OF_72 '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui'
SELECT octet_length(:'SEVENTY_TWO') AS bytes,
       realty.password_verify(:'SEVENTY_TWO', :'HASH_OF_72') AS matches,
       realty.password_verify(:'SEVENTY_TWO' || 'chars after 72 are ignored', :'HASH_OF_72') AS cut;
SET realty.password_algorithm = 'bcrypt';
SELECT realty.password_hash(:'SEVENTY_TWO') ~ '^\$2b\$04\$.{53}$' AS fits;
\set VERBOSITY default
SELECT realty.password_hash(:'SEVENTY_TWO' || '!');
SELECT realty.password_hash(repeat('é', 36) || '!');
\set VERBOSITY sqlstate
RESET realty.password_algorithm;
SELECT realty.password_verify(:'SEVENTY_TWO' || '!', realty.password_hash(:'SEVENTY_TWO' || '!')) AS argon2id_has_no_end;

-- New hashes carry today's settings, and a salt of their own
SELECT realty.password_hash('secret') ~ '^\$argon2id\$v=19\$m=64,t=1,p=1\$' AS settings,
       realty.password_hash('secret') <> realty.password_hash('secret') AS salted,
       realty.password_verify('secret', realty.password_hash('secret')) AS matches;
SET realty.argon2_memory = 4;
SET realty.argon2_operations = 0;
SET realty.bcrypt_cost = 3;
SET realty.bcrypt_cost = 31;

-- Which are below today's settings?
SET realty.argon2_operations = 2;
\set BCRYPT_5 '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
SELECT realty.password_needs_rehash(:'ARGON_1') AS equal,
       realty.password_needs_rehash(:'ARGON_2') AS above,
       realty.password_needs_rehash(:'BCRYPT_5') AS bcrypt,
       realty.password_needs_rehash('plain') AS unknown;
SET realty.argon2_memory = 128;
SELECT realty.password_needs_rehash(:'ARGON_1') AS less_memory;
SET realty.argon2_memory = 64;
SET realty.argon2_operations = 3;
SELECT realty.password_needs_rehash(:'ARGON_1') AS fewer_passes;
SET realty.password_algorithm = 'bcrypt';
SELECT realty.password_needs_rehash(:'ARGON_1') AS never_back_to_bcrypt,
       realty.password_needs_rehash(:'BCRYPT_5') AS above;
SET realty.bcrypt_cost = 6;
SELECT realty.password_needs_rehash(:'BCRYPT_5') AS below;
RESET realty.password_algorithm;

-- What we do not know, or would not compute, matches nothing and breaks nothing
SELECT n, realty.password_verify('secret', hash) AS matches FROM (VALUES
    (1, ''), (2, 'secret'), (3, '$'), (4, '*0'), (5, '$1$salt$qJH7.N4xYta3aEG/dfqo/0'),
    (6, '$2a$05$'), (7, '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    (8, '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    (9, '$2b$05$CCCCCCCCCCCCCCCCCCCC!!E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
    (10, '$argon2id$'), (11, '$argon2id$v=19$m=64,t=1,p=1$'), (12, '$argon2id$v=19$m=64,t=1,p=1$!!$!!'),
    (13, '$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w'),
    (14, '$argon2id$v=19$m=64,t=999999999,p=1$c2FsdHNhbHRzYWx0c2FsdA$08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w'),
    (15, '$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHRzYWx0c2FsdA$08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w'),
    (16, '$argon2id$v=19$m=8,t=1,p=64$c2FsdHNhbHRzYWx0c2FsdA$08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w'),
    (17, '$argon2i$v=19$m=64,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$U+T/miqiR7t8MefxqD8sHLRaW3cK9xUpN1RkGeDcdh8'),
    (18, '$argon2id$v=19$m=64,t=1,p=1$' || repeat('a', 100000)),
    (19, '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA')
) AS v(n, hash) ORDER BY n;
SELECT realty.password_verify(repeat('x', 1000000), realty.password_hash(repeat('x', 1000000))) AS a_megabyte;
SELECT realty.password_hash(NULL) IS NULL AS hash, realty.password_verify(NULL, 'x') IS NULL AS verify;
