-- A client of PostgREST sees views, and PostgreSQL keeps defaults and comments with tables.

SELECT realty.complete_views();
