CREATE TRIGGER transitions_100_guard BEFORE INSERT OR UPDATE ON realty.transitions
    FOR EACH ROW EXECUTE FUNCTION realty.transitions_guard();
