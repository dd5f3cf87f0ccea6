CREATE TABLE realty.change_requests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id bigint NOT NULL REFERENCES realty.bookings ON DELETE RESTRICT,
    unit_id bigint NOT NULL DEFAULT 0 REFERENCES realty.units ON DELETE RESTRICT,
    customer_id bigint NOT NULL DEFAULT 0 REFERENCES realty.customers ON DELETE RESTRICT,
    title text NOT NULL CONSTRAINT change_requests_title_has_text CHECK (realty.has_text(title, 200)),
    description text CONSTRAINT change_requests_description_is_short CHECK (length(description) <= 20000),
    category text CONSTRAINT change_requests_category_is_known
        CHECK (category IN ('layout', 'fixtures', 'finishes', 'electrical', 'plumbing', 'other')),
    status text NOT NULL DEFAULT 'submitted'
        CONSTRAINT change_requests_status_is_known
        CHECK (status IN ('submitted', 'under_review', 'approved', 'rejected', 'completed', 'withdrawn')),
    estimated_cost numeric
        CONSTRAINT change_requests_estimated_cost_is_in_cents CHECK (realty.is_in_hundredths(estimated_cost, 12)),
    approved_cost numeric
        CONSTRAINT change_requests_approved_cost_is_in_cents CHECK (realty.is_in_hundredths(approved_cost, 12)),
    accepted_cost numeric
        CONSTRAINT change_requests_accepted_cost_is_in_cents CHECK (realty.is_in_hundredths(accepted_cost, 12)),
    decision_note text CONSTRAINT change_requests_decision_note_is_short CHECK (length(decision_note) <= 5000),
    decided_by bigint REFERENCES realty.users ON DELETE RESTRICT,
    decided_at timestamptz,
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT change_requests_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT change_requests_title_is_one_line CHECK (realty.is_line(title)),
    CONSTRAINT change_requests_description_is_plain_text CHECK (realty.is_prose(description)),
    CONSTRAINT change_requests_decision_note_is_plain_text CHECK (realty.is_prose(decision_note))
);
COMMENT ON TABLE realty.change_requests IS 'A customer''s requests to alter a booked unit.';
COMMENT ON COLUMN realty.change_requests.unit_id IS 'Copied from the booking by trigger.';
COMMENT ON COLUMN realty.change_requests.customer_id IS 'Copied from the booking by trigger.';
COMMENT ON COLUMN realty.change_requests.estimated_cost IS 'Given with the review; the customer is notified of it, and it cannot rise. Without one only a change that costs nothing can be approved.';
COMMENT ON COLUMN realty.change_requests.approved_cost IS 'Given with the approval; added to the booking''s total then. A negative one is a credit.';
COMMENT ON CONSTRAINT change_requests_title_has_text ON realty.change_requests IS 'must have 1 to 200 characters';
COMMENT ON CONSTRAINT change_requests_description_is_short ON realty.change_requests IS 'must have at most 20000 characters';
COMMENT ON CONSTRAINT change_requests_category_is_known ON realty.change_requests IS 'must be one of layout, fixtures, finishes, electrical, plumbing, other';
COMMENT ON CONSTRAINT change_requests_status_is_known ON realty.change_requests IS 'must be one of submitted, under_review, approved, rejected, completed, withdrawn';
COMMENT ON COLUMN realty.change_requests.accepted_cost IS 'What the customer has agreed to pay above the estimate.';
COMMENT ON CONSTRAINT change_requests_accepted_cost_is_in_cents ON realty.change_requests IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT change_requests_estimated_cost_is_in_cents ON realty.change_requests IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT change_requests_approved_cost_is_in_cents ON realty.change_requests IS 'must have at most 2 decimals and be below 1000000000000';
COMMENT ON CONSTRAINT change_requests_decision_note_is_short ON realty.change_requests IS 'must have at most 5000 characters';
COMMENT ON CONSTRAINT change_requests_extra_is_an_object ON realty.change_requests IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT change_requests_title_is_one_line ON realty.change_requests IS 'must be one line without control or invisible characters';
COMMENT ON CONSTRAINT change_requests_description_is_plain_text ON realty.change_requests IS 'must be without control and invisible characters, line breaks and tabs aside';
COMMENT ON CONSTRAINT change_requests_decision_note_is_plain_text ON realty.change_requests IS 'must be without control and invisible characters, line breaks and tabs aside';
CREATE INDEX change_requests_of_booking ON realty.change_requests (booking_id, created_at DESC, id DESC);
CREATE INDEX change_requests_of_customer ON realty.change_requests (customer_id, created_at DESC, id DESC);
CREATE INDEX change_requests_of_unit ON realty.change_requests (unit_id);
