SELECT book((:base + n / 100 + :each * (n % 100))::int, 1 + (:client_id * 31) % :customers) FROM nextval('booked') n;
