CREATE TABLE realty.transitions (
    entity text NOT NULL CONSTRAINT transitions_entity_is_short CHECK (length(entity) <= 63),
    from_status text NOT NULL CONSTRAINT transitions_from_status_is_short CHECK (length(from_status) <= 63),
    to_status text NOT NULL CONSTRAINT transitions_to_status_is_short CHECK (length(to_status) <= 63),
    actors text[] NOT NULL CONSTRAINT transitions_actors_are_few CHECK (realty.are_short_texts(actors, 10, 63)),
    unit_status text CONSTRAINT transitions_unit_status_is_short CHECK (length(unit_status) <= 63),
    stamp text CONSTRAINT transitions_stamp_is_short CHECK (length(stamp) <= 63),
    notify text CONSTRAINT transitions_notify_is_short CHECK (length(notify) <= 63),
    PRIMARY KEY (entity, from_status, to_status)
);
COMMENT ON TABLE realty.transitions IS 'The state machines: permitted changes of status, the permitted actors, and the consequences.';
COMMENT ON CONSTRAINT transitions_entity_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_from_status_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_to_status_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_unit_status_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_stamp_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_notify_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_actors_are_few ON realty.transitions IS 'must be at most 10 texts of 1 to 63 characters';
COMMENT ON COLUMN realty.transitions.entity IS 'The table that has the status; refunds are the payments of that kind.';
COMMENT ON COLUMN realty.transitions.actors IS 'user_types that may do it; owner and superuser may do each.';
COMMENT ON COLUMN realty.transitions.unit_status IS 'What the booked unit becomes.';
COMMENT ON COLUMN realty.transitions.stamp IS 'The column that gets the time.';
COMMENT ON COLUMN realty.transitions.notify IS 'The kind of notification that is sent (notification_templates).';

INSERT INTO realty.transitions (entity, from_status, to_status, actors, unit_status, stamp, notify) VALUES
    ('bookings', 'pending',   'confirmed', '{builder,admin}',          'booked',    'confirmed_at', 'booking_confirmed'),
    ('bookings', 'pending',   'cancelled', '{customer,builder,admin}', 'available', 'cancelled_at', 'booking_cancelled'),
    ('bookings', 'pending',   'expired',   '{}',                       'available', NULL,           'booking_expired'),
    ('bookings', 'confirmed', 'completed', '{builder,admin}',          'sold',      'completed_at', 'booking_completed'),
    ('bookings', 'confirmed', 'cancelled', '{customer,builder,admin}', 'available', 'cancelled_at', 'booking_cancelled'),
    ('bookings', 'completed', 'confirmed', '{builder,admin}',          'booked',    NULL,           'booking_reopened'),
    ('appointments', 'requested', 'confirmed', '{builder,admin}',          NULL, NULL, 'appointment_confirmed'),
    ('appointments', 'requested', 'cancelled', '{customer,builder,admin}', NULL, NULL, 'appointment_cancelled'),
    ('appointments', 'confirmed', 'completed', '{builder,admin}',          NULL, NULL, 'appointment_completed'),
    ('appointments', 'confirmed', 'no_show',   '{builder,admin}',          NULL, NULL, 'appointment_no_show'),
    ('appointments', 'confirmed', 'cancelled', '{customer,builder,admin}', NULL, NULL, 'appointment_cancelled'),
    ('payments', 'due',       'submitted', '{customer,builder,admin}', NULL, NULL,      'payment_submitted'),
    ('payments', 'due',       'paid',      '{builder,admin}',          NULL, 'paid_at', 'payment_paid'),
    ('payments', 'due',       'failed',    '{}',                       NULL, NULL,      NULL),
    ('payments', 'submitted', 'paid',      '{builder,admin}',          NULL, 'paid_at', 'payment_paid'),
    ('payments', 'submitted', 'failed',    '{builder,admin}',          NULL, NULL,      'payment_failed'),
    ('payments', 'failed',    'submitted', '{customer,builder,admin}', NULL, NULL,      'payment_submitted'),
    ('payments', 'paid',      'refunded',  '{}',                       NULL, NULL,      NULL),
    ('refunds',  'due',       'submitted', '{builder,admin}',          NULL, NULL,      'refund_submitted'),
    ('refunds',  'due',       'paid',      '{builder,admin}',          NULL, 'paid_at', 'refund_paid'),
    ('refunds',  'submitted', 'paid',      '{builder,admin}',          NULL, 'paid_at', 'refund_paid'),
    ('refunds',  'submitted', 'failed',    '{builder,admin}',          NULL, NULL,      'refund_failed'),
    ('refunds',  'failed',    'submitted', '{builder,admin}',          NULL, NULL,      'refund_submitted'),
    ('change_requests', 'submitted',    'under_review', '{builder,admin}',  NULL, NULL,         'change_under_review'),
    ('change_requests', 'submitted',    'approved',     '{builder,admin}',  NULL, 'decided_at', 'change_approved'),
    ('change_requests', 'submitted',    'rejected',     '{builder,admin}',  NULL, 'decided_at', 'change_rejected'),
    ('change_requests', 'submitted',    'withdrawn',    '{customer,admin}', NULL, NULL,         'change_withdrawn'),
    ('change_requests', 'under_review', 'under_review', '{builder,admin}',  NULL, NULL,         NULL),
    ('change_requests', 'under_review', 'approved',     '{builder,admin}',  NULL, 'decided_at', 'change_approved'),
    ('change_requests', 'under_review', 'rejected',     '{builder,admin}',  NULL, 'decided_at', 'change_rejected'),
    ('change_requests', 'under_review', 'withdrawn',    '{customer,admin}', NULL, NULL,         'change_withdrawn'),
    ('change_requests', 'approved',     'completed',    '{builder,admin}',  NULL, NULL,         'change_completed'),
    ('projects', 'planning',     'launched',     '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'planning',     'construction', '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'planning',     'cancelled',    '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'launched',     'construction', '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'launched',     'on_hold',      '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'launched',     'cancelled',    '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'construction', 'completed',    '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'construction', 'on_hold',      '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'construction', 'cancelled',    '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'on_hold',      'launched',     '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'on_hold',      'construction', '{builder,admin}', NULL, NULL, NULL),
    ('projects', 'on_hold',      'cancelled',    '{builder,admin}', NULL, NULL, NULL),
    ('units',    'available', 'blocked',   '{builder,admin}',          NULL,        NULL,           NULL),
    ('units',    'blocked',   'available', '{builder,admin}',          NULL,        NULL,           NULL);
