CREATE TRIGGER resources_100_guard BEFORE INSERT OR UPDATE ON realty.resources
    FOR EACH ROW EXECUTE FUNCTION realty.resources_guard();

-- Backends keep the routes in memory; a change of the rows must reach them all, and so
-- must one made while triggers are off (a restore): hence ALWAYS.
CREATE TRIGGER resources_900_reread AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON realty.resources
    FOR EACH STATEMENT EXECUTE FUNCTION realty.routes_changed();
ALTER TABLE realty.resources ENABLE ALWAYS TRIGGER resources_900_reread;

CREATE TRIGGER routes_900_reread AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON realty.routes
    FOR EACH STATEMENT EXECUTE FUNCTION realty.routes_changed();
ALTER TABLE realty.routes ENABLE ALWAYS TRIGGER routes_900_reread;
