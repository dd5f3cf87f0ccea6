\set ECHO none
-- The cast of the stories: two builders, two customers, an administrator, and
-- what the builders sell. To be included after BEGIN; the story's ROLLBACK takes
-- all of it away, so stories run in any order and leave nothing.
--
-- People are psql variables with the account's id (:asha), profiles have the
-- suffix _b or _c (:asha_b, :chitra_c). To act as somebody:
--   RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
-- A refusal prints its SQLSTATE and the transaction goes on.
\set ON_ERROR_ROLLBACK on
\set VERBOSITY sqlstate
\pset null '(null)'
SET LOCAL TimeZone = 'UTC'; SET LOCAL client_min_messages = warning;
INSERT INTO realty.users (email, user_type, full_name) VALUES
    ('asha@cast.example', 'builder', 'Asha Rao') RETURNING id AS asha \gset
INSERT INTO realty.users (email, user_type, full_name) VALUES
    ('bala@cast.example', 'builder', 'Bala Iyer') RETURNING id AS bala \gset
INSERT INTO realty.users (email, user_type, full_name) VALUES
    ('chitra@cast.example', 'customer', 'Chitra Das') RETURNING id AS chitra \gset
INSERT INTO realty.users (email, user_type, full_name) VALUES
    ('dev@cast.example', 'customer', 'Dev Nair') RETURNING id AS dev \gset
INSERT INTO realty.users (email, user_type, full_name) VALUES
    ('esha@cast.example', 'admin', 'Esha Paul') RETURNING id AS esha \gset
INSERT INTO realty.builders (user_id, company_name) VALUES (:asha, 'Asha Homes') RETURNING id AS asha_b \gset
INSERT INTO realty.builders (user_id, company_name) VALUES (:bala, 'Bala Builds') RETURNING id AS bala_b \gset
INSERT INTO realty.customers (user_id, city) VALUES (:chitra, 'Pune') RETURNING id AS chitra_c \gset
INSERT INTO realty.customers (user_id, city) VALUES (:dev, 'Kochi') RETURNING id AS dev_c \gset
-- Asha sells three flats at Palm Court and draws Quiet Hill; Bala sells one at Bala Park.
INSERT INTO realty.projects (builder_id, name, city, status) VALUES
    (:asha_b, 'Palm Court', 'Pune', 'launched') RETURNING id AS palm \gset
INSERT INTO realty.projects (builder_id, name, city) VALUES
    (:asha_b, 'Quiet Hill', 'Pune') RETURNING id AS quiet \gset
INSERT INTO realty.projects (builder_id, name, city, status) VALUES
    (:bala_b, 'Bala Park', 'Kochi', 'construction') RETURNING id AS park \gset
INSERT INTO realty.units (project_id, tower, unit_number, bedrooms, price) VALUES
    (:palm, 'A', '101', 2, 5000000) RETURNING id AS a101 \gset
INSERT INTO realty.units (project_id, tower, unit_number, bedrooms, price) VALUES
    (:palm, 'A', '102', 3, 7500000.50) RETURNING id AS a102 \gset
INSERT INTO realty.units (project_id, tower, unit_number, bedrooms, price) VALUES
    (:palm, 'A', '103', 3, 8000000) RETURNING id AS a103 \gset
INSERT INTO realty.units (project_id, tower, unit_number, price) VALUES
    (:quiet, 'Q', '1', 3000000) RETURNING id AS q1 \gset
INSERT INTO realty.units (project_id, tower, unit_number, price) VALUES
    (:park, 'P', '7', 6000000) RETURNING id AS p7 \gset
-- story.refusal($$statement$$): how the statement is refused, under the caller's
-- role; for the stories that look at more than the SQLSTATE.
CREATE SCHEMA story;
GRANT USAGE ON SCHEMA story TO PUBLIC;
CREATE FUNCTION story.refusal(statement text, OUT state text, OUT code text, OUT message text, OUT detail text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    state := 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, code = CONSTRAINT_NAME,
        message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
END $$;
-- story.bookings: all of them, by the names of things.
CREATE VIEW story.bookings AS
SELECT concat_ws(' ', p.name, nullif(u.tower, ''), u.unit_number) AS unit, u.status AS unit_status, cu.full_name AS customer,
       b.status, b.total_amount, b.project_id = p.id AND b.builder_id = p.builder_id AS copied
FROM realty.bookings b JOIN realty.units u ON u.id = b.unit_id JOIN realty.projects p ON p.id = u.project_id
     JOIN realty.customers c ON c.id = b.customer_id JOIN realty.users cu ON cu.id = c.user_id
WHERE cu.email LIKE '%@cast.example' ORDER BY b.id;
-- story.counts: what the surface says of a project, beside a recount.
CREATE VIEW story.counts AS
SELECT p.name, v.total_units, v.available_units,
       (SELECT count(*) FROM realty.units u WHERE u.project_id = p.id) AS total,
       (SELECT count(*) FROM realty.units u WHERE u.project_id = p.id AND u.status = 'available') AS stored_available
FROM realty.projects p JOIN api.projects v ON v.id = p.id JOIN realty.builders b ON b.id = p.builder_id
     JOIN realty.users bu ON bu.id = b.user_id
WHERE bu.email LIKE '%@cast.example' ORDER BY p.id;
\set ECHO all
