ALTER TABLE realty.notification_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.notifications ENABLE ROW LEVEL SECURITY;

CREATE POLICY notifications_are_read_by_their_user ON realty.notifications FOR SELECT TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()));
CREATE POLICY notifications_are_marked_by_their_user ON realty.notifications FOR UPDATE TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()))
    WITH CHECK (user_id = (SELECT realty.user_id()));
CREATE POLICY notifications_are_deleted_by_their_user ON realty.notifications FOR DELETE TO realty_customer, realty_builder, realty_admin
    USING (user_id = (SELECT realty.user_id()));
