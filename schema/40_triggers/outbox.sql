CREATE TRIGGER outbox_900_wake AFTER INSERT ON realty.outbox
    FOR EACH ROW EXECUTE FUNCTION realty.outbox_came();
