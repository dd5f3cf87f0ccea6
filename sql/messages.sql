-- Permitted senders and recipients; threads; reading and deleting.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
\set ECHO none
-- story.mail: every message, by the names of people.
CREATE VIEW story.mail AS
SELECT s.full_name AS sender, r.full_name AS recipient, m.body, p.name AS project, u.unit_number AS unit, m.booking_id IS NOT NULL AS booking,
       (SELECT t.body FROM realty.messages t WHERE t.id = m.parent_id) AS thread
FROM realty.messages m JOIN realty.users s ON s.id = m.sender_id JOIN realty.users r ON r.id = m.recipient_id
     LEFT JOIN realty.projects p ON p.id = m.project_id LEFT JOIN realty.units u ON u.id = m.unit_id
WHERE s.email LIKE '%@cast.example' ORDER BY m.id;
CREATE FUNCTION story.send(recipient_id bigint, body text, project_id bigint DEFAULT NULL, unit_id bigint DEFAULT NULL, booking_id bigint DEFAULT NULL, parent_id bigint DEFAULT NULL)
RETURNS TABLE (state text, message text, detail text) LANGUAGE sql AS $$
    SELECT r.state, r.message, CASE r.state WHEN 'PT422' THEN r.detail END FROM story.refusal(format(
        'INSERT INTO api.messages (recipient_id, body, project_id, unit_id, booking_id, parent_id) VALUES (%L, %L, %L, %L, %L, %L)', $1, $2, $3, $4, $5, $6)) r
$$;
\set ECHO all

-- Chitra asks Asha about Palm Court: the project, or a unit of it, is the reason.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT * FROM story.send(:asha, 'Hello?');
INSERT INTO api.messages (recipient_id, project_id, subject, body) VALUES (:asha, :palm, 'Parking', 'Is there parking?') RETURNING id AS parking, sender_id = :chitra AS hers, read_at IS NULL AS unread \gset
SELECT :'hers' AS hers, :'unread' AS unread;
SELECT * FROM story.send(:bala, 'And yours?', NULL, :p7);
-- Neither a draft nor another builder's project is one, nor one that is not there.
SELECT * FROM story.send(:asha, 'x', :quiet);
SELECT * FROM story.send(:asha, 'x', :park);
SELECT * FROM story.send(:asha, 'x', 0);
SELECT * FROM story.send(:asha, 'x', :palm, :p7);
-- She writes to no other customer, to no unknown account, not to herself, and in no other name.
SELECT * FROM story.send(:dev, 'Hi');
SELECT * FROM story.send(0, 'Hi');
SELECT * FROM story.send(:chitra, 'Hi');
SELECT * FROM story.send(NULL, ' ');
INSERT INTO api.messages (sender_id, recipient_id, project_id, body) VALUES (:dev, :asha, :palm, 'It is me, Dev');
INSERT INTO api.messages (recipient_id, project_id, body, read_at) VALUES (:asha, :palm, 'x', now());

-- Asha is notified, reads it, and answers; the answer to the answer is in the same thread.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT kind, title, body, data ->> 'message_id' = :'parking' AS names_it FROM api.notifications WHERE kind = 'message_received';
SELECT api.unread_messages();
UPDATE api.messages SET read_at = 'infinity' WHERE id = :parking RETURNING read_at = statement_timestamp() AS now;
UPDATE api.messages SET read_at = '2000-01-01' WHERE id = :parking RETURNING read_at > '2020-01-01' AS first_time_counts;
UPDATE api.messages SET body = 'mischief' WHERE id = :parking;
SELECT api.unread_messages();
INSERT INTO api.messages (recipient_id, parent_id, body) VALUES (:chitra, :parking, 'Yes, two levels.') RETURNING id AS answer \gset
-- She may answer without naming it, but cannot start a conversation.
SELECT * FROM story.send(:chitra, 'Anything else?');
SELECT * FROM story.send(:dev, 'Buy here!', :palm);
SELECT * FROM story.send(:bala, 'Colleague!');
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
INSERT INTO api.messages (recipient_id, parent_id, body) VALUES (:asha, :answer, 'Covered?') RETURNING parent_id = :parking AS in_thread;
-- not hers to mark, and not Bala's thread to join
UPDATE api.messages SET read_at = now() WHERE id = :parking RETURNING 1;
SELECT * FROM story.send(:bala, 'x', :park, NULL, NULL, :parking);

-- The neighbours see nothing of it.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT count(*) FROM api.messages;
SELECT * FROM story.send(:asha, 'x', :palm, NULL, NULL, :parking);
SELECT api.delete_message(:parking);
SELECT * FROM api.conversations();
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT body FROM api.messages;

-- A booking is a reason, and says what it is about; an appointment is one too.
RESET ROLE; SET LOCAL realty.identity = '';
INSERT INTO realty.bookings (unit_id, customer_id) VALUES (:a103, :dev_c) RETURNING id AS booking \gset
INSERT INTO realty.appointments (customer_id, project_id, starts_at, ends_at) VALUES (:dev_c, :park, '2035-06-04 10:00Z', '2035-06-04 11:00Z');
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT * FROM story.send(:dev, 'Welcome', NULL, NULL, :booking);
SELECT * FROM story.send(:chitra, 'x', NULL, NULL, :booking);
SELECT * FROM story.send(:dev, 'x', NULL, :a101, :booking);
SELECT * FROM story.send(:dev, 'x', NULL, NULL, 0);
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
SELECT * FROM story.send(:dev, 'See you then');
-- Administrators write to every user, and read everything.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:esha)) \gset
SELECT * FROM story.send(:dev, 'Is all well?');
SELECT * FROM story.send(:asha, 'Your licence', :palm);
SELECT * FROM story.send(:asha, 'x', NULL, NULL, NULL, :parking);
SELECT count(*) FROM api.messages;
SELECT name, kind, messages, unread, last_body FROM api.conversations();
UPDATE api.messages SET read_at = now() WHERE id = :answer RETURNING 1;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT * FROM story.send(:esha, 'Very well');
RESET ROLE; SET LOCAL realty.identity = '';
SELECT * FROM story.mail;

-- Conversations, newest first; what one deletes is still there for the other.
SELECT realty.authenticate(realty.issue_token(:dev)) \gset
SELECT name, kind, messages, unread, last_sender_id = :dev AS last_is_his, last_body FROM api.conversations();
SELECT name FROM api.conversations(1);
SELECT * FROM api.conversations(0);
SELECT api.unread_messages();
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
SELECT api.delete_message(:parking) #>> '{message,id}' = :'parking' AS deleted;
SELECT api.delete_message(:parking);
SELECT api.delete_message(0);
SELECT count(*) FROM api.messages WHERE id = :parking;
SELECT name, messages, unread FROM api.conversations();
DELETE FROM api.messages;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT body FROM api.messages WHERE id = :parking;
SELECT api.delete_message(:parking) #>> '{message,id}' = :'parking' AS deleted;
UPDATE api.messages SET read_at = NULL WHERE id = :parking RETURNING 1;

-- A closed account reads nothing more; the owner gets errors for wrong references, too.
RESET ROLE; SET LOCAL realty.identity = '';
DELETE FROM realty.messages WHERE id = :parking;
UPDATE realty.bookings SET status = 'cancelled' WHERE customer_id = :dev_c AND status IN ('pending', 'confirmed');
DELETE FROM realty.users WHERE id = :dev;
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
SELECT * FROM story.send(:dev, 'Still there?');
RESET ROLE; SET LOCAL realty.identity = '';
SELECT state, detail FROM story.refusal(format('INSERT INTO realty.messages (sender_id, recipient_id, body, booking_id, parent_id) VALUES (%s, %s, ''x'', %s, %s)', :chitra, :asha, :booking, 0));
INSERT INTO realty.messages (sender_id, recipient_id, body, read_at) SELECT :asha, :bala, 'note ' || n, '2020-01-01' FROM generate_series(1, 3) n RETURNING read_at;
SELECT count(*) FROM realty.notifications WHERE user_id = :bala AND title = 'Message from Asha Rao';
SELECT * FROM realty.check_invariants();
ROLLBACK;
