INSERT INTO realty.routes (id, method, path, handler, function, roles, data_key, tag, summary, builtin)
VALUES
    (1701, 'GET', '/api/search', 'call', 'api.search', '{public}', 'results', 'search',
     'Projects, builders and units in one ranked list', true);
