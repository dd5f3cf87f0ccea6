GRANT EXECUTE ON FUNCTION realty.metrics() TO realty_gateway;
