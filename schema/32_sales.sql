-- Bookings and payments, and the state machines written as data.

CREATE SEQUENCE realty.booking_numbers START 100001;
COMMENT ON SEQUENCE realty.booking_numbers IS 'Numbers of bookings; gaps are allowed, repeats are not.';

CREATE TABLE realty.bookings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_number text NOT NULL UNIQUE
        DEFAULT 'BK-' || to_char(now() AT TIME ZONE 'UTC', 'YYYY') || '-' || nextval('realty.booking_numbers'),
    unit_id bigint NOT NULL REFERENCES realty.units ON DELETE RESTRICT,
    customer_id bigint NOT NULL REFERENCES realty.customers ON DELETE RESTRICT,
    project_id bigint NOT NULL DEFAULT 0,
    builder_id bigint NOT NULL DEFAULT 0,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT bookings_status_is_known
        CHECK (status IN ('pending', 'confirmed', 'completed', 'cancelled', 'expired')),
    total_amount numeric(14,2) NOT NULL DEFAULT 0
        CONSTRAINT bookings_total_amount_is_positive CHECK (total_amount > 0),
    booking_amount numeric(14,2) NOT NULL DEFAULT 0
        CONSTRAINT bookings_booking_amount_is_not_negative CHECK (booking_amount >= 0),
    discount numeric(14,2) NOT NULL DEFAULT 0
        CONSTRAINT bookings_discount_is_not_negative CHECK (discount >= 0),
    paid_amount numeric(14,2) NOT NULL DEFAULT 0
        CONSTRAINT bookings_paid_amount_is_not_negative CHECK (paid_amount >= 0),
    hold_expires_at timestamptz,
    confirmed_at timestamptz,
    completed_at timestamptz,
    cancelled_at timestamptz,
    cancellation_reason text
        CONSTRAINT bookings_cancellation_reason_is_short CHECK (length(cancellation_reason) <= 1000),
    notes text CONSTRAINT bookings_notes_is_short CHECK (length(notes) <= 5000),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT bookings_extra_is_an_object CHECK (jsonb_typeof(extra) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bookings_discount_is_within_total CHECK (discount <= total_amount),
    CONSTRAINT bookings_booking_amount_is_within_total CHECK (booking_amount <= total_amount)
);
COMMENT ON TABLE realty.bookings IS 'Customers'' claims on units. At most one active booking a unit.';
COMMENT ON COLUMN realty.bookings.project_id IS 'Copied from the unit by trigger, for filters and policies.';
COMMENT ON COLUMN realty.bookings.builder_id IS 'Copied from the unit by trigger, for filters and policies.';
COMMENT ON COLUMN realty.bookings.total_amount IS 'The unit''s price at booking time, in the currency of the site; what is owed is total_amount - discount.';
COMMENT ON COLUMN realty.bookings.booking_amount IS 'Token to be paid on booking.';
COMMENT ON COLUMN realty.bookings.paid_amount IS 'Rolled up from payments.';
COMMENT ON COLUMN realty.bookings.hold_expires_at IS 'A pending booking with this set holds the unit until then.';
COMMENT ON CONSTRAINT bookings_status_is_known ON realty.bookings IS 'must be one of pending, confirmed, completed, cancelled, expired';
COMMENT ON CONSTRAINT bookings_total_amount_is_positive ON realty.bookings IS 'must be greater than 0';
COMMENT ON CONSTRAINT bookings_booking_amount_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_discount_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_paid_amount_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_cancellation_reason_is_short ON realty.bookings IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT bookings_notes_is_short ON realty.bookings IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT bookings_extra_is_an_object ON realty.bookings IS 'must be a JSON object';
COMMENT ON CONSTRAINT bookings_discount_is_within_total ON realty.bookings IS 'must not exceed total_amount';
COMMENT ON CONSTRAINT bookings_booking_amount_is_within_total ON realty.bookings IS 'must not exceed total_amount';
CREATE UNIQUE INDEX bookings_one_active_per_unit ON realty.bookings (unit_id)
    WHERE status IN ('pending', 'confirmed', 'completed');
CREATE INDEX bookings_of_unit ON realty.bookings (unit_id);
CREATE INDEX bookings_of_customer ON realty.bookings (customer_id, created_at DESC, id DESC);
CREATE INDEX bookings_of_builder ON realty.bookings (builder_id, created_at DESC, id DESC);
CREATE INDEX bookings_of_project ON realty.bookings (project_id, created_at DESC, id DESC);
CREATE INDEX bookings_on_hold ON realty.bookings (hold_expires_at)
    WHERE status = 'pending' AND hold_expires_at IS NOT NULL;

CREATE TABLE realty.payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id bigint NOT NULL REFERENCES realty.bookings ON DELETE RESTRICT,
    kind text NOT NULL DEFAULT 'instalment'
        CONSTRAINT payments_kind_is_known CHECK (kind IN ('token', 'instalment', 'refund')),
    milestone text CONSTRAINT payments_milestone_is_short CHECK (length(milestone) <= 200),
    amount numeric(14,2) NOT NULL CONSTRAINT payments_amount_is_positive CHECK (amount > 0),
    due_date date,
    status text NOT NULL DEFAULT 'due'
        CONSTRAINT payments_status_is_known CHECK (status IN ('due', 'submitted', 'paid', 'failed', 'refunded')),
    method text CONSTRAINT payments_method_is_known
        CHECK (method IN ('cash', 'cheque', 'bank_transfer', 'upi', 'card', 'online', 'loan')),
    transaction_reference text
        CONSTRAINT payments_transaction_reference_has_text CHECK (length(btrim(transaction_reference)) BETWEEN 1 AND 200),
    receipt_number text UNIQUE,
    paid_at timestamptz,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT payments_extra_is_an_object CHECK (jsonb_typeof(extra) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_transaction_reference_is_recorded_once UNIQUE (transaction_reference)
);
COMMENT ON TABLE realty.payments IS 'Instalments, tokens, receipts and refunds of bookings.';
COMMENT ON COLUMN realty.payments.amount IS 'In the currency of the site.';
COMMENT ON CONSTRAINT payments_kind_is_known ON realty.payments IS 'must be one of token, instalment, refund';
COMMENT ON CONSTRAINT payments_milestone_is_short ON realty.payments IS 'must have at most 200 characters';
COMMENT ON CONSTRAINT payments_amount_is_positive ON realty.payments IS 'must be greater than 0';
COMMENT ON CONSTRAINT payments_status_is_known ON realty.payments IS 'must be one of due, submitted, paid, failed, refunded';
COMMENT ON CONSTRAINT payments_method_is_known ON realty.payments IS 'must be one of cash, cheque, bank_transfer, upi, card, online, loan';
COMMENT ON CONSTRAINT payments_transaction_reference_has_text ON realty.payments IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT payments_transaction_reference_is_recorded_once ON realty.payments IS 'is already recorded';
COMMENT ON CONSTRAINT payments_extra_is_an_object ON realty.payments IS 'must be a JSON object';
CREATE INDEX payments_of_booking ON realty.payments (booking_id, created_at DESC, id DESC);
CREATE INDEX payments_newest ON realty.payments (created_at DESC, id DESC);

CREATE TABLE realty.transitions (
    entity text NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    actors text[] NOT NULL,
    unit_status text,
    stamp text,
    notify text,
    PRIMARY KEY (entity, from_status, to_status)
);
COMMENT ON TABLE realty.transitions IS 'The state machines: what may become what, who may do it, and what follows.';
COMMENT ON COLUMN realty.transitions.entity IS 'The table whose column status this is.';
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
    ('appointments', 'requested', 'confirmed', '{builder,admin}',          NULL, NULL, 'appointment_confirmed'),
    ('appointments', 'requested', 'cancelled', '{customer,builder,admin}', NULL, NULL, 'appointment_cancelled'),
    ('appointments', 'confirmed', 'completed', '{builder,admin}',          NULL, NULL, 'appointment_completed'),
    ('appointments', 'confirmed', 'no_show',   '{builder,admin}',          NULL, NULL, 'appointment_no_show'),
    ('appointments', 'confirmed', 'cancelled', '{customer,builder,admin}', NULL, NULL, 'appointment_cancelled'),
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

CREATE TABLE realty.notification_templates (
    kind text NOT NULL,
    audience text NOT NULL
        CONSTRAINT notification_templates_audience_is_known CHECK (audience IN ('customer', 'builder', 'recipient')),
    title text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (kind, audience)
);
COMMENT ON CONSTRAINT notification_templates_audience_is_known ON realty.notification_templates IS 'must be one of customer, builder';
COMMENT ON TABLE realty.notification_templates IS
'What is told to whom. In title and body a name in braces stands for a fact of the event: {project}, {customer}.
Kinds that begin with booking_ know number, unit, project, customer and builder; those with appointment_ know visit, time,
reason, project, customer and builder; update_published knows project, title and percent;
message_received knows sender, subject and text.';

INSERT INTO realty.notification_templates (kind, audience, title, body) VALUES
    ('booking_created',    'customer', 'Booking {number} received',    'Your booking of unit {unit} in {project} was received. {builder} will confirm it.'),
    ('booking_created',    'builder',  'New booking {number}',         '{customer} booked unit {unit} in {project}.'),
    ('booking_confirmed',  'customer', 'Booking {number} confirmed',   '{builder} confirmed your booking of unit {unit} in {project}.'),
    ('booking_confirmed',  'builder',  'Booking {number} confirmed',   'The booking of unit {unit} in {project} by {customer} is confirmed.'),
    ('booking_completed',  'customer', 'Booking {number} completed',   'Unit {unit} in {project} is yours. Congratulations!'),
    ('booking_completed',  'builder',  'Booking {number} completed',   'Unit {unit} in {project} is sold to {customer}.'),
    ('booking_cancelled',  'customer', 'Booking {number} cancelled',   'The booking of unit {unit} in {project} was cancelled.'),
    ('booking_cancelled',  'builder',  'Booking {number} cancelled',   'The booking of unit {unit} in {project} by {customer} was cancelled. The unit is available again.'),
    ('booking_expired',    'customer', 'Booking {number} expired',     'Your hold of unit {unit} in {project} ran out before it was confirmed.'),
    ('booking_expired',    'builder',  'Booking {number} expired',     'The hold of unit {unit} in {project} by {customer} ran out. The unit is available again.'),
    ('appointment_requested', 'builder',  '{customer} asks for an appointment', 'A {visit} for {project} on {time}. Please confirm it.'),
    ('appointment_requested', 'customer', 'Appointment at {project} asked for', 'A {visit} with {builder} on {time} was asked for on your behalf.'),
    ('appointment_confirmed', 'customer', 'Appointment confirmed',              '{builder} expects you for a {visit} of {project} on {time}.'),
    ('appointment_confirmed', 'builder',  'Appointment confirmed',              'The {visit} of {customer} for {project} on {time} is confirmed.'),
    ('appointment_moved',     'customer', 'Appointment moved',                  'The {visit} for {project} with {builder} is now on {time}.'),
    ('appointment_moved',     'builder',  'Appointment moved',                  'The {visit} of {customer} for {project} is now asked for on {time}. Please confirm it.'),
    ('appointment_cancelled', 'customer', 'Appointment cancelled',              'The {visit} for {project} with {builder} on {time} was cancelled.{reason}'),
    ('appointment_cancelled', 'builder',  'Appointment cancelled',              'The {visit} of {customer} for {project} on {time} was cancelled.{reason}'),
    ('appointment_completed', 'customer', 'Thank you for your visit',           'Your {visit} for {project} on {time} with {builder} is recorded as held.'),
    ('appointment_completed', 'builder',  'Appointment held',                   'The {visit} of {customer} for {project} on {time} is recorded as held.'),
    ('appointment_no_show',   'customer', 'We missed you',                      'You did not come to the {visit} for {project} on {time}. Make a new appointment when it suits you.'),
    ('appointment_no_show',   'builder',  'Appointment missed',                 '{customer} did not come to the {visit} for {project} on {time}.'),
    ('update_published',      'customer', 'News of {project}',                  '{title}'),
    ('message_received',      'recipient', 'Message from {sender}',             '{text}');
