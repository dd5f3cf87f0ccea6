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
'Texts of notifications by kind and audience. In title and body a name in braces stands for a fact of the event: {project}, {customer}.
Kinds that begin with booking_ have number, unit, project, customer, builder, until (of a hold) and reason; those with appointment_ have visit, time,
reason, project, customer and builder; those with payment_, refund_ and change_ have number, unit, project,
customer, builder, amount, title (of a payment its milestone), receipt and note, of a change also estimate and accepted; update_published has project, title and percent;
message_received has sender, subject and text; company_changed has company, license, was_company and was_license.';

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

-- The facts of a booking's notifications, and their recipients. Read by triggers, as the owner.
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

-- No foreign key on user_id: accounts are never deleted, only triggers write
-- here, and every booking of a builder would lock that builder's row for it.
CREATE TABLE realty.notifications (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    kind text NOT NULL CONSTRAINT notifications_kind_is_short CHECK (length(kind) <= 63),
    title text NOT NULL CONSTRAINT notifications_title_is_short CHECK (length(title) <= 1000),
    body text CONSTRAINT notifications_body_is_short CHECK (length(body) <= 20000),
    data jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT notifications_data_is_an_object CHECK (realty.is_bounded_object(data, 65536)),
    read_at timestamptz
        CONSTRAINT notifications_read_at_is_a_time CHECK (read_at BETWEEN '1900-01-01 00:00+00' AND '2200-01-01 00:00+00'),
    extra jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT notifications_extra_is_an_object CHECK (realty.is_bounded_object(extra, 16384)),
    created_at timestamptz NOT NULL DEFAULT now(),
    xact bigint NOT NULL
);
COMMENT ON TABLE realty.notifications IS 'What a user should see. Written by triggers only.';
COMMENT ON COLUMN realty.notifications.data IS 'Ids of what it speaks of, for links.';
COMMENT ON COLUMN realty.notifications.read_at IS 'Null until its user marks it as read.';
COMMENT ON COLUMN realty.notifications.xact IS
'The transaction that wrote it, so that a stream can resume; set by a trigger, and again by a restore.';
COMMENT ON CONSTRAINT notifications_read_at_is_a_time ON realty.notifications IS 'must be a time of the years 1900 to 2199';
COMMENT ON CONSTRAINT notifications_data_is_an_object ON realty.notifications IS 'must be a JSON object of at most 64 kB, 30 levels and numbers of 40 digits';
COMMENT ON CONSTRAINT notifications_kind_is_short ON realty.notifications IS 'must have at most 63 characters';
COMMENT ON CONSTRAINT notifications_title_is_short ON realty.notifications IS 'must have at most 1000 characters';
COMMENT ON CONSTRAINT notifications_body_is_short ON realty.notifications IS 'must have at most 20000 characters';
COMMENT ON CONSTRAINT notifications_extra_is_an_object ON realty.notifications IS 'must be a JSON object of at most 16 kB, 30 levels and numbers of 40 digits';
CREATE INDEX notifications_of_user ON realty.notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_by_xact ON realty.notifications (user_id, xact);
CREATE INDEX notifications_unread ON realty.notifications (user_id) WHERE read_at IS NULL;
