-- Routes of reports and dashboards.

INSERT INTO realty.routes (id, method, path, handler, resource, function, roles, params, data_key, tag, summary, builtin)
VALUES
    (306, 'GET', '/api/builders/me/dashboard', 'call', NULL, 'api.builder_dashboard', '{builder}', '{}',
     'dashboard', 'builders', 'The first page of your portal', true),
    (354, 'GET', '/api/customers/me/dashboard', 'call', NULL, 'api.customer_dashboard', '{customer}', '{}',
     'dashboard', 'customers', 'The first page of your portal', true),
    (514, 'GET', '/api/projects/{id}/stats', 'call', 'projects', 'api.project_stats', '{builder}', '{"id": "project_id"}',
     'stats', 'projects', 'The numbers of your project', true),
    (1801, 'GET', '/api/analytics/sales', 'call', NULL, 'api.sales_report', '{builder}', '{}',
     'sales', 'analytics', 'Sales by period', true),
    (1802, 'GET', '/api/analytics/inventory', 'call', NULL, 'api.inventory_report', '{builder}', '{}',
     'inventory', 'analytics', 'Units by state and age, absorption', true),
    (1803, 'GET', '/api/analytics/collections', 'call', NULL, 'api.collections_report', '{builder}', '{}',
     'collections', 'analytics', 'Paid, due, overdue, cash flow', true),
    (1804, 'GET', '/api/analytics/pipeline', 'call', NULL, 'api.pipeline_report', '{builder}', '{}',
     'pipeline', 'analytics', 'What stands in which state', true),
    (1805, 'GET', '/api/analytics/progress', 'call', NULL, 'api.progress_report', '{builder}', '{}',
     'projects', 'analytics', 'Progress against plan', true);
