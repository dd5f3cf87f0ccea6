-- The gateway's login may name what it may call (82 lists that), and sees nothing else:
-- functions are revoked from PUBLIC, tables are granted to nobody's login.

GRANT USAGE ON SCHEMA realty TO realty_gateway;
