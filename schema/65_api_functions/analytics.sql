-- Reports and dashboards of the API: sums over the views of schema analytics and of api, so
-- row policies and those views decide whose numbers they are. Answers are described in 70_routes.

-- Raises PT404 for a project that is not the caller's to analyse; NULL means all of them.
CREATE FUNCTION realty.analysed_project(project_id bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT CASE WHEN project_id IS NULL THEN NULL
                ELSE realty.found((SELECT p.project_id FROM analytics.progress p WHERE p.project_id = $1)) END;
END;
COMMENT ON FUNCTION realty.analysed_project(bigint) IS
'Its argument; error PT404 for a project whose numbers the caller may not see.';

CREATE FUNCTION api.sales_report("from" date DEFAULT NULL, "to" date DEFAULT NULL, period text DEFAULT 'month',
                                 project_id bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.refuse_field(period NOT IN ('day', 'week', 'month', 'quarter', 'year'), 'period',
                               'must be one of day, week, month, quarter, year');
    SELECT realty.refuse_field("from" > "to", 'to', 'must not be before from');
    SELECT realty.analysed_project(project_id);
    WITH sale AS (
        SELECT s.*, pg_catalog.date_trunc(period, s.sold_on::timestamp)::date AS starts_on
        FROM analytics.sales s
        WHERE (sales_report.project_id IS NULL OR s.project_id = sales_report.project_id)
          AND ("from" IS NULL OR s.sold_on >= "from") AND ("to" IS NULL OR s.sold_on <= "to")
    )
    SELECT pg_catalog.jsonb_build_object(
        'period', period,
        'series', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.starts_on)
            FROM (SELECT s.starts_on, pg_catalog.count(*) AS units, pg_catalog.sum(s.booked_price + s.changes_amount) AS value,
                         pg_catalog.sum(s.discount) AS discount, pg_catalog.sum(s.net_amount) AS net_value
                  FROM sale s GROUP BY s.starts_on) x), '[]'),
        'totals', (
            SELECT pg_catalog.jsonb_build_object('units', pg_catalog.count(*),
                'value', coalesce(pg_catalog.sum(s.booked_price + s.changes_amount), 0.00),
                'discount', coalesce(pg_catalog.sum(s.discount), 0.00),
                'net_value', coalesce(pg_catalog.sum(s.net_amount), 0.00),
                'average_net_value', pg_catalog.round(pg_catalog.avg(s.net_amount), 2),
                'realisation_percent', pg_catalog.round(pg_catalog.sum(s.booked_price - s.discount) * 100
                                                        / nullif(pg_catalog.sum(s.first_price), 0), 2))
            FROM sale s));
END;
COMMENT ON FUNCTION api.sales_report(date, date, text, bigint) IS
'Sales by day, week, month, quarter or year (period), from and to days included, of one project or all. Errors PT404, PT422.';

-- Units of one project or of all that the caller analyses, by state.
CREATE FUNCTION realty.inventory_totals(project_id bigint) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object('units', pg_catalog.count(*),
        'available', pg_catalog.count(*) FILTER (WHERE u.status = 'available'),
        'held', pg_catalog.count(*) FILTER (WHERE u.status = 'held'),
        'booked', pg_catalog.count(*) FILTER (WHERE u.status = 'booked'),
        'sold', pg_catalog.count(*) FILTER (WHERE u.status = 'sold'),
        'blocked', pg_catalog.count(*) FILTER (WHERE u.status = 'blocked'),
        'value_available', coalesce(pg_catalog.sum(u.price) FILTER (WHERE u.status = 'available'), 0.00),
        'average_days_on_market', pg_catalog.round(pg_catalog.avg(u.days_on_market), 1))
    FROM analytics.inventory u
    WHERE inventory_totals.project_id IS NULL OR u.project_id = inventory_totals.project_id;
END;
COMMENT ON FUNCTION realty.inventory_totals(bigint) IS 'Units by status, of one project or all, as in the reports.';

CREATE FUNCTION api.inventory_report(project_id bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.analysed_project(project_id);
    WITH unit AS (
        SELECT i.* FROM analytics.inventory i
        WHERE inventory_report.project_id IS NULL OR i.project_id = inventory_report.project_id
    )
    SELECT pg_catalog.jsonb_build_object(
        'totals', realty.inventory_totals(project_id),
        'by_age', coalesce((
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('age', x.age, 'units', x.units, 'value', x.value) ORDER BY x.least)
            FROM (SELECT u.age, pg_catalog.count(*) AS units, pg_catalog.sum(u.price) AS value, pg_catalog.min(u.days_on_market) AS least
                  FROM unit u WHERE u.age IS NOT NULL GROUP BY u.age) x), '[]'),
        'by_type', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.unit_type)
            FROM (SELECT u.unit_type, pg_catalog.count(*) AS units, pg_catalog.count(*) FILTER (WHERE u.is_sold) AS sold,
                         pg_catalog.round(pg_catalog.avg(u.price), 2) AS average_price
                  FROM unit u GROUP BY u.unit_type ORDER BY units DESC, u.unit_type LIMIT 100) x), '[]'),
        'absorption', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.month)
            FROM (SELECT a.month, pg_catalog.sum(a.on_offer) AS on_offer, pg_catalog.sum(a.sold) AS sold,
                         pg_catalog.round(pg_catalog.sum(a.sold) * 100 / nullif(pg_catalog.sum(a.on_offer), 0), 2) AS absorption_percent
                  FROM analytics.absorption a
                  WHERE (inventory_report.project_id IS NULL OR a.project_id = inventory_report.project_id)
                    AND a.month > realty.today() - interval '12 months'
                  GROUP BY a.month) x), '[]'));
END;
COMMENT ON FUNCTION api.inventory_report(bigint) IS
'Units by state, age on the market and type (the 100 with most units), and how fast they sold in the last twelve months. Error PT404.';

CREATE FUNCTION api.collections_report(project_id bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.analysed_project(project_id);
    WITH instalment AS (
        SELECT c.* FROM analytics.collections c
        WHERE collections_report.project_id IS NULL OR c.project_id = collections_report.project_id
    ), flow AS (
        SELECT f.* FROM analytics.cash_flow f
        WHERE collections_report.project_id IS NULL OR f.project_id = collections_report.project_id
    )
    SELECT pg_catalog.jsonb_build_object(
        'totals', (
            SELECT pg_catalog.jsonb_build_object(
                'received', coalesce((SELECT pg_catalog.sum(f.received) FROM flow f), 0.00),
                'refunded', coalesce((SELECT pg_catalog.sum(f.refunded) FROM flow f), 0.00),
                'outstanding', coalesce(pg_catalog.sum(i.amount), 0.00),
                'submitted', coalesce(pg_catalog.sum(i.amount) FILTER (WHERE i.status = 'submitted'), 0.00),
                'overdue', coalesce(pg_catalog.sum(i.amount) FILTER (WHERE i.days_overdue > 0), 0.00),
                'overdue_instalments', pg_catalog.count(*) FILTER (WHERE i.days_overdue > 0))
            FROM instalment i),
        'by_overdue', coalesce((
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('overdue', x.overdue, 'instalments', x.instalments,
                                                                      'amount', x.amount) ORDER BY x.least)
            FROM (SELECT i.overdue, pg_catalog.count(*) AS instalments, pg_catalog.sum(i.amount) AS amount,
                         pg_catalog.min(coalesce(i.days_overdue, 0)) AS least
                  FROM instalment i GROUP BY i.overdue) x), '[]'),
        'cash_flow', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.month)
            FROM (SELECT f.month, pg_catalog.sum(f.received) AS received, pg_catalog.sum(f.refunded) AS refunded,
                         pg_catalog.sum(f.expected) AS expected
                  FROM flow f WHERE f.month > realty.today() - interval '13 months' GROUP BY f.month) x), '[]'));
END;
COMMENT ON FUNCTION api.collections_report(bigint) IS
'What was paid, what is due and how late, and the cash flow of the last year and the months ahead. Error PT404.';

CREATE FUNCTION api.pipeline_report(project_id bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.analysed_project(project_id);
    SELECT pg_catalog.jsonb_build_object(
        'bookings', coalesce(pg_catalog.jsonb_agg(x.line ORDER BY x.status) FILTER (WHERE x.kind = 'booking'), '[]'),
        'change_requests', coalesce(pg_catalog.jsonb_agg(x.line ORDER BY x.status) FILTER (WHERE x.kind = 'change_request'), '[]'),
        'appointments', coalesce(pg_catalog.jsonb_agg(x.line ORDER BY x.status) FILTER (WHERE x.kind = 'appointment'), '[]'))
    FROM (SELECT p.kind, p.status, pg_catalog.jsonb_build_object('status', p.status, 'items', pg_catalog.sum(p.items),
                     'value', pg_catalog.sum(p.value), 'oldest_days', pg_catalog.max(p.oldest_days)) AS line
          FROM analytics.pipeline p
          WHERE pipeline_report.project_id IS NULL OR p.project_id = pipeline_report.project_id
          GROUP BY p.kind, p.status) x;
END;
COMMENT ON FUNCTION api.pipeline_report(bigint) IS 'Bookings, change requests and appointments by state. Error PT404.';

CREATE FUNCTION api.progress_report()
RETURNS TABLE (project_id bigint, project text, status text, actual_percent numeric, planned_percent numeric,
               ahead_percent numeric, phases bigint, late_phases bigint, expected_completion date)
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT p.project_id, p.project, p.status, p.actual_percent, p.planned_percent, p.ahead_percent, p.phases,
           p.late_phases, p.expected_completion
    FROM analytics.progress p ORDER BY p.ahead_percent NULLS LAST, p.project_id LIMIT 1000;
END;
COMMENT ON FUNCTION api.progress_report() IS 'Each project against its plan, the latest first, 1000 at most.';

CREATE FUNCTION api.project_stats(project_id bigint) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT realty.found(realty.analysed_project(project_id));
    SELECT pg_catalog.jsonb_build_object(
        'project_id', project_id,
        'inventory', realty.inventory_totals(project_id),
        'sales', api.sales_report(NULL, NULL, 'month', project_id) -> 'totals',
        'collections', api.collections_report(project_id) -> 'totals',
        'pipeline', api.pipeline_report(project_id),
        'progress', (SELECT pg_catalog.jsonb_build_object('actual_percent', p.actual_percent,
                         'planned_percent', p.planned_percent, 'late_phases', p.late_phases)
                     FROM analytics.progress p WHERE p.project_id = project_stats.project_id));
END;
COMMENT ON FUNCTION api.project_stats(bigint) IS 'The numbers of one of your projects. Error PT404.';

CREATE FUNCTION api.builder_dashboard() RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'projects', (SELECT pg_catalog.count(*) FROM analytics.progress),
        'inventory', realty.inventory_totals(NULL),
        'sales', api.sales_report() -> 'totals',
        'sales_this_month', api.sales_report(pg_catalog.date_trunc('month', realty.today()::timestamp)::date) -> 'totals',
        'collections', api.collections_report() -> 'totals',
        'pipeline', api.pipeline_report(),
        'upcoming_appointments', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.starts_at)
            FROM (SELECT a.id, a.project_id, a.kind, a.status, a.starts_at, a.ends_at,
                         (SELECT c.name FROM api.contacts c WHERE c.profile_id = a.customer_id AND c.kind = 'customer') AS customer
                  FROM api.appointments a
                  WHERE a.status IN ('requested', 'confirmed') AND a.ends_at > statement_timestamp()
                  ORDER BY a.starts_at LIMIT 5) x), '[]'),
        'latest_bookings', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.id DESC)
            FROM (SELECT b.booking_id AS id, b.booking_number, b.project, b.status, b.net_amount, b.booked_on
                  FROM analytics.bookings b ORDER BY b.booking_id DESC LIMIT 5) x), '[]'),
        'unread_messages', api.unread_messages(),
        'unread_notifications', api.unread_notifications());
END;
COMMENT ON FUNCTION api.builder_dashboard() IS 'The first page of a builder''s portal, in one answer.';

CREATE FUNCTION api.customer_dashboard() RETURNS jsonb
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    WITH booking AS (
        SELECT b.*, b.total_amount - b.discount - b.paid_amount AS balance,
               b.status IN ('confirmed', 'completed')
               OR (b.status = 'pending' AND coalesce(b.hold_expires_at > statement_timestamp(), true)) AS stands
        FROM api.bookings b
    )
    SELECT pg_catalog.jsonb_build_object(
        'bookings', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.id DESC)
            FROM (SELECT b.id, b.booking_number, b.status, b.unit_id, u.unit_number, u.tower, p.id AS project_id,
                         p.name AS project, b.total_amount, b.discount, b.paid_amount, b.balance,
                         u.progress_percent AS unit_progress_percent, p.progress_percent AS project_progress_percent,
                         b.hold_expires_at
                  FROM booking b LEFT JOIN api.units u ON u.id = b.unit_id LEFT JOIN api.projects p ON p.id = b.project_id
                  WHERE b.stands) x), '[]'),
        'totals', (SELECT pg_catalog.jsonb_build_object('bookings', pg_catalog.count(*),
                       'paid', coalesce(pg_catalog.sum(b.paid_amount), 0.00),
                       'balance', coalesce(pg_catalog.sum(b.balance), 0.00))
                   FROM booking b WHERE b.stands),
        'next_payments', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.due_date NULLS LAST, x.id)
            FROM (SELECT y.id, y.booking_id, y.milestone, y.amount, y.due_date, y.due_date < (statement_timestamp() AT TIME ZONE d.time_zone)::date AS is_overdue
                  FROM api.payments y JOIN booking b ON b.id = y.booking_id JOIN api.builders d ON d.id = b.builder_id
                  WHERE b.stands AND y.kind <> 'refund' AND y.status = 'due'
                  ORDER BY y.due_date NULLS LAST, y.id LIMIT 5) x), '[]'),
        'upcoming_appointments', coalesce((
            SELECT pg_catalog.jsonb_agg(x ORDER BY x.starts_at)
            FROM (SELECT a.id, a.project_id, a.kind, a.status, a.starts_at, a.ends_at
                  FROM api.appointments a
                  WHERE a.status IN ('requested', 'confirmed') AND a.ends_at > statement_timestamp()
                  ORDER BY a.starts_at LIMIT 5) x), '[]'),
        'open_change_requests', (SELECT pg_catalog.count(*) FROM api.change_requests c
                                 WHERE c.status IN ('submitted', 'under_review', 'approved')),
        'unread_messages', api.unread_messages(),
        'unread_notifications', api.unread_notifications());
END;
COMMENT ON FUNCTION api.customer_dashboard() IS 'The first page of a customer''s portal, in one answer.';
