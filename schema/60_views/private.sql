-- What a company keeps for itself, apart from the views that others read: PostgREST asks for all columns of a view, so
-- a column that only some may read would lock out the rest. Of the company's own rows, and of all for administrators.
CREATE VIEW api.private_builders WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.builders
WHERE id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_builders IS 'Internal data of companies.';

CREATE VIEW api.private_projects WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.projects
WHERE builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_projects IS 'A company''s internal data about its projects.';

CREATE VIEW api.private_units WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.units
WHERE builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_units IS 'A company''s internal data about its units.';

CREATE VIEW api.private_bookings WITH (security_invoker = true, security_barrier = true) AS
SELECT id, internal_note, private, updated_at
FROM realty.bookings
WHERE builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_bookings IS 'A company''s internal data about its bookings.';

CREATE VIEW api.private_customers WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.customers
WHERE (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_customers IS 'The site''s internal data about its customers.';
