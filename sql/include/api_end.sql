\set QUIET on
\c postgres
SET client_min_messages = warning;
DROP DATABASE regression_api;
