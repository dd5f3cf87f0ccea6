-- What always holds, recounted. One branch a rule; each row is a deviation.

-- A function with a setting is never a part of its caller's plan. As a part of load_sample_data() it was planned before any
-- row was there, for empty tables, and at a million units compared each row with each. (Compiling forty branches costs more
-- than it saves in any case.)
CREATE FUNCTION realty.check_invariants()
RETURNS TABLE (rule text, key text, expected text, actual text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET jit = off
BEGIN ATOMIC
    WITH active AS (
        SELECT b.unit_id, count(*) AS bookings, min(b.hold_expires_at) AS held_until,
               min(CASE WHEN b.status = 'completed' THEN 'sold'
                        WHEN b.status = 'pending' AND b.hold_expires_at IS NOT NULL THEN 'held'
                        ELSE 'booked' END) AS unit_status
        FROM realty.bookings b
        WHERE b.status IN ('pending', 'confirmed', 'completed')
        GROUP BY b.unit_id
    ), counted AS (
        SELECT u.project_id, count(*) AS total, count(*) FILTER (WHERE u.status = 'blocked') AS blocked FROM realty.units u GROUP BY u.project_id
    ), ledger AS (
        SELECT i.project_id, sum(i.total) AS total, sum(i.blocked) AS blocked FROM realty.inventory i GROUP BY i.project_id
    ), available AS (
        SELECT d.project_id, d.available_from, sum(d.counted) AS counted, sum(d.noted) AS noted
        FROM (SELECT u.project_id, u.held_until AS available_from, 1 AS counted, 0 AS noted
              FROM realty.units u WHERE u.status IN ('available', 'held')
              UNION ALL SELECT i.project_id, i.available_from, 0, i.available FROM realty.inventory i) d
        GROUP BY d.project_id, d.available_from
    ), payments AS (
        SELECT p.booking_id,
               sum(CASE WHEN p.kind = 'refund' THEN -p.amount ELSE p.amount END)
                   FILTER (WHERE p.status = 'paid' OR p.status = 'refunded' AND p.kind <> 'refund') AS paid,
               sum(p.amount) FILTER (WHERE p.status IN ('due', 'submitted') AND p.kind <> 'refund') AS scheduled,
               sum(p.amount) FILTER (WHERE p.status IN ('due', 'submitted') AND p.kind = 'refund') AS refunding
        FROM realty.payments p GROUP BY p.booking_id
    ), sums AS (
        SELECT b.id, b.paid_amount, b.scheduled_amount, b.refunding_amount, b.total_amount - b.discount AS owed,
               coalesce(p.paid, 0)::numeric(14,2) AS paid, coalesce(p.scheduled, 0)::numeric(14,2) AS scheduled,
               coalesce(p.refunding, 0)::numeric(14,2) AS refunding
        FROM realty.bookings b LEFT JOIN payments p ON p.booking_id = b.id
    ), receipts AS (
        SELECT b.builder_id, substring(p.receipt_number FROM '^R[0-9]+-(.*)-[0-9]+$') AS financial_year,
               count(*) AS receipts, min(substring(p.receipt_number FROM '[0-9]+$')::bigint) AS first,
               max(substring(p.receipt_number FROM '[0-9]+$')::bigint) AS last
        FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id
        WHERE p.receipt_number IS NOT NULL GROUP BY 1, 2
    ), changes AS (
        SELECT c.booking_id, sum(c.approved_cost) AS amount
        FROM realty.change_requests c WHERE c.status IN ('approved', 'completed') GROUP BY c.booking_id
    ), phases AS (
        SELECT p.project_id, p.unit_id, sum(p.weight) AS weight, sum(p.weight * p.percent) AS points
        FROM realty.project_progress p GROUP BY GROUPING SETS ((p.project_id), (p.unit_id))
    )
    SELECT 'a unit has at most one active booking', 'units ' || a.unit_id, '1', a.bookings::text
    FROM active a WHERE a.bookings > 1
  UNION ALL
    SELECT 'a unit''s status follows its active booking', 'units ' || u.id,
           coalesce(a.unit_status, 'available or blocked'), u.status
    FROM realty.units u LEFT JOIN active a ON a.unit_id = u.id
    WHERE CASE WHEN a.unit_id IS NULL THEN u.status NOT IN ('available', 'blocked')
               ELSE u.status <> a.unit_status END
  UNION ALL
    SELECT 'a held unit is held as long as its booking', 'units ' || u.id,
           a.held_until::text, u.held_until::text
    FROM realty.units u JOIN active a ON a.unit_id = u.id
    WHERE u.status = 'held' AND a.unit_status = 'held' AND u.held_until IS DISTINCT FROM a.held_until
  UNION ALL
    SELECT 'money keeps a hold', 'bookings ' || b.id, 'no end', b.hold_expires_at::text
    FROM realty.bookings b
    WHERE b.status = 'pending' AND b.hold_expires_at IS NOT NULL
          AND EXISTS (SELECT FROM realty.payments p
                      WHERE p.booking_id = b.id AND p.kind <> 'refund' AND p.status IN ('submitted', 'paid'))
  UNION ALL
    SELECT 'a booking names its unit''s project and builder', 'bookings ' || b.id,
           concat_ws(' ', u.project_id, u.builder_id), concat_ws(' ', b.project_id, b.builder_id)
    FROM realty.bookings b JOIN realty.units u ON u.id = b.unit_id
    WHERE (b.project_id, b.builder_id) IS DISTINCT FROM (u.project_id, u.builder_id)
  UNION ALL
    SELECT 'a unit names its project''s builder', 'units ' || u.id, p.builder_id::text, u.builder_id::text
    FROM realty.units u JOIN realty.projects p ON p.id = u.project_id
    WHERE u.builder_id <> p.builder_id
  UNION ALL
    SELECT 'a unit is listed with its project', 'units ' || u.id, p.is_listed::text, u.is_listed::text
    FROM realty.units u JOIN realty.projects p ON p.id = u.project_id
    WHERE u.is_listed <> p.is_listed
  UNION ALL
    -- of a company that is not verified either may stand: the setting may have changed since
    SELECT 'a project is sold while its builder''s account is active', 'projects ' || p.id,
           a.is_active::text, p.builder_sells::text
    FROM realty.projects p JOIN realty.builders d ON d.id = p.builder_id JOIN realty.users a ON a.id = d.user_id
    WHERE p.builder_sells <> a.is_active AND (p.builder_sells OR d.is_verified)
  UNION ALL
    SELECT 'projects.total_units equals a recount', 'projects ' || coalesce(c.project_id, l.project_id),
           coalesce(c.total, 0)::text, coalesce(l.total, 0)::text
    FROM counted c FULL JOIN ledger l ON l.project_id = c.project_id
    WHERE coalesce(c.total, 0) <> coalesce(l.total, 0)
  UNION ALL
    SELECT 'blocked units equal a recount', 'projects ' || coalesce(c.project_id, l.project_id),
           coalesce(c.blocked, 0)::text, coalesce(l.blocked, 0)::text
    FROM counted c FULL JOIN ledger l ON l.project_id = c.project_id
    WHERE coalesce(c.blocked, 0) <> coalesce(l.blocked, 0)
  UNION ALL
    SELECT 'projects.available_units equals a recount',
           concat_ws(' from ', 'projects ' || a.project_id, a.available_from), a.counted::text, a.noted::text
    FROM available a WHERE a.counted <> a.noted
  UNION ALL
    SELECT 'builders.total_projects equals a recount', 'builders ' || b.id,
           n.projects::text, b.total_projects::text
    FROM realty.builders b,
         LATERAL (SELECT count(*) AS projects FROM realty.projects p WHERE p.builder_id = b.id) n
    WHERE b.total_projects <> n.projects
  UNION ALL
    SELECT 'bookings.paid_amount equals a recount', 'bookings ' || s.id, s.paid::text, s.paid_amount::text
    FROM sums s WHERE s.paid_amount <> s.paid
  UNION ALL
    SELECT 'bookings.scheduled_amount equals a recount', 'bookings ' || s.id, s.scheduled::text, s.scheduled_amount::text
    FROM sums s WHERE s.scheduled_amount <> s.scheduled
  UNION ALL
    SELECT 'bookings.refunding_amount equals a recount', 'bookings ' || s.id, s.refunding::text, s.refunding_amount::text
    FROM sums s WHERE s.refunding_amount <> s.refunding
  UNION ALL
    SELECT 'payments stay within what is owed', 'bookings ' || s.id, 'at most ' || s.owed, (s.paid + s.scheduled)::text
    FROM sums s WHERE s.paid + s.scheduled > s.owed
  UNION ALL
    SELECT 'refunds stay within what was paid', 'bookings ' || s.id, 'at most ' || s.paid, s.refunding::text
    FROM sums s WHERE s.refunding > s.paid
  UNION ALL
    SELECT 'a refund gives back a payment of its booking', 'payments ' || r.id,
           'bookings ' || p.booking_id, 'bookings ' || r.booking_id
    FROM realty.payments r JOIN realty.payments p ON p.id = r.refund_of WHERE p.booking_id <> r.booking_id
  UNION ALL
    SELECT 'a payment''s refunds stay within it', 'payments ' || p.id, 'at most ' || p.amount, sum(r.amount)::text
    FROM realty.payments p JOIN realty.payments r ON r.refund_of = p.id
    WHERE r.status <> 'failed' GROUP BY p.id HAVING sum(r.amount) > p.amount
  UNION ALL
    SELECT 'a payment has a receipt once it is paid', 'payments ' || p.id,
           CASE WHEN p.receipt_number IS NULL THEN 'a receipt' ELSE 'none' END, coalesce(p.receipt_number, 'none')
    FROM realty.payments p
    WHERE (p.receipt_number IS NOT NULL) <> (p.kind <> 'refund' AND p.status IN ('paid', 'refunded'))
  UNION ALL
    SELECT 'a transaction reference belongs to one booking',
           concat_ws(' ', 'payment_references', coalesce(p.builder_id, r.builder_id), coalesce(p.method, r.method),
                     coalesce(p.reference_key, r.reference_key)),
           coalesce('bookings ' || p.booking_id, 'none'), coalesce('bookings ' || r.booking_id, 'none')
    FROM (SELECT DISTINCT b.builder_id, coalesce(p.method, '') AS method, p.reference_key, p.booking_id
          FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id
          WHERE p.reference_key IS NOT NULL AND p.status <> 'failed') p
         FULL JOIN realty.payment_references r ON r.builder_id = p.builder_id AND r.method = p.method
              AND r.reference_key = p.reference_key AND r.booking_id = p.booking_id
    WHERE p.booking_id IS NULL OR r.booking_id IS NULL
  UNION ALL
    SELECT 'receipts have no gap', concat_ws(' ', 'receipt_counters', coalesce(r.builder_id, c.builder_id),
                                             coalesce(r.financial_year, c.financial_year)),
           '1 to ' || coalesce(c.last_number, 0), coalesce(r.receipts, 0) || ' from ' || coalesce(r.first, 0) || ' to ' || coalesce(r.last, 0)
    FROM receipts r FULL JOIN realty.receipt_counters c
         ON c.builder_id = r.builder_id AND c.financial_year = r.financial_year
    WHERE (r.receipts, r.first, r.last) IS DISTINCT FROM (c.last_number, 1::bigint, c.last_number)
  UNION ALL
    SELECT 'a booking''s total is its price and its approved changes', 'bookings ' || b.id,
           (b.unit_price + coalesce(c.amount, 0))::text, b.total_amount::text
    FROM realty.bookings b LEFT JOIN changes c ON c.booking_id = b.id
    WHERE b.total_amount <> b.unit_price + coalesce(c.amount, 0) OR b.changes_amount <> coalesce(c.amount, 0)
  UNION ALL
    SELECT 'a change request names its booking''s unit and customer', 'change_requests ' || c.id,
           concat_ws(' ', b.unit_id, b.customer_id), concat_ws(' ', c.unit_id, c.customer_id)
    FROM realty.change_requests c JOIN realty.bookings b ON b.id = c.booking_id
    WHERE (c.unit_id, c.customer_id) <> (b.unit_id, b.customer_id)
  UNION ALL
    SELECT 'units.progress_percent equals a recount', 'units ' || u.id,
           r.percent::numeric(5,2)::text, u.progress_percent::text
    FROM realty.units u LEFT JOIN phases f ON f.unit_id = u.id,
         LATERAL (SELECT coalesce(round(f.points / f.weight, 2), 0) AS percent) r
    WHERE u.progress_percent <> r.percent
  UNION ALL
    SELECT 'the progress sums of a unit equal a recount', 'units ' || u.id,
           concat_ws(' ', coalesce(f.weight, 0), coalesce(f.points, 0)), concat_ws(' ', u.progress_weight, u.progress_points)
    FROM realty.units u LEFT JOIN phases f ON f.unit_id = u.id
    WHERE u.progress_weight <> coalesce(f.weight, 0) OR u.progress_points <> coalesce(f.points, 0)
  UNION ALL
    SELECT 'projects.progress_percent equals a recount', 'projects ' || p.id,
           r.percent::numeric(5,2)::text, p.progress_percent::text
    FROM realty.projects p LEFT JOIN phases f ON f.project_id = p.id,
         LATERAL (SELECT coalesce(round(f.points / f.weight, 2), 0) AS percent) r
    WHERE p.progress_percent <> r.percent
  UNION ALL
    SELECT 'the progress sums of a project equal a recount', 'projects ' || p.id,
           concat_ws(' ', coalesce(f.weight, 0), coalesce(f.points, 0)), concat_ws(' ', p.progress_weight, p.progress_points)
    FROM realty.projects p LEFT JOIN phases f ON f.project_id = p.id
    WHERE p.progress_weight <> coalesce(f.weight, 0) OR p.progress_points <> coalesce(f.points, 0)
  UNION ALL
    SELECT 'a phase''s unit is of its project', 'project_progress ' || p.id, u.project_id::text, p.project_id::text
    FROM realty.project_progress p JOIN realty.units u ON u.id = p.unit_id
    WHERE p.project_id <> u.project_id
  UNION ALL
    SELECT 'an account has the one profile of its type', 'users ' || u.id, u.user_type,
           coalesce(nullif(concat_ws(' ', CASE WHEN d.id IS NOT NULL THEN 'builder' END,
                                          CASE WHEN c.id IS NOT NULL THEN 'customer' END), ''), 'none')
    FROM realty.users u
         LEFT JOIN realty.builders d ON d.user_id = u.id
         LEFT JOIN realty.customers c ON c.user_id = u.id
    WHERE (d.id IS NOT NULL) <> (u.user_type = 'builder') OR (c.id IS NOT NULL) <> (u.user_type = 'customer')
  UNION ALL
    SELECT 'an appointment names its project''s builder', 'appointments ' || a.id, p.builder_id::text, a.builder_id::text
    FROM realty.appointments a JOIN realty.projects p ON p.id = a.project_id
    WHERE a.builder_id <> p.builder_id
  UNION ALL
    SELECT 'an appointment''s unit is of its project', 'appointments ' || a.id, u.project_id::text, a.project_id::text
    FROM realty.appointments a JOIN realty.units u ON u.id = a.unit_id
    WHERE a.project_id <> u.project_id
  UNION ALL
    -- ordered by their beginning, the first that two share is between neighbours
    SELECT 'active appointments do not overlap', 'appointments ' || n.id, 'no other at that time',
           'appointments ' || n.before || ' of the ' || n.whose
    FROM (SELECT a.id, p.whose, lag(a.id) OVER own AS before, a.period && lag(a.period) OVER own AS overlaps
          FROM realty.appointments a, LATERAL (VALUES ('builder', a.builder_id), ('customer', a.customer_id)) p (whose, id)
          WHERE a.status IN ('requested', 'confirmed')
          WINDOW own AS (PARTITION BY p.whose, p.id ORDER BY a.starts_at, a.id)) n
    WHERE n.overlaps
  UNION ALL
    SELECT 'a thread is between the same two', 'messages ' || m.id,
           least(t.sender_id, t.recipient_id) || ' and ' || greatest(t.sender_id, t.recipient_id),
           least(m.sender_id, m.recipient_id) || ' and ' || greatest(m.sender_id, m.recipient_id)
    FROM realty.messages m JOIN realty.messages t ON t.id = m.parent_id
    WHERE least(m.sender_id, m.recipient_id) <> least(t.sender_id, t.recipient_id)
       OR greatest(m.sender_id, m.recipient_id) <> greatest(t.sender_id, t.recipient_id)
  UNION ALL
    SELECT 'a reply is filed under the root of its thread', 'messages ' || m.id, t.parent_id::text, m.parent_id::text
    FROM realty.messages m JOIN realty.messages t ON t.id = m.parent_id
    WHERE t.parent_id IS NOT NULL
  UNION ALL
    SELECT 'a notification belongs to an account', 'notifications ' || n.id, 'users ' || n.user_id, 'none'
    FROM realty.notifications n
    WHERE NOT EXISTS (SELECT FROM realty.users u WHERE u.id = n.user_id);
END;
COMMENT ON FUNCTION realty.check_invariants() IS
'Recounts all that is stored twice and returns every deviation: rule, the row''s table and key, what it should be, what it is.
No row means that all is well. Reads every table; owner only.';
