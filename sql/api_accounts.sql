-- Administration by requests: accounts, customers, the audit log.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
SELECT status FROM answer('POST', '/api/projects', '{"name": "Palm Court", "city": "Pune", "status": "launched"}', :'aya');
SELECT status FROM answer('POST', '/api/units', '{"project_id": 1, "unit_number": "1", "price": 5000000}', :'aya');
SELECT status FROM answer('POST', '/api/bookings', '{"unit_id": 1}', :'chitra');

-- Accounts are the administrator's
SELECT status, jsonb_path_query_array(data, '$.users[*].email') FROM answer('GET', '/api/users?sort=email', NULL, :'root');
SELECT status, data #>> '{user,email}', data #>> '{user,user_type}' FROM answer('GET', '/api/users/1', NULL, :'root');
SELECT * FROM refusal('GET', '/api/users');
SELECT * FROM refusal('GET', '/api/users', NULL, :'aya');
SELECT * FROM refusal('GET', '/api/users/1', NULL, :'chitra');
SELECT * FROM refusal('PATCH', '/api/users/1', '{"is_active": false}', :'aya');
SELECT * FROM refusal('PATCH', '/api/users/1', '{"user_type": "admin", "id": 7}', :'root');

-- An account made inactive is refused with the token it has
SELECT (data #>> '{user,id}') AS dev_id FROM answer('GET', '/api/auth/me', NULL, :'dev') \gset
SELECT status, data #> '{user,is_active}' FROM answer('PATCH', '/api/users/' || :'dev_id', '{"is_active": false}', :'root');
SELECT * FROM refusal('GET', '/api/auth/me', NULL, :'dev');
SELECT status, data #> '{user,is_active}' FROM answer('PATCH', '/api/users/' || :'dev_id', '{"is_active": true, "is_verified": true}', :'root');
-- Active again, it has to sign in again.
SELECT * FROM refusal('GET', '/api/auth/me', NULL, :'dev');
SELECT realty.issue_token(:dev_id) AS dev \gset
SELECT status FROM answer('GET', '/api/auth/me', NULL, :'dev');

-- Deleting takes the person out of the account and leaves the booking
SELECT (data #>> '{user,id}') AS chitra_id, data #>> '{user,profile_id}' AS chitra_profile FROM answer('GET', '/api/auth/me', NULL, :'chitra') \gset
SELECT * FROM refusal('DELETE', '/api/users/' || :'chitra_id', NULL, :'aya');
SELECT * FROM refusal('DELETE', '/api/users/999', NULL, :'root');

-- A customer's profile is the customer's, and the administrator's
SELECT status, data #>> '{customer,city}' FROM answer('PATCH', '/api/customers/' || :'chitra_profile', '{"city": "Goa", "budget_min": 10, "budget_max": 20}', :'chitra');
SELECT * FROM refusal('PATCH', '/api/customers/' || :'chitra_profile', '{"budget_min": 30, "city": 5}', :'chitra');
SELECT * FROM refusal('GET', '/api/customers/' || :'chitra_profile', NULL, :'dev');
-- A builder sees related customers and how to reach them, not what they can pay.
SELECT status, data #> '{customer,contact}', data -> 'customer' ?| '{budget_min,preferences,extra}' AS private
FROM answer('GET', '/api/customers/' || :'chitra_profile', NULL, :'aya');
SELECT jsonb_array_length(data -> 'customers') FROM answer('GET', '/api/customers', NULL, :'aya');
SELECT jsonb_array_length(data -> 'customers') FROM answer('GET', '/api/customers', NULL, :'bo');
SELECT status, jsonb_path_query_array(data, '$.customers[*].city') FROM answer('GET', '/api/customers?sort=id', NULL, :'root');
SELECT * FROM refusal('GET', '/api/customers', NULL, :'chitra');

-- The audit log: all of it, or what concerns one's bookings
SELECT status, jsonb_path_query_array(data, '$.audit[*].table_name') FROM answer('GET', '/api/audit?sort=id&table_name=bookings', NULL, :'root');
SELECT status, jsonb_path_query_array(data, '$.audit[*].table_name') FROM answer('GET', '/api/audit', NULL, :'aya');
SELECT status, data -> 'audit' FROM answer('GET', '/api/audit', NULL, :'bo');
SELECT * FROM refusal('GET', '/api/audit', NULL, :'chitra');

-- Not while a booking stands or money is on its way
SELECT * FROM refusal('DELETE', '/api/users/' || :'chitra_id', NULL, :'root');
SELECT count(*) FROM realty.bookings b, answer('POST', '/api/bookings/' || b.id || '/cancel', NULL, :'root') c WHERE b.customer_id = :'chitra_profile' AND b.status <> 'cancelled';
SELECT status, data #>> '{user,full_name}', data #> '{user,is_active}' FROM answer('DELETE', '/api/users/' || :'chitra_id', NULL, :'root');
SELECT * FROM refusal('GET', '/api/bookings', NULL, :'chitra');
SELECT status, data #>> '{bookings,0,status}' FROM answer('GET', '/api/bookings', NULL, :'aya');

-- The last active administrator stays: not by himself, not by the owner, on no surface
SELECT * FROM refusal('PATCH', '/api/users/5', '{"is_active": false}', :'root');
SELECT * FROM refusal('DELETE', '/api/users/5', NULL, :'root');
\set VERBOSITY sqlstate
UPDATE realty.users SET is_active = false WHERE user_type = 'admin';
DELETE FROM realty.users WHERE id = 5;
\set VERBOSITY default
SELECT status FROM answer('GET', '/api/users/5', NULL, :'root');
-- With a second one the first may go; then the second stays.
SELECT realty.create_admin('second@api.example', 'correct horse battery') AS second_id \gset
SELECT realty.issue_token(:second_id) AS second \gset
SELECT status, data #> '{user,is_active}' FROM answer('PATCH', '/api/users/5', '{"is_active": false}', :'second');
SELECT * FROM refusal('PATCH', '/api/users/' || :'second_id', '{"is_active": false}', :'second');
SELECT status, data #> '{user,is_active}' FROM answer('PATCH', '/api/users/5', '{"is_active": true}', :'second');
SELECT status FROM answer('DELETE', '/api/users/' || :'second_id', NULL, :'second');
SELECT id, is_active FROM realty.users WHERE user_type = 'admin' ORDER BY id;
SELECT * FROM realty.check_invariants();
\i :end
