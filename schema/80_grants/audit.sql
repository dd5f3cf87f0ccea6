GRANT SELECT ON realty.audit_log, api.audit_log TO realty_builder, realty_admin;
