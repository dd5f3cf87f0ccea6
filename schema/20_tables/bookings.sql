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
COMMENT ON COLUMN realty.bookings.booking_number IS 'BK, the year of the booking in the builder''s time zone, a number: set by a trigger, from the default of # and a number.';
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
COMMENT ON COLUMN realty.bookings.hold_seconds_left IS 'How much of the hold was left when a payment came in; the hold resumes with it when the payment is rejected or refunded.';
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
