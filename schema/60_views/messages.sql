CREATE VIEW api.messages WITH (security_invoker = true) AS
SELECT id, sender_id, recipient_id, project_id, unit_id, booking_id, parent_id, subject, body, attachments,
       read_at, extra, created_at, updated_at
FROM realty.messages;
COMMENT ON VIEW api.messages IS 'Messages that you sent or received.';
