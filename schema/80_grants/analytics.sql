-- Analysts read the views of schema analytics and nothing else. Builders and administrators reach
-- them through the API's reports, which hold them already looked up: they have no USAGE here.

GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO realty_analyst, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.analyses_all(), realty.builder_id(), realty.user_id(), realty.profile_id(),
    realty.user_type(), realty.unnest_few(bigint[])
    TO realty_analyst, realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION realty.analysed_project(bigint), realty.inventory_totals(bigint), api.sales_report(date, date, text, bigint),
    api.inventory_report(bigint), api.collections_report(bigint), api.pipeline_report(bigint),
    api.progress_report(), api.project_stats(bigint), api.builder_dashboard()
    TO realty_builder, realty_admin;
GRANT EXECUTE ON FUNCTION api.customer_dashboard() TO realty_customer, realty_admin;
