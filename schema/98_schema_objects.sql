-- Last of all that makes or grants something. Each upgrade script does so as well.

SELECT realty.record_schema();
