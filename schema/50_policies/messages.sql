ALTER TABLE realty.messages ENABLE ROW LEVEL SECURITY;

CREATE POLICY messages_are_read_by_their_parties ON realty.messages FOR SELECT TO realty_customer, realty_builder
    USING (sender_id = (SELECT realty.user_id()) AND sender_deleted_at IS NULL
           OR recipient_id = (SELECT realty.user_id()) AND recipient_deleted_at IS NULL);
CREATE POLICY messages_are_sent_by_their_sender ON realty.messages FOR INSERT TO realty_customer, realty_builder, realty_admin
    WITH CHECK (sender_id = (SELECT realty.user_id()));
CREATE POLICY messages_are_marked_by_their_recipient ON realty.messages FOR UPDATE TO realty_customer, realty_builder, realty_admin
    USING (recipient_id = (SELECT realty.user_id()) AND recipient_deleted_at IS NULL)
    WITH CHECK (recipient_id = (SELECT realty.user_id()));
CREATE POLICY messages_admin_reads_all ON realty.messages FOR SELECT TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
