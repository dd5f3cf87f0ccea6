CREATE VIEW api.users WITH (security_invoker = true) AS
SELECT id, email, user_type, full_name, phone, phone_e164, is_active, is_verified, last_login_at, anonymised_at,
       extra, created_at, updated_at
FROM realty.users;
COMMENT ON VIEW api.users IS 'Accounts: your own; all of them for administrators.';

CREATE VIEW api.builders WITH (security_invoker = true) AS
SELECT b.id, b.user_id, b.company_name, b.license_number, b.address, b.city, b.state, b.website, b.description, b.logo_url,
       b.time_zone, b.is_verified,
       (SELECT count(*) FROM realty.projects p WHERE p.builder_id = b.id)::integer AS total_projects,
       b.extra, b.created_at, b.updated_at
FROM realty.builders b;
COMMENT ON VIEW api.builders IS 'Builders.';
COMMENT ON COLUMN api.builders.total_projects IS 'Projects of the builder that the reader may see.';

CREATE VIEW api.customers WITH (security_invoker = true) AS
SELECT id, user_id, address, city, state, budget_min, budget_max, preferences, extra, created_at, updated_at
FROM realty.customers;
COMMENT ON VIEW api.customers IS 'Customers: yourself; for builders those with a booking, an appointment or a message; all of them for administrators.';

-- Owner-run on purpose: of those who share a booking, an appointment or a message with the
-- caller it shows id, name and kind; of the first two how to reach them, too. It starts from the caller's own
-- rows, so that it costs what the caller has and not what the site has; a filter on user_id, or on profile_id and
-- kind, reaches each branch. Administrators have branches of their own, which others never run: one scan of all
-- accounts among the caller's own would have the planner expect as many. The outer SELECT keeps the barrier: a
-- view that is itself a UNION ALL is taken apart by the planner, and loses it.
CREATE VIEW api.contacts WITH (security_barrier = true) AS
SELECT y.user_id, y.profile_id, y.name, y.kind, y.email, y.phone, y.phone_e164
FROM (
      SELECT k.user_id, k.profile_id, u.full_name, k.kind, CASE WHEN k.close THEN u.email END,
             CASE WHEN k.close THEN u.phone END, CASE WHEN k.close THEN u.phone_e164 END
      FROM (SELECT p.user_id, p.profile_id, p.kind, bool_or(p.close) AS close
            FROM (SELECT (SELECT realty.user_id()), (SELECT realty.profile_id()), (SELECT realty.user_type()), true
                  UNION ALL
                  SELECT c.user_id, c.id, 'customer', true FROM realty.customers c JOIN realty.bookings b ON b.customer_id = c.id
                  WHERE b.builder_id = (SELECT realty.builder_id())
                  UNION ALL
                  SELECT c.user_id, c.id, 'customer', true FROM realty.customers c JOIN realty.appointments a ON a.customer_id = c.id
                  WHERE a.builder_id = (SELECT realty.builder_id())
                  UNION ALL
                  SELECT c.user_id, c.id, 'customer', false FROM realty.customers c JOIN realty.messages m ON m.sender_id = c.user_id
                  WHERE m.recipient_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT c.user_id, c.id, 'customer', false FROM realty.customers c JOIN realty.messages m ON m.recipient_id = c.user_id
                  WHERE m.sender_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT d.user_id, d.id, 'builder', true FROM realty.builders d JOIN realty.bookings b ON b.builder_id = d.id
                  WHERE b.customer_id = (SELECT realty.customer_id())
                  UNION ALL
                  SELECT d.user_id, d.id, 'builder', true FROM realty.builders d JOIN realty.appointments a ON a.builder_id = d.id
                  WHERE a.customer_id = (SELECT realty.customer_id())
                  UNION ALL
                  SELECT d.user_id, d.id, 'builder', false FROM realty.builders d JOIN realty.messages m ON m.sender_id = d.user_id
                  WHERE m.recipient_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT d.user_id, d.id, 'builder', false FROM realty.builders d JOIN realty.messages m ON m.recipient_id = d.user_id
                  WHERE m.sender_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT s.id, NULL, 'admin', false FROM realty.users s JOIN realty.messages m ON m.sender_id = s.id
                  WHERE s.user_type = 'admin' AND m.recipient_id = (SELECT realty.user_id())
                  UNION ALL
                  SELECT s.id, NULL, 'admin', false FROM realty.users s JOIN realty.messages m ON m.recipient_id = s.id
                  WHERE s.user_type = 'admin' AND m.sender_id = (SELECT realty.user_id())) p (user_id, profile_id, kind, close)
            GROUP BY p.user_id, p.profile_id, p.kind) k
           CROSS JOIN LATERAL (SELECT x.full_name, x.email, x.phone, x.phone_e164 FROM realty.users x WHERE x.id = k.user_id OFFSET 0) u
      WHERE (SELECT realty.user_type()) <> 'admin'
      UNION ALL
      SELECT u.id, c.id, u.full_name, 'customer', u.email, u.phone, u.phone_e164
      FROM realty.users u LEFT JOIN realty.customers c ON c.user_id = u.id
      WHERE u.user_type = 'customer' AND (SELECT realty.user_type()) = 'admin'
      UNION ALL
      SELECT u.id, d.id, u.full_name, 'builder', u.email, u.phone, u.phone_e164
      FROM realty.users u LEFT JOIN realty.builders d ON d.user_id = u.id
      WHERE u.user_type = 'builder' AND (SELECT realty.user_type()) = 'admin'
      UNION ALL
      SELECT u.id, NULL, u.full_name, 'admin', u.email, u.phone, u.phone_e164
      FROM realty.users u
      WHERE u.user_type = 'admin' AND (SELECT realty.user_type()) = 'admin') y (user_id, profile_id, name, kind, email, phone, phone_e164);
COMMENT ON VIEW api.contacts IS 'You, and the people you share a booking, an appointment or a message with; all for administrators.';
COMMENT ON COLUMN api.contacts.profile_id IS 'Id of the customer or builder; null for an administrator.';
COMMENT ON COLUMN api.contacts.name IS 'Full name.';
COMMENT ON COLUMN api.contacts.kind IS 'builder, customer or admin.';
COMMENT ON COLUMN api.contacts.email IS 'Of those you share a booking or an appointment with.';
COMMENT ON COLUMN api.contacts.phone IS 'Of those you share a booking or an appointment with.';
COMMENT ON COLUMN api.contacts.phone_e164 IS 'The same, as telephones dial it.';
