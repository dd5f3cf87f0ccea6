-- The surface: one view a resource, run with the caller's rights (security_invoker),
-- so the policies of the tables decide. Column GRANTS on a view say what may be written.

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
COMMENT ON VIEW api.customers IS 'Customers: yourself; for builders those who booked with them, made an appointment or wrote to them; all of them for administrators.';

CREATE VIEW api.sessions WITH (security_invoker = true) AS
SELECT id, user_id, created_at, last_used_at, expires_at, revoked_at, revoked_reason, user_agent, client
FROM realty.sessions;
COMMENT ON VIEW api.sessions IS 'Your sign-ins.';
COMMENT ON COLUMN api.sessions.last_used_at IS 'When it last refreshed its tokens.';
COMMENT ON COLUMN api.sessions.revoked_at IS 'From then on its tokens are refused. Set it to end a session.';
COMMENT ON COLUMN api.sessions.client IS 'The address that signed in.';

CREATE VIEW api.projects WITH (security_invoker = true) AS
SELECT p.id, p.builder_id, p.name, p.description, p.project_type, p.status, p.address, p.city, p.state,
       p.postal_code, p.latitude, p.longitude, p.launch_date, p.expected_completion, p.actual_completion,
       p.price_min, p.price_max, p.amenities, p.images, p.rera_number,
       coalesce((SELECT sum(i.total) - CASE WHEN sum(i.blocked) = 0 OR realty.sees_blocked(p.builder_id) THEN 0 ELSE sum(i.blocked) END
                 FROM realty.inventory i WHERE i.project_id = p.id), 0)::integer AS total_units,
       CASE WHEN p.is_listed
            THEN coalesce((SELECT sum(i.available) FROM realty.inventory i
                           WHERE i.project_id = p.id AND (i.available_from IS NULL OR i.available_from <= statement_timestamp())), 0)::integer
            ELSE 0 END AS available_units,
       p.progress_percent, p.price_min_minor, p.price_max_minor, p.is_listed, p.extra, p.created_at, p.updated_at
FROM realty.projects p;
COMMENT ON VIEW api.projects IS 'Developments. Those that are not listed are seen by their builder and buyers only.';
COMMENT ON COLUMN api.projects.total_units IS 'Units of the project that the reader may see: blocked ones count for their builder only.';
COMMENT ON COLUMN api.projects.available_units IS 'Units that can be booked now; a hold that has run out counts at once. None while the project is not listed.';

CREATE VIEW api.units WITH (security_invoker = true) AS
SELECT id, project_id, builder_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area,
       built_up_area, facing, price, price_minor,
       CASE WHEN status = 'held' AND held_until <= statement_timestamp() THEN 'available' ELSE status END AS status,
       CASE WHEN held_until > statement_timestamp() THEN held_until END AS held_until,
       progress_percent, features, extra, created_at, updated_at, unsold, bedrooms_minor
FROM realty.units;
COMMENT ON VIEW api.units IS 'Units. Blocked ones are seen by their builder only.';
COMMENT ON COLUMN api.units.status IS 'available, held, booked, sold or blocked; a hold that has run out reads as available.';
COMMENT ON COLUMN api.units.unsold IS 'Its sale is not complete: beside status=available it lets an index lead past all that were sold.';

CREATE VIEW api.unit_price_history WITH (security_invoker = true) AS
SELECT id, unit_id, builder_id, old_price, new_price, changed_by, created_at
FROM realty.unit_price_history;
COMMENT ON VIEW api.unit_price_history IS 'How the prices of your units changed.';

CREATE VIEW api.bookings WITH (security_invoker = true) AS
SELECT id, booking_number, unit_id, customer_id, project_id, builder_id, status, total_amount, booking_amount,
       discount, paid_amount, hold_expires_at, confirmed_at, completed_at, cancelled_at, cancellation_reason,
       override_reason, notes, extra, created_at, updated_at
FROM realty.bookings;
COMMENT ON VIEW api.bookings IS 'Bookings: a customer''s own, a builder''s projects''.';

CREATE VIEW api.payments WITH (security_invoker = true) AS
SELECT id, booking_id, kind, milestone, amount, due_date, status, method, transaction_reference,
       receipt_number, paid_at, refund_of, note, extra, created_at, updated_at
FROM realty.payments;
COMMENT ON VIEW api.payments IS 'Payments of the bookings you see.';

CREATE VIEW api.appointments WITH (security_invoker = true) AS
SELECT id, customer_id, builder_id, project_id, unit_id, starts_at, ends_at, location, kind, status,
       cancellation_reason, notes, extra, created_at, updated_at
FROM realty.appointments;
COMMENT ON VIEW api.appointments IS 'Visits and calls, of their customer and builder.';

CREATE VIEW api.builder_availability WITH (security_invoker = true) AS
SELECT id, builder_id, weekday, exception_date, opens, closes, is_open, created_at, updated_at
FROM realty.builder_availability;
COMMENT ON VIEW api.builder_availability IS 'When builders receive visitors.';

CREATE VIEW api.project_progress WITH (security_invoker = true) AS
SELECT id, project_id, unit_id, phase, sequence, weight, percent, planned_start, planned_end, actual_start,
       actual_end, extra, created_at, updated_at
FROM realty.project_progress;
COMMENT ON VIEW api.project_progress IS 'Phases of projects and units.';

CREATE VIEW api.construction_updates WITH (security_invoker = true) AS
SELECT id, project_id, unit_id, title, description, media, progress_percent, published_at, created_by, extra,
       created_at, updated_at
FROM realty.construction_updates;
COMMENT ON VIEW api.construction_updates IS 'Dated reports; drafts are seen by their builder only.';

CREATE VIEW api.models_3d WITH (security_invoker = true) AS
SELECT id, project_id, unit_id, name, file_url, format, size_bytes, thumbnail_url, version, is_active, extra,
       created_at, updated_at
FROM realty.models_3d;
COMMENT ON VIEW api.models_3d IS '3D assets of projects and units.';

CREATE VIEW api.change_requests WITH (security_invoker = true) AS
SELECT id, booking_id, unit_id, customer_id, title, description, category, status, estimated_cost,
       accepted_cost, approved_cost, decision_note, decided_by, decided_at, extra, created_at, updated_at
FROM realty.change_requests;
COMMENT ON VIEW api.change_requests IS 'Changes that customers ask for, of the bookings you see.';

CREATE VIEW api.messages WITH (security_invoker = true) AS
SELECT id, sender_id, recipient_id, project_id, unit_id, booking_id, parent_id, subject, body, attachments,
       read_at, extra, created_at, updated_at
FROM realty.messages;
COMMENT ON VIEW api.messages IS 'Messages that you sent or received.';

CREATE VIEW api.notifications WITH (security_invoker = true) AS
SELECT id, user_id, kind, title, body, data, read_at, extra, created_at
FROM realty.notifications;
COMMENT ON VIEW api.notifications IS 'Your notifications.';

CREATE VIEW api.system_settings WITH (security_invoker = true) AS
SELECT key, value, description, is_public, updated_by, extra, created_at, updated_at
FROM realty.system_settings;
COMMENT ON VIEW api.system_settings IS 'Settings that the site has set: the public ones; all of them for administrators.';

CREATE VIEW api.settings WITH (security_invoker = true) AS
SELECT coalesce(s.key, k.key) AS key, coalesce(s.value, k.value) AS value, k.value AS default_value,
       coalesce(k.kind, 'any') AS kind, coalesce(s.description, k.description) AS description,
       coalesce(s.is_public, true) AS is_public, s.updated_by, coalesce(s.extra, '{}') AS extra, s.created_at, s.updated_at
FROM realty.system_settings s FULL JOIN realty.known_settings() k ON k.key = s.key;
COMMENT ON VIEW api.settings IS 'Settings in force: what the site has set, and the defaults of the rest.';
COMMENT ON COLUMN api.settings.default_value IS 'What realty takes when it is not set; null for a setting of the site''s own.';
COMMENT ON COLUMN api.settings.kind IS 'text, time_zone, number or integer; any for a setting of the site''s own.';
COMMENT ON COLUMN api.settings.updated_at IS 'Null for a default.';

CREATE VIEW api.audit_log WITH (security_invoker = true) AS
SELECT id, created_at, table_name, action, row_id, booking_id, builder_id, user_id, session_role, request_id,
       old_row, new_row
FROM realty.audit_log;
COMMENT ON VIEW api.audit_log IS 'Who changed what: all of it for administrators, own bookings'' history for builders.';

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

-- What a company keeps for itself, apart from the views that others read: PostgREST asks for all columns of a view, so
-- a column that only some may read would lock out the rest. Of the company's own rows, and of all for administrators.
CREATE VIEW api.private_builders WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.builders
WHERE id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_builders IS 'What the company keeps of its builders for itself.';
CREATE VIEW api.private_projects WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.projects
WHERE builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_projects IS 'What the company keeps of its projects for itself.';
CREATE VIEW api.private_units WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.units
WHERE builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_units IS 'What the company keeps of its units for itself.';
CREATE VIEW api.private_bookings WITH (security_invoker = true, security_barrier = true) AS
SELECT id, internal_note, private, updated_at
FROM realty.bookings
WHERE builder_id = (SELECT realty.builder_id()) OR (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_bookings IS 'What the company keeps of its bookings for itself.';
CREATE VIEW api.private_customers WITH (security_invoker = true, security_barrier = true) AS
SELECT id, private, updated_at
FROM realty.customers
WHERE (SELECT realty.user_type() = 'admin');
COMMENT ON VIEW api.private_customers IS 'What the site keeps of its customers for itself.';

-- Counted over the bookings and appointments that the reader sees: what a customer has with others is not told, not even that it
-- adds up. Who is at the limit with several companies together is in the administrators' list.
CREATE VIEW api.customers_at_limit WITH (security_invoker = true) AS
SELECT customer_id, sum(bookings)::integer AS open_bookings, sum(visits)::integer AS requested_appointments,
       array_agg(booking_id ORDER BY booking_id) FILTER (WHERE booking_id IS NOT NULL) AS booking_ids, min(since) AS since
FROM (SELECT b.customer_id, 1 AS bookings, 0 AS visits, b.id AS booking_id, b.created_at AS since FROM realty.bookings b
      WHERE b.status IN ('pending', 'confirmed') AND b.paid_amount = 0
            AND (b.hold_expires_at IS NULL OR b.hold_expires_at > statement_timestamp())
      UNION ALL
      SELECT a.customer_id, 0, 1, NULL, a.created_at FROM realty.appointments a
      WHERE a.status = 'requested' AND a.ends_at > statement_timestamp()) o
GROUP BY customer_id
HAVING sum(bookings) >= nullif(current_setting('realty.max_open_bookings_per_customer')::integer, 0)
    OR sum(visits) >= nullif(current_setting('realty.max_requested_appointments_per_customer')::integer, 0);
COMMENT ON VIEW api.customers_at_limit IS 'Customers who have as many open bookings or requested appointments with you as one may have: who is refused a further one. Administrators see those of all companies together.';
COMMENT ON COLUMN api.customers_at_limit.open_bookings IS 'Pending or confirmed, with nothing paid.';
COMMENT ON COLUMN api.customers_at_limit.requested_appointments IS 'To come, and not confirmed yet.';
COMMENT ON COLUMN api.customers_at_limit.since IS 'When the first of them was made.';
