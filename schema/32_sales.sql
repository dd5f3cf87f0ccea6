-- Bookings and payments, and the state machines written as data.

CREATE SEQUENCE realty.booking_numbers START 100001;
COMMENT ON SEQUENCE realty.booking_numbers IS 'Numbers of bookings; gaps are allowed, repeats are not.';

CREATE TABLE realty.bookings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_number text NOT NULL UNIQUE
        CONSTRAINT bookings_booking_number_is_short CHECK (length(booking_number) <= 50)
        DEFAULT '#' || nextval('realty.booking_numbers'),
    unit_id bigint NOT NULL REFERENCES realty.units ON DELETE RESTRICT,
    customer_id bigint NOT NULL REFERENCES realty.customers ON DELETE RESTRICT,
    project_id bigint NOT NULL DEFAULT 0,
    builder_id bigint NOT NULL DEFAULT 0,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT bookings_status_is_known
        CHECK (status IN ('pending', 'confirmed', 'completed', 'cancelled', 'expired')),
    unit_price numeric NOT NULL DEFAULT 0.00
        CONSTRAINT bookings_unit_price_is_not_negative CHECK (unit_price >= 0.0),
    changes_amount numeric(14,2) NOT NULL DEFAULT 0,
    total_amount numeric NOT NULL DEFAULT 0.00
        CONSTRAINT bookings_total_amount_is_positive CHECK (total_amount > 0.0)
        CONSTRAINT bookings_total_amount_is_in_cents CHECK (realty.is_in_hundredths(total_amount, 12)),
    booking_amount numeric NOT NULL DEFAULT 0.00
        CONSTRAINT bookings_booking_amount_is_not_negative CHECK (booking_amount >= 0.0)
        CONSTRAINT bookings_booking_amount_is_in_cents CHECK (realty.is_in_hundredths(booking_amount, 12)),
    discount numeric NOT NULL DEFAULT 0.00
        CONSTRAINT bookings_discount_is_not_negative CHECK (discount >= 0.0)
        CONSTRAINT bookings_discount_is_in_cents CHECK (realty.is_in_hundredths(discount, 12)),
    paid_amount numeric(14,2) NOT NULL DEFAULT 0
        CONSTRAINT bookings_paid_amount_is_not_negative CHECK (paid_amount >= 0.0 AND paid_amount <> 'NaN'),
    scheduled_amount numeric(14,2) NOT NULL DEFAULT 0,
    refunding_amount numeric(14,2) NOT NULL DEFAULT 0,
    hold_expires_at timestamptz,
    hold_seconds_left integer,
    confirmed_at timestamptz,
    completed_at timestamptz,
    cancelled_at timestamptz,
    cancellation_reason text
        CONSTRAINT bookings_cancellation_reason_is_short CHECK (length(cancellation_reason) <= 1000),
    override_reason text
        CONSTRAINT bookings_override_reason_has_text CHECK (realty.has_text(override_reason, 1000)),
    internal_note text CONSTRAINT bookings_internal_note_is_short CHECK (length(internal_note) <= 5000),
    notes text CONSTRAINT bookings_notes_is_short CHECK (length(notes) <= 5000),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT bookings_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    private jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT bookings_private_is_an_object CHECK (realty.is_bounded_object(private, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bookings_discount_is_within_total CHECK (discount <= total_amount),
    CONSTRAINT bookings_booking_amount_is_within_total CHECK (booking_amount <= total_amount),
    CONSTRAINT bookings_total_amount_is_price_and_changes CHECK (total_amount = unit_price + changes_amount),
    CONSTRAINT bookings_discount_leaves_the_payments
        CHECK (discount > total_amount OR paid_amount + scheduled_amount <= total_amount - discount),
    CONSTRAINT bookings_refunding_amount_is_within_paid CHECK (refunding_amount <= paid_amount),
    CONSTRAINT bookings_cancellation_reason_is_plain_text CHECK (realty.is_prose(cancellation_reason)),
    CONSTRAINT bookings_override_reason_is_plain_text CHECK (realty.is_prose(override_reason)),
    CONSTRAINT bookings_notes_is_plain_text CHECK (realty.is_prose(notes)),
    CONSTRAINT bookings_internal_note_is_plain_text CHECK (realty.is_prose(internal_note))
);
COMMENT ON TABLE realty.bookings IS 'Customers'' claims on units. At most one active booking a unit.';
COMMENT ON COLUMN realty.bookings.booking_number IS 'BK, the year in which it was booked by the builder''s clock, a number: by trigger, of the # and number that is the default.';
COMMENT ON COLUMN realty.bookings.project_id IS 'Copied from the unit by trigger, for filters and policies.';
COMMENT ON COLUMN realty.bookings.builder_id IS 'Copied from the unit by trigger, for filters and policies.';
COMMENT ON COLUMN realty.bookings.unit_price IS 'The unit''s price at booking time, in the currency of the site.';
COMMENT ON COLUMN realty.bookings.changes_amount IS 'Approved costs of change requests, rolled up.';
COMMENT ON COLUMN realty.bookings.total_amount IS 'unit_price + changes_amount; what is owed is total_amount - discount.';
COMMENT ON COLUMN realty.bookings.booking_amount IS 'Token to be paid on booking.';
COMMENT ON COLUMN realty.bookings.paid_amount IS 'Tokens and instalments that were paid, less the refunds that were paid. Rolled up from payments.';
COMMENT ON COLUMN realty.bookings.scheduled_amount IS 'Tokens and instalments that are due or submitted. Rolled up from payments.';
COMMENT ON COLUMN realty.bookings.refunding_amount IS 'Refunds that are due or submitted. Rolled up from payments.';
COMMENT ON COLUMN realty.bookings.hold_expires_at IS 'A pending booking with this set holds the unit until then; empty while money of it is submitted or paid.';
COMMENT ON COLUMN realty.bookings.hold_seconds_left IS 'How much of the hold was left when money came in; it goes on with that when the money is rejected or given back.';
COMMENT ON COLUMN realty.bookings.override_reason IS 'Why a rule was last waived for it, such as booking past the limit of open bookings; both parties read it.';
COMMENT ON CONSTRAINT bookings_override_reason_has_text ON realty.bookings IS 'must have 1 to 1000 characters';
COMMENT ON CONSTRAINT bookings_status_is_known ON realty.bookings IS 'must be one of pending, confirmed, completed, cancelled, expired';
COMMENT ON CONSTRAINT bookings_booking_number_is_short ON realty.bookings IS 'must have at most 50 characters';
COMMENT ON CONSTRAINT bookings_total_amount_is_positive ON realty.bookings IS 'must be greater than 0';
COMMENT ON CONSTRAINT bookings_booking_amount_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_discount_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_paid_amount_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_total_amount_is_in_cents ON realty.bookings IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT bookings_booking_amount_is_in_cents ON realty.bookings IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT bookings_discount_is_in_cents ON realty.bookings IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT bookings_cancellation_reason_is_short ON realty.bookings IS 'must have at most 1000 characters';
COMMENT ON COLUMN realty.bookings.notes IS 'Shared by the customer and the company.';
COMMENT ON COLUMN realty.bookings.internal_note IS 'The company''s own; see api.private_bookings.';
COMMENT ON CONSTRAINT bookings_internal_note_is_short ON realty.bookings IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT bookings_notes_is_short ON realty.bookings IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT bookings_extra_is_an_object ON realty.bookings IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON COLUMN realty.bookings.private IS 'What a site adds for the company and the administrators only; see api.private_bookings.';
COMMENT ON CONSTRAINT bookings_private_is_an_object ON realty.bookings IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT bookings_discount_is_within_total ON realty.bookings IS 'must not exceed total_amount';
COMMENT ON CONSTRAINT bookings_booking_amount_is_within_total ON realty.bookings IS 'must not exceed total_amount';
COMMENT ON CONSTRAINT bookings_unit_price_is_not_negative ON realty.bookings IS 'must not be negative';
COMMENT ON CONSTRAINT bookings_total_amount_is_price_and_changes ON realty.bookings IS 'must be unit_price and changes_amount together';
COMMENT ON CONSTRAINT bookings_discount_leaves_the_payments ON realty.bookings IS 'must leave room for what is paid and scheduled';
COMMENT ON CONSTRAINT bookings_refunding_amount_is_within_paid ON realty.bookings IS 'must not exceed paid_amount';
COMMENT ON CONSTRAINT bookings_cancellation_reason_is_plain_text ON realty.bookings IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT bookings_override_reason_is_plain_text ON realty.bookings IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT bookings_notes_is_plain_text ON realty.bookings IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT bookings_internal_note_is_plain_text ON realty.bookings IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE UNIQUE INDEX bookings_one_active_per_unit ON realty.bookings (unit_id)
    WHERE status IN ('pending', 'confirmed', 'completed');
CREATE INDEX bookings_newest ON realty.bookings (created_at DESC, id DESC);
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
    amount numeric NOT NULL CONSTRAINT payments_amount_is_positive CHECK (amount > 0.0)
        CONSTRAINT payments_amount_is_in_cents CHECK (realty.is_in_hundredths(amount, 12)),
    due_date date CONSTRAINT payments_due_date_is_a_day CHECK (due_date BETWEEN '1900-01-01' AND '2199-12-31'),
    status text NOT NULL DEFAULT 'due'
        CONSTRAINT payments_status_is_known CHECK (status IN ('due', 'submitted', 'paid', 'failed', 'refunded')),
    method text CONSTRAINT payments_method_is_known
        CHECK (method IN ('cash', 'cheque', 'bank_transfer', 'upi', 'card', 'online', 'loan')),
    transaction_reference text
        CONSTRAINT payments_transaction_reference_has_text CHECK (realty.has_text(transaction_reference, 200)),
    reference_key text COLLATE "C" GENERATED ALWAYS AS (replace(realty.identity_key(transaction_reference), ' ', '')) STORED,
    receipt_number text UNIQUE CONSTRAINT payments_receipt_number_is_short CHECK (length(receipt_number) <= 50),
    paid_at timestamptz,
    refund_of bigint REFERENCES realty.payments ON DELETE RESTRICT,
    note text CONSTRAINT payments_note_is_short CHECK (length(note) <= 1000),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT payments_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_refund_of_is_for_refunds CHECK (refund_of IS NULL OR kind = 'refund'),
    CONSTRAINT payments_transaction_reference_is_one_line CHECK (realty.is_line(transaction_reference) AND realty.has_known_characters(transaction_reference)),
    CONSTRAINT payments_milestone_is_one_line CHECK (realty.is_line_or_empty(milestone)),
    CONSTRAINT payments_note_is_plain_text CHECK (realty.is_prose(note))
);
COMMENT ON TABLE realty.payments IS 'Instalments, tokens, receipts and refunds of bookings.';
COMMENT ON COLUMN realty.payments.amount IS 'In the currency of the site.';
COMMENT ON COLUMN realty.payments.reference_key IS 'transaction_reference without case and blanks: see payment_references.';
COMMENT ON COLUMN realty.payments.receipt_number IS 'Of a token or instalment once it is paid: R, the builder''s id, the financial year, a number without gaps.';
COMMENT ON COLUMN realty.payments.refund_of IS 'The payment that this refund gives back; empty when it is of the booking as a whole.';
COMMENT ON COLUMN realty.payments.note IS 'Why it was rejected or refunded.';
COMMENT ON CONSTRAINT payments_due_date_is_a_day ON realty.payments IS 'must be a day of the years 1900 to 2199';
COMMENT ON CONSTRAINT payments_kind_is_known ON realty.payments IS 'must be one of token, instalment, refund';
COMMENT ON CONSTRAINT payments_milestone_is_short ON realty.payments IS 'must have at most 200 characters';
COMMENT ON CONSTRAINT payments_amount_is_positive ON realty.payments IS 'must be greater than 0';
COMMENT ON CONSTRAINT payments_amount_is_in_cents ON realty.payments IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT payments_status_is_known ON realty.payments IS 'must be one of due, submitted, paid, failed, refunded';
COMMENT ON CONSTRAINT payments_receipt_number_is_short ON realty.payments IS 'must have at most 50 characters';
COMMENT ON CONSTRAINT payments_method_is_known ON realty.payments IS 'must be one of cash, cheque, bank_transfer, upi, card, online, loan';
COMMENT ON CONSTRAINT payments_transaction_reference_has_text ON realty.payments IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT payments_extra_is_an_object ON realty.payments IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT payments_note_is_short ON realty.payments IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT payments_refund_of_is_for_refunds ON realty.payments IS 'belongs to refunds only';
COMMENT ON CONSTRAINT payments_transaction_reference_is_one_line ON realty.payments IS 'must be one line without control, invisible, private or unknown characters';
COMMENT ON CONSTRAINT payments_milestone_is_one_line ON realty.payments IS 'must be empty, or one line that shows something, without control or invisible characters';
COMMENT ON CONSTRAINT payments_note_is_plain_text ON realty.payments IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX payments_of_booking ON realty.payments (booking_id, created_at DESC, id DESC);
CREATE INDEX payments_newest ON realty.payments (created_at DESC, id DESC);
CREATE INDEX payments_refunds ON realty.payments (refund_of) WHERE refund_of IS NOT NULL;

-- No foreign key: its lock on the booking would be a second one, and its builder is the booking's.
CREATE TABLE realty.payment_references (
    builder_id bigint NOT NULL,
    method text COLLATE "C" NOT NULL CONSTRAINT payment_references_method_is_short CHECK (length(method) <= 50),
    reference_key text COLLATE "C" NOT NULL CONSTRAINT payment_references_reference_key_is_short CHECK (length(reference_key) <= 1000),
    booking_id bigint NOT NULL,
    PRIMARY KEY (builder_id, method, reference_key)
);
COMMENT ON TABLE realty.payment_references IS
'The references in use: each transfer to a builder belongs to one booking, whose payments may share it. Those of rejected payments are
free again. Written by triggers only.';
COMMENT ON COLUMN realty.payment_references.method IS 'Empty for a payment that names none yet.';
COMMENT ON COLUMN realty.payment_references.reference_key IS 'payments.reference_key.';
COMMENT ON CONSTRAINT payment_references_method_is_short ON realty.payment_references IS 'must have at most 50 characters';
COMMENT ON CONSTRAINT payment_references_reference_key_is_short ON realty.payment_references IS 'must have at most 1000 characters';

-- One row is what serialises a builder's receipts; nothing else can promise that
-- there is no gap. It is locked at the end of a statement's work.
CREATE TABLE realty.receipt_counters (
    builder_id bigint NOT NULL REFERENCES realty.builders ON DELETE RESTRICT,
    financial_year text NOT NULL CONSTRAINT receipt_counters_financial_year_is_short CHECK (length(financial_year) <= 20),
    last_number bigint NOT NULL,
    PRIMARY KEY (builder_id, financial_year)
);
COMMENT ON TABLE realty.receipt_counters IS 'The last receipt number of each builder and financial year. Written by triggers only.';
COMMENT ON CONSTRAINT receipt_counters_financial_year_is_short ON realty.receipt_counters IS 'must have at most 20 characters';

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
COMMENT ON TABLE realty.transitions IS 'The state machines: what may become what, who may do it, and what follows.';
COMMENT ON CONSTRAINT transitions_entity_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_from_status_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_to_status_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_unit_status_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_stamp_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_notify_is_short ON realty.transitions IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT transitions_actors_are_few ON realty.transitions IS 'must be at most 10 texts of 1 to 63 characters';
COMMENT ON COLUMN realty.transitions.entity IS 'The table whose column status this is; refunds are the payments of that kind.';
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

CREATE TABLE realty.notification_templates (
    kind text NOT NULL CONSTRAINT notification_templates_kind_is_short CHECK (length(kind) <= 63),
    audience text NOT NULL
        CONSTRAINT notification_templates_audience_is_known CHECK (audience IN ('customer', 'builder', 'recipient')),
    title text NOT NULL CONSTRAINT notification_templates_title_is_short CHECK (length(title) <= 500),
    body text NOT NULL CONSTRAINT notification_templates_body_is_short CHECK (length(body) <= 5000),
    PRIMARY KEY (kind, audience)
);
COMMENT ON CONSTRAINT notification_templates_audience_is_known ON realty.notification_templates IS 'must be one of customer, builder';
COMMENT ON CONSTRAINT notification_templates_kind_is_short ON realty.notification_templates IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT notification_templates_title_is_short ON realty.notification_templates IS 'must have at most 500 characters';
COMMENT ON CONSTRAINT notification_templates_body_is_short ON realty.notification_templates IS 'must have at most 5000 characters';
COMMENT ON TABLE realty.notification_templates IS
'What is told to whom. In title and body a name in braces stands for a fact of the event: {project}, {customer}.
Kinds that begin with booking_ know number, unit, project, customer, builder, until (of a hold) and reason; those with appointment_ know visit, time,
reason, project, customer and builder; those with payment_, refund_ and change_ know number, unit, project,
customer, builder, amount, title (of a payment its milestone), receipt and note, of a change also estimate and accepted; update_published knows project, title and percent;
message_received knows sender, subject and text; company_changed knows company, license, was_company and was_license.';

INSERT INTO realty.notification_templates (kind, audience, title, body) VALUES
    ('booking_created',    'customer', 'Booking {number} received',    'Your booking of unit {unit} in {project} was received. {builder} will confirm it.'),
    ('booking_created',    'builder',  'New booking {number}',         '{customer} booked unit {unit} in {project}.'),
    ('booking_extended',   'customer', 'Booking {number} held longer',   '{builder} holds unit {unit} in {project} for you until {until}. {reason}'),
    ('booking_confirmed',  'customer', 'Booking {number} confirmed',   '{builder} confirmed your booking of unit {unit} in {project}.'),
    ('booking_confirmed',  'builder',  'Booking {number} confirmed',   'The booking of unit {unit} in {project} by {customer} is confirmed.'),
    ('booking_completed',  'customer', 'Booking {number} completed',   'Unit {unit} in {project} is yours. Congratulations!'),
    ('booking_completed',  'builder',  'Booking {number} completed',   'Unit {unit} in {project} is sold to {customer}.'),
    ('unit_amended',       'customer', 'Unit {unit} has changed',       '{builder} has corrected what is recorded of unit {unit} in {project}: {reason}'),
    ('booking_reopened',   'customer', 'Booking {number} open again',   '{builder} opened the booking of unit {unit} in {project} again. {reason}'),
    ('booking_reopened',   'builder',  'Booking {number} open again',   'The booking of unit {unit} in {project} by {customer} is open again. {reason}'),
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
    ('company_changed',      'recipient', '{company} has changed',           'Its name was {was_company}, its licence {was_license}; now {company} and {license}. It is no longer verified: please look at it again.'),
    ('message_received',      'recipient', 'Message from {sender}',             '{text}'),
    ('payment_scheduled', 'customer', 'Payments of booking {number}', '{builder} scheduled {amount} for unit {unit} in {project}.'),
    ('payment_submitted', 'builder',  'Payment of {amount} to check', 'A payment of {amount} by {customer} for unit {unit} in {project} is recorded. Confirm it once you have it.'),
    ('payment_paid',      'customer', 'Payment of {amount} received', '{builder} received {amount} for unit {unit} in {project}. Your receipt is {receipt}.'),
    ('payment_failed',    'customer', 'Payment of {amount} not received', '{builder} could not confirm your payment of {amount} for unit {unit} in {project}. {note}'),
    ('refund_due',        'customer', 'Refund of {amount}', '{builder} owes you a refund of {amount} of booking {number}.'),
    ('refund_due',        'builder',  'Refund of {amount} due', 'A refund of {amount} to {customer}, of booking {number}, is due.'),
    ('refund_submitted',  'customer', 'Refund of {amount} on its way', '{builder} sent you a refund of {amount} of booking {number}.'),
    ('refund_paid',       'customer', 'Refund of {amount} paid', '{builder} paid you a refund of {amount} of booking {number}.'),
    ('refund_failed',     'customer', 'Refund of {amount} failed', 'A refund of {amount} of booking {number} did not go through. {note}'),
    ('change_submitted',    'builder',  'Change asked for: {title}',  '{customer} asks for a change of unit {unit} in {project}: {title}.'),
    ('change_under_review', 'customer', 'Change under review: {title}', '{builder} looks into your change of unit {unit} in {project}. Estimated cost: {estimate}.'),
    ('change_approved',     'customer', 'Change approved: {title}',   '{builder} approved your change of unit {unit} in {project} for {amount}. {note}'),
    ('change_rejected',     'customer', 'Change rejected: {title}',   '{builder} rejected your change of unit {unit} in {project}. {note}'),
    ('change_accepted',     'builder',  'Cost accepted: {title}',     '{customer} accepts {accepted} for a change of unit {unit} in {project}: {title}.'),
    ('change_withdrawn',    'builder',  'Change withdrawn: {title}',  '{customer} withdrew a change of unit {unit} in {project}: {title}.'),
    ('change_completed',    'customer', 'Change completed: {title}',  '{builder} completed your change of unit {unit} in {project}.');

-- What notifications say of a booking, and to whom. Read by triggers, as the owner.
CREATE VIEW realty.booking_parties WITH (security_invoker = true) AS
SELECT b.id AS booking_id, b.booking_number AS number, b.unit_id, b.project_id,
       concat_ws(' ', nullif(u.tower, ''), u.unit_number) AS unit, p.name AS project,
       cu.full_name AS customer, d.company_name AS builder, c.user_id AS customer_user_id, d.user_id AS builder_user_id
FROM realty.bookings b
     JOIN realty.units u ON u.id = b.unit_id
     JOIN realty.projects p ON p.id = b.project_id
     JOIN realty.builders d ON d.id = b.builder_id
     JOIN realty.customers c ON c.id = b.customer_id
     JOIN realty.users cu ON cu.id = c.user_id;
COMMENT ON VIEW realty.booking_parties IS 'Names and accounts of the parties to each booking, for notifications.';
