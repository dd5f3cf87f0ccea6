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
COMMENT ON COLUMN realty.payment_references.method IS 'Empty for a payment without a method so far.';
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
