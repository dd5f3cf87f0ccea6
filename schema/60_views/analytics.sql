-- What analysts read, and what the API's reports and dashboards add up: one definition of
-- each number, in docs/analytics.md with a case worked by hand.
--
-- The views run as their owner and restrict their rows themselves: all to an analyst or an
-- administrator, a builder's own to a builder, none to other roles. They contain no name, address,
-- e-mail, phone, note or message of a person; a customer is a number. Days are those of the
-- builder's time zone.

-- Owner-run, as the views that read it. Planned for one builder, also for an administrator: what a report costs follows
-- the rows that it counts, not the site.
CREATE VIEW realty.analysed_builders AS
SELECT d.*
FROM realty.unnest_few(CASE WHEN (SELECT realty.analyses_all()) THEN ARRAY(SELECT x.id FROM realty.builders x)
                            ELSE ARRAY[(SELECT realty.builder_id())] END) i (id)
     JOIN realty.builders d ON d.id = i.id;
COMMENT ON VIEW realty.analysed_builders IS 'The builders whose numbers the caller may see.';

CREATE VIEW analytics.bookings WITH (security_barrier = true) AS
SELECT b.id AS booking_id, b.booking_number, b.builder_id, d.company_name AS builder, b.project_id,
       p.name AS project, p.city, b.unit_id, u.unit_type, u.bedrooms, u.carpet_area, b.customer_id,
       CASE WHEN b.status = 'pending' AND b.hold_expires_at <= statement_timestamp() THEN 'expired'
            ELSE b.status END AS status,
       b.unit_price, b.changes_amount, b.discount, b.total_amount - b.discount AS net_amount,
       b.paid_amount, b.total_amount - b.discount - b.paid_amount AS balance,
       (b.created_at AT TIME ZONE d.time_zone)::date AS booked_on,
       (b.confirmed_at AT TIME ZONE d.time_zone)::date AS confirmed_on,
       (b.completed_at AT TIME ZONE d.time_zone)::date AS completed_on,
       (b.cancelled_at AT TIME ZONE d.time_zone)::date AS cancelled_on,
       (statement_timestamp() AT TIME ZONE d.time_zone)::date AS today
FROM realty.bookings b
     JOIN realty.analysed_builders d ON d.id = b.builder_id
     JOIN realty.projects p ON p.id = b.project_id
     JOIN realty.units u ON u.id = b.unit_id;
COMMENT ON VIEW analytics.bookings IS 'Every booking, one a row, with its project and unit.';

CREATE VIEW analytics.sales WITH (security_barrier = true) AS
SELECT b.booking_id, b.booking_number, b.builder_id, b.builder, b.project_id, b.project, b.city, b.unit_id,
       b.unit_type, b.bedrooms, b.carpet_area, b.customer_id, b.confirmed_on AS sold_on,
       coalesce(h.first_price, b.unit_price) AS first_price, b.unit_price AS booked_price,
       b.changes_amount, b.discount, b.net_amount,
       round((b.unit_price - b.discount) * 100 / nullif(coalesce(h.first_price, b.unit_price), 0), 2)
           AS realisation_percent,
       round((b.unit_price - b.discount) / nullif(b.carpet_area, 0), 2) AS price_per_square_foot
FROM analytics.bookings b
     LEFT JOIN LATERAL (
         SELECT coalesce(x.old_price, x.new_price) AS first_price FROM realty.unit_price_history x
         WHERE x.unit_id = b.unit_id ORDER BY x.created_at, x.id LIMIT 1) h ON true
WHERE b.status IN ('confirmed', 'completed');
COMMENT ON VIEW analytics.sales IS 'Every sale: a booking that was confirmed and is still active, on the day it was confirmed.';

CREATE VIEW analytics.sales_by_month WITH (security_barrier = true) AS
SELECT s.builder_id, s.builder, s.project_id, s.project, date_trunc('month', s.sold_on::timestamp)::date AS month,
       count(*) AS units, sum(s.booked_price + s.changes_amount) AS value, sum(s.discount) AS discount,
       sum(s.net_amount) AS net_value, round(avg(s.net_amount), 2) AS average_net_value
FROM analytics.sales s
GROUP BY s.builder_id, s.builder, s.project_id, s.project, date_trunc('month', s.sold_on::timestamp);
COMMENT ON VIEW analytics.sales_by_month IS 'Sales by project and month.';

CREATE VIEW analytics.inventory WITH (security_barrier = true) AS
SELECT u.id AS unit_id, u.builder_id, d.company_name AS builder, u.project_id, p.name AS project, p.city,
       u.tower, u.unit_number, u.unit_type, u.bedrooms, u.price, s.status,
       s.status IN ('booked', 'sold') AS is_sold, o.offered_on,
       CASE WHEN s.status IN ('available', 'held') THEN o.today - o.offered_on END AS days_on_market,
       CASE WHEN s.status NOT IN ('available', 'held') THEN NULL
            WHEN o.today - o.offered_on <= 30 THEN '0-30'
            WHEN o.today - o.offered_on <= 90 THEN '31-90'
            WHEN o.today - o.offered_on <= 180 THEN '91-180'
            WHEN o.today - o.offered_on <= 365 THEN '181-365'
            ELSE 'over 365' END AS age
FROM realty.units u
     JOIN realty.analysed_builders d ON d.id = u.builder_id
     JOIN realty.projects p ON p.id = u.project_id,
     LATERAL (SELECT CASE WHEN u.status = 'available' OR u.status = 'held' AND u.held_until <= statement_timestamp()
                          THEN CASE WHEN u.is_listed THEN 'available' ELSE 'blocked' END
                          ELSE u.status END AS status) s,
     LATERAL (SELECT (statement_timestamp() AT TIME ZONE d.time_zone)::date AS today,
                     greatest((u.created_at AT TIME ZONE d.time_zone)::date, p.launch_date) AS offered_on) o;
COMMENT ON VIEW analytics.inventory IS 'Every unit, with how long it has been on the market.';

CREATE VIEW analytics.absorption WITH (security_barrier = true) AS
WITH event AS (
    SELECT i.builder_id, i.project_id, i.project, date_trunc('month', i.offered_on::timestamp) AS month, 1 AS offered, 0 AS sold
    FROM analytics.inventory i WHERE i.status <> 'blocked'
    UNION ALL
    SELECT s.builder_id, s.project_id, s.project, date_trunc('month', s.sold_on::timestamp), 0, 1 FROM analytics.sales s
), monthly AS (
    SELECT e.builder_id, e.project_id, e.project, e.month, sum(e.offered) AS offered, sum(e.sold) AS sold
    FROM event e GROUP BY e.builder_id, e.project_id, e.project, e.month
), calendar AS (
    SELECT m.builder_id, m.project_id, m.project,
           generate_series(min(m.month), greatest(max(m.month), date_trunc('month', statement_timestamp() AT TIME ZONE d.time_zone)),
                           interval '1 month') AS month
    FROM monthly m JOIN realty.builders d ON d.id = m.builder_id GROUP BY m.builder_id, m.project_id, m.project, d.time_zone
)
SELECT r.builder_id, r.project_id, r.project, r.month, r.on_offer, r.sold,
       round(r.sold * 100.0 / nullif(r.on_offer, 0), 2) AS absorption_percent
FROM (SELECT c.builder_id, c.project_id, c.project, c.month::date AS month, coalesce(m.sold, 0) AS sold,
             sum(coalesce(m.offered, 0)) OVER so_far - sum(coalesce(m.sold, 0)) OVER so_far + coalesce(m.sold, 0) AS on_offer
      FROM calendar c LEFT JOIN monthly m ON m.project_id = c.project_id AND m.month = c.month
      WINDOW so_far AS (PARTITION BY c.project_id ORDER BY c.month)) r;
COMMENT ON VIEW analytics.absorption IS
'How fast a project sells: units sold in a month, of all that were on offer in it.';

CREATE VIEW analytics.collections WITH (security_barrier = true) AS
SELECT y.id AS payment_id, b.builder_id, b.builder, b.project_id, b.project, b.booking_id, b.booking_number,
       b.customer_id, y.kind, y.milestone, y.amount, y.status, y.due_date,
       greatest(b.today - y.due_date, 0) AS days_overdue,
       CASE WHEN y.due_date IS NULL OR y.due_date >= b.today THEN 'not yet due'
            WHEN b.today - y.due_date <= 30 THEN '1-30'
            WHEN b.today - y.due_date <= 60 THEN '31-60'
            WHEN b.today - y.due_date <= 90 THEN '61-90'
            ELSE 'over 90' END AS overdue
FROM realty.payments y
     JOIN analytics.bookings b ON b.booking_id = y.booking_id
WHERE y.kind <> 'refund' AND y.status IN ('due', 'submitted') AND b.status IN ('pending', 'confirmed', 'completed');
COMMENT ON VIEW analytics.collections IS 'Every instalment of an active booking that is not paid yet, by how late it is.';

CREATE VIEW analytics.cash_flow WITH (security_barrier = true) AS
SELECT f.builder_id, f.builder, f.project_id, f.project, f.month, sum(f.received) AS received,
       sum(f.refunded) AS refunded, sum(f.expected) AS expected
FROM (SELECT b.builder_id, b.builder, b.project_id, b.project,
             date_trunc('month', y.paid_at AT TIME ZONE d.time_zone)::date AS month,
             CASE WHEN y.kind = 'refund' THEN 0 ELSE y.amount END AS received,
             CASE WHEN y.kind = 'refund' THEN y.amount ELSE 0 END AS refunded, 0 AS expected
      FROM realty.payments y JOIN analytics.bookings b ON b.booking_id = y.booking_id
           JOIN realty.builders d ON d.id = b.builder_id
      WHERE y.status IN ('paid', 'refunded')
      UNION ALL
      SELECT c.builder_id, c.builder, c.project_id, c.project,
             date_trunc('month', greatest(c.due_date, (statement_timestamp() AT TIME ZONE d.time_zone)::date)::timestamp)::date, 0, 0, c.amount
      FROM analytics.collections c JOIN realty.builders d ON d.id = c.builder_id WHERE c.due_date IS NOT NULL) f
GROUP BY f.builder_id, f.builder, f.project_id, f.project, f.month;
COMMENT ON VIEW analytics.cash_flow IS
'Money by project and month: what came and went, and what is expected; what is overdue is expected this month.';

CREATE VIEW analytics.pipeline WITH (security_barrier = true) AS
SELECT x.builder_id, x.project_id, x.kind, x.status, count(*) AS items, sum(x.value) AS value,
       max(x.days) AS oldest_days, round(avg(x.days), 1) AS average_days
FROM (SELECT b.builder_id, b.project_id, 'booking' AS kind, b.status, b.net_amount AS value, b.today - b.booked_on AS days
      FROM analytics.bookings b
      UNION ALL
      SELECT b.builder_id, b.project_id, 'change_request', c.status, coalesce(c.approved_cost, c.estimated_cost),
             b.today - (c.created_at AT TIME ZONE d.time_zone)::date
      FROM realty.change_requests c JOIN analytics.bookings b ON b.booking_id = c.booking_id
           JOIN realty.builders d ON d.id = b.builder_id
      UNION ALL
      SELECT a.builder_id, a.project_id, 'appointment', a.status, NULL,
             ((statement_timestamp() AT TIME ZONE d.time_zone)::date - (a.created_at AT TIME ZONE d.time_zone)::date)
      FROM realty.appointments a JOIN realty.analysed_builders d ON d.id = a.builder_id) x
GROUP BY x.builder_id, x.project_id, x.kind, x.status;
COMMENT ON VIEW analytics.pipeline IS 'Bookings, change requests and appointments by status.';

CREATE VIEW analytics.progress WITH (security_barrier = true) AS
SELECT p.builder_id, d.company_name AS builder, p.id AS project_id, p.name AS project, p.status,
       p.progress_percent AS actual_percent, f.planned_percent, p.progress_percent - f.planned_percent AS ahead_percent,
       coalesce(f.phases, 0) AS phases, coalesce(f.late_phases, 0) AS late_phases, p.expected_completion
FROM realty.projects p
     JOIN realty.analysed_builders d ON d.id = p.builder_id,
     LATERAL (SELECT (statement_timestamp() AT TIME ZONE d.time_zone)::date AS today) t,
     LATERAL (SELECT round(sum(g.weight * CASE
                  WHEN g.planned_start IS NULL OR g.planned_end IS NULL THEN g.percent
                  WHEN t.today < g.planned_start THEN 0
                  WHEN t.today >= g.planned_end THEN 100
                  ELSE (t.today - g.planned_start) * 100.0 / (g.planned_end - g.planned_start) END)
                  / nullif(sum(g.weight), 0), 2) AS planned_percent,
                  count(*) AS phases, count(*) FILTER (WHERE g.percent < 100 AND g.planned_end < t.today) AS late_phases
              FROM realty.project_progress g WHERE g.project_id = p.id) f;
COMMENT ON VIEW analytics.progress IS
'Progress of each project against its plan; a phase is planned to grow evenly from its planned start to its planned end.';
COMMENT ON COLUMN analytics.bookings.booking_id IS 'The booking.';
COMMENT ON COLUMN analytics.bookings.booking_number IS 'Its readable number.';
COMMENT ON COLUMN analytics.bookings.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.bookings.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.bookings.project_id IS 'The project.';
COMMENT ON COLUMN analytics.bookings.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.bookings.city IS 'City of the project.';
COMMENT ON COLUMN analytics.bookings.unit_id IS 'The unit.';
COMMENT ON COLUMN analytics.bookings.unit_type IS 'Type of the unit.';
COMMENT ON COLUMN analytics.bookings.bedrooms IS 'Bedrooms of the unit.';
COMMENT ON COLUMN analytics.bookings.carpet_area IS 'Carpet area of the unit, square feet.';
COMMENT ON COLUMN analytics.bookings.customer_id IS 'The customer, a number only.';
COMMENT ON COLUMN analytics.bookings.status IS 'pending, confirmed, completed, cancelled or expired; a hold that has run out reads as expired.';
COMMENT ON COLUMN analytics.bookings.unit_price IS 'Price of the unit when it was booked.';
COMMENT ON COLUMN analytics.bookings.changes_amount IS 'What approved change requests added.';
COMMENT ON COLUMN analytics.bookings.discount IS 'Discount.';
COMMENT ON COLUMN analytics.bookings.net_amount IS 'unit_price + changes_amount - discount.';
COMMENT ON COLUMN analytics.bookings.paid_amount IS 'Paid so far, less refunds.';
COMMENT ON COLUMN analytics.bookings.balance IS 'net_amount - paid_amount.';
COMMENT ON COLUMN analytics.bookings.booked_on IS 'Day it was booked.';
COMMENT ON COLUMN analytics.bookings.confirmed_on IS 'Day it was confirmed.';
COMMENT ON COLUMN analytics.bookings.completed_on IS 'Day the unit was handed over.';
COMMENT ON COLUMN analytics.bookings.cancelled_on IS 'Day it was cancelled.';
COMMENT ON COLUMN analytics.bookings.today IS 'The day it is at the builder.';
COMMENT ON COLUMN analytics.sales.booking_id IS 'The booking.';
COMMENT ON COLUMN analytics.sales.booking_number IS 'Its readable number.';
COMMENT ON COLUMN analytics.sales.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.sales.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.sales.project_id IS 'The project.';
COMMENT ON COLUMN analytics.sales.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.sales.city IS 'City of the project.';
COMMENT ON COLUMN analytics.sales.unit_id IS 'The unit.';
COMMENT ON COLUMN analytics.sales.unit_type IS 'Type of the unit.';
COMMENT ON COLUMN analytics.sales.bedrooms IS 'Bedrooms of the unit.';
COMMENT ON COLUMN analytics.sales.carpet_area IS 'Carpet area, square feet.';
COMMENT ON COLUMN analytics.sales.customer_id IS 'The customer, a number only.';
COMMENT ON COLUMN analytics.sales.sold_on IS 'Day the booking was confirmed.';
COMMENT ON COLUMN analytics.sales.first_price IS 'The first price the unit was offered at.';
COMMENT ON COLUMN analytics.sales.booked_price IS 'Price when it was booked.';
COMMENT ON COLUMN analytics.sales.changes_amount IS 'What approved change requests added.';
COMMENT ON COLUMN analytics.sales.discount IS 'Discount.';
COMMENT ON COLUMN analytics.sales.net_amount IS 'booked_price + changes_amount - discount.';
COMMENT ON COLUMN analytics.sales.realisation_percent IS '(booked_price - discount) * 100 / first_price.';
COMMENT ON COLUMN analytics.sales.price_per_square_foot IS '(booked_price - discount) / carpet_area.';
COMMENT ON COLUMN analytics.sales_by_month.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.sales_by_month.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.sales_by_month.project_id IS 'The project.';
COMMENT ON COLUMN analytics.sales_by_month.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.sales_by_month.month IS 'First day of the month.';
COMMENT ON COLUMN analytics.sales_by_month.units IS 'Sales.';
COMMENT ON COLUMN analytics.sales_by_month.value IS 'Sum of booked_price + changes_amount.';
COMMENT ON COLUMN analytics.sales_by_month.discount IS 'Sum of discounts.';
COMMENT ON COLUMN analytics.sales_by_month.net_value IS 'Sum of net_amount.';
COMMENT ON COLUMN analytics.sales_by_month.average_net_value IS 'Average of net_amount.';
COMMENT ON COLUMN analytics.inventory.unit_id IS 'The unit.';
COMMENT ON COLUMN analytics.inventory.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.inventory.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.inventory.project_id IS 'The project.';
COMMENT ON COLUMN analytics.inventory.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.inventory.city IS 'City of the project.';
COMMENT ON COLUMN analytics.inventory.tower IS 'Tower.';
COMMENT ON COLUMN analytics.inventory.unit_number IS 'Number of the unit in its tower.';
COMMENT ON COLUMN analytics.inventory.unit_type IS 'Type of the unit.';
COMMENT ON COLUMN analytics.inventory.bedrooms IS 'Bedrooms.';
COMMENT ON COLUMN analytics.inventory.price IS 'Current price.';
COMMENT ON COLUMN analytics.inventory.status IS 'available, held, booked, sold or blocked; a hold that has run out reads as available, a free unit of a project that is not listed as blocked.';
COMMENT ON COLUMN analytics.inventory.is_sold IS 'Booked or sold.';
COMMENT ON COLUMN analytics.inventory.offered_on IS 'Day it came on offer: when it was entered, or the launch of its project if that was later.';
COMMENT ON COLUMN analytics.inventory.days_on_market IS 'Days since offered_on, of a unit that is available or held.';
COMMENT ON COLUMN analytics.inventory.age IS 'The same in classes: 0-30, 31-90, 91-180, 181-365, over 365.';
COMMENT ON COLUMN analytics.absorption.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.absorption.project_id IS 'The project.';
COMMENT ON COLUMN analytics.absorption.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.absorption.month IS 'First day of the month.';
COMMENT ON COLUMN analytics.absorption.on_offer IS 'Units that came on offer by the end of the month, blocked ones left out, less those sold before it.';
COMMENT ON COLUMN analytics.absorption.sold IS 'Sales in the month.';
COMMENT ON COLUMN analytics.absorption.absorption_percent IS 'sold * 100 / on_offer.';
COMMENT ON COLUMN analytics.collections.payment_id IS 'The instalment.';
COMMENT ON COLUMN analytics.collections.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.collections.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.collections.project_id IS 'The project.';
COMMENT ON COLUMN analytics.collections.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.collections.booking_id IS 'The booking.';
COMMENT ON COLUMN analytics.collections.booking_number IS 'Its readable number.';
COMMENT ON COLUMN analytics.collections.customer_id IS 'The customer, a number only.';
COMMENT ON COLUMN analytics.collections.kind IS 'token or instalment.';
COMMENT ON COLUMN analytics.collections.milestone IS 'What it is due for.';
COMMENT ON COLUMN analytics.collections.amount IS 'Amount.';
COMMENT ON COLUMN analytics.collections.status IS 'due, or submitted and waiting for the builder.';
COMMENT ON COLUMN analytics.collections.due_date IS 'Day it is due.';
COMMENT ON COLUMN analytics.collections.days_overdue IS 'Days since due_date, 0 when it is not yet due.';
COMMENT ON COLUMN analytics.collections.overdue IS 'The same in classes: not yet due, 1-30, 31-60, 61-90, over 90.';
COMMENT ON COLUMN analytics.cash_flow.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.cash_flow.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.cash_flow.project_id IS 'The project.';
COMMENT ON COLUMN analytics.cash_flow.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.cash_flow.month IS 'First day of the month.';
COMMENT ON COLUMN analytics.cash_flow.received IS 'Paid in that month.';
COMMENT ON COLUMN analytics.cash_flow.refunded IS 'Refunded in that month.';
COMMENT ON COLUMN analytics.cash_flow.expected IS 'Instalments due in that month and not paid; in this month also all that is overdue.';
COMMENT ON COLUMN analytics.pipeline.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.pipeline.project_id IS 'The project.';
COMMENT ON COLUMN analytics.pipeline.kind IS 'booking, change_request or appointment.';
COMMENT ON COLUMN analytics.pipeline.status IS 'State.';
COMMENT ON COLUMN analytics.pipeline.items IS 'How many.';
COMMENT ON COLUMN analytics.pipeline.value IS 'Their net amount or cost; empty for appointments.';
COMMENT ON COLUMN analytics.pipeline.oldest_days IS 'Days since the oldest was made.';
COMMENT ON COLUMN analytics.pipeline.average_days IS 'Days since they were made, on average.';
COMMENT ON COLUMN analytics.progress.builder_id IS 'The builder.';
COMMENT ON COLUMN analytics.progress.builder IS 'Company name of the builder.';
COMMENT ON COLUMN analytics.progress.project_id IS 'The project.';
COMMENT ON COLUMN analytics.progress.project IS 'Name of the project.';
COMMENT ON COLUMN analytics.progress.status IS 'Status of the project.';
COMMENT ON COLUMN analytics.progress.actual_percent IS 'What is built, by weight of phases.';
COMMENT ON COLUMN analytics.progress.planned_percent IS 'What should be built today, by weight of phases; a phase without a plan counts as it is.';
COMMENT ON COLUMN analytics.progress.ahead_percent IS 'actual_percent - planned_percent; below 0 the project is late.';
COMMENT ON COLUMN analytics.progress.phases IS 'Phases of the project and its units.';
COMMENT ON COLUMN analytics.progress.late_phases IS 'Phases not finished after their planned end.';
COMMENT ON COLUMN analytics.progress.expected_completion IS 'Day the project is expected to be finished.';
