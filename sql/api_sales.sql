-- Payments and change requests by requests alone: a plan, paying, confirming, a change
-- that costs, a refund; what each role may, and what is refused.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
CREATE FUNCTION receipts(j jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT regexp_replace(j::text, 'R1-[0-9]{4}-[0-9]{2}-', 'R1-*-', 'g')::jsonb
$$;
SELECT status FROM answer('POST', '/api/projects', '{"name": "Lake View", "project_type": "residential", "status": "launched", "city": "Pune"}', :'aya');
SELECT status FROM generate_series(1, 2) n, answer('POST', '/api/units', jsonb_build_object('project_id', 1, 'unit_number', n::text, 'price', 1000000.10), :'aya');
SELECT status, data #> '{booking,id}' FROM answer('POST', '/api/bookings', '{"unit_id": 1}', :'chitra');
SELECT status FROM answer('POST', '/api/bookings/1/confirm', NULL, :'aya');

-- A token, and a plan for the rest.
SELECT status, jsonb_pretty(data) FROM answer('POST', '/api/payments', '{"booking_id": 1, "kind": "token", "amount": 100000, "due_date": "2030-01-01"}', :'aya');
SELECT status, p ->> 'milestone', p -> 'amount', p ->> 'due_date' FROM answer('POST', '/api/payments/schedule', '{"booking_id": 1,
	"plan": {"type": "equal", "count": 3, "first_due_date": "2030-02-28", "interval_months": 6}}', :'aya'), jsonb_array_elements(data -> 'payments') p;
SELECT * FROM refusal('POST', '/api/payments/schedule', '{"booking_id": 1, "plan": {"type": "equal", "count": -1, "interval_days": "x"}}', :'aya');
SELECT * FROM refusal('POST', '/api/payments/schedule', '{"plan": []}', :'aya');
SELECT * FROM refusal('POST', '/api/payments/schedule', '{"booking_id": 1, "plan": {}}', :'bo');
SELECT * FROM refusal('POST', '/api/payments/schedule', '{"booking_id": 1, "plan": {}}', :'chitra');
SELECT * FROM refusal('POST', '/api/payments', '{"booking_id": 1, "kind": "gift", "amount": -1, "status": "paid"}', :'aya');
SELECT * FROM refusal('POST', '/api/payments', '{"booking_id": 99, "kind": "token", "amount": "much"}', :'aya');
SELECT * FROM refusal('POST', '/api/payments', '{"booking_id": 1, "amount": 1}', :'bo');
SELECT * FROM refusal('POST', '/api/payments', '{"booking_id": 1, "amount": 1}', :'aya');
SELECT * FROM refusal('POST', '/api/payments', '{"booking_id": 1, "amount": 1}', :'chitra');
SELECT * FROM refusal('POST', '/api/payments', '{"booking_id": 1, "amount": 1}');

-- Chitra pays; Aya confirms, and rejects what did not come.
SELECT * FROM refusal('POST', '/api/payments/1/pay', '{}', :'chitra');
SELECT * FROM refusal('POST', '/api/payments/1/pay', '{"method": "shells", "transaction_reference": ""}', :'chitra');
SELECT * FROM refusal('POST', '/api/payments/1/pay', '{"method": "upi", "transaction_reference": "U1", "amount": 1}', :'chitra');
SELECT * FROM refusal('POST', '/api/payments/1/pay', '{"method": "upi", "transaction_reference": "U1"}', :'dev');
SELECT status, data #>> '{payment,status}', data #>> '{payment,method}' FROM answer('POST', '/api/payments/1/pay', '{"method": "upi", "transaction_reference": "U1"}', :'chitra');
SELECT * FROM refusal('POST', '/api/payments/1/pay', '{"method": "upi", "transaction_reference": "U1"}', :'chitra');
SELECT * FROM refusal('POST', '/api/payments/2/pay', '{"method": "upi"}', :'chitra');
SELECT * FROM refusal('POST', '/api/payments/1/confirm', NULL, :'chitra');
SELECT * FROM refusal('POST', '/api/payments/1/confirm', NULL, :'bo');
SELECT status, jsonb_pretty(receipts(data)) FROM answer('POST', '/api/payments/1/confirm', NULL, :'aya');
SELECT * FROM refusal('POST', '/api/payments/1/confirm', NULL, :'aya');
SELECT status FROM answer('POST', '/api/payments/2/pay', '{"method": "cheque", "transaction_reference": "C1"}', :'chitra');
SELECT * FROM refusal('POST', '/api/payments/2/reject', '{"reason": "a\u0007b"}', :'aya');
SELECT status, data #>> '{payment,status}', data #>> '{payment,note}' FROM answer('POST', '/api/payments/2/reject', '{"reason": "It bounced."}', :'aya');
SELECT * FROM refusal('POST', '/api/payments/99/confirm', NULL, :'aya');

-- What is not paid can be changed and deleted, what is paid cannot.
SELECT status, data #>> '{payment,due_date}', data #> '{payment,amount}' FROM answer('PATCH', '/api/payments/3', '{"due_date": "2031-01-01", "amount": 250000.5}', :'aya');
SELECT * FROM refusal('PATCH', '/api/payments/3', '{"amount": 99999999}', :'aya');
SELECT * FROM refusal('PATCH', '/api/payments/3', '{"status": "paid", "paid_at": "2030-01-01T00:00:00Z"}', :'aya');
SELECT * FROM refusal('PATCH', '/api/payments/1', '{"amount": 1}', :'aya');
SELECT * FROM refusal('DELETE', '/api/payments/1', NULL, :'aya');
SELECT status FROM answer('DELETE', '/api/payments/4', NULL, :'aya');
SELECT * FROM refusal('DELETE', '/api/payments/3', NULL, :'bo');
SELECT * FROM refusal('GET', '/api/payments/3', NULL, :'bo');

-- Lists, of the caller's and of a booking, with filters.
SELECT status, p -> 'id', p ->> 'status' FROM answer('GET', '/api/payments?sort=due_date', NULL, :'chitra'), jsonb_array_elements(data -> 'payments') p;
SELECT status, p -> 'id' FROM answer('GET', '/api/bookings/1/payments?status=due&max_due_date=2031-12-31', NULL, :'aya'), jsonb_array_elements(data -> 'payments') p;
SELECT status, data #> '{pagination,totalItems}' FROM answer('GET', '/api/payments', NULL, :'bo');
SELECT * FROM refusal('GET', '/api/bookings/1/payments', NULL, :'dev');
SELECT * FROM refusal('GET', '/api/bookings/1/statement', NULL, :'dev');
SELECT * FROM refusal('GET', '/api/payments');
SELECT status, data #> '{pagination,totalItems}' FROM answer('GET', '/api/payments?min_amount=200000', NULL, :'root');

-- A change, asked for, mended, reviewed, approved once.
SELECT status, jsonb_pretty(data) FROM answer('POST', '/api/change-requests', '{"booking_id": 1, "title": "Wider door", "category": "layout"}', :'chitra');
SELECT status, data #>> '{change_request,title}' FROM answer('PATCH', '/api/change-requests/1', '{"title": "Wide door"}', :'chitra');
SELECT * FROM refusal('POST', '/api/change-requests', '{"booking_id": 1, "title": "", "category": "magic", "approved_cost": 0, "customer_id": 2}', :'chitra');
SELECT * FROM refusal('POST', '/api/change-requests', '{"booking_id": "one", "title": ""}', :'chitra');
SELECT * FROM refusal('POST', '/api/change-requests', '{"booking_id": 1, "title": "x"}', :'dev');
SELECT * FROM refusal('POST', '/api/change-requests', '{"booking_id": 1, "title": "x"}', :'aya');
SELECT status, data #>> '{change_request,status}', data #> '{change_request,estimated_cost}' FROM answer('POST', '/api/change-requests/1/review', '{"estimated_cost": 5000}', :'aya');
SELECT * FROM refusal('PATCH', '/api/change-requests/1', '{"title": "No door"}', :'chitra');
SELECT * FROM refusal('POST', '/api/change-requests/1/approve', '{}', :'aya');
SELECT * FROM refusal('POST', '/api/change-requests/1/approve', '{"approved_cost": -1000000000000}', :'aya');
SELECT * FROM refusal('POST', '/api/change-requests/1/approve', '{"approved_cost": 1}', :'bo');
SELECT * FROM refusal('POST', '/api/change-requests/1/approve', '{"approved_cost": 1}', :'chitra');
SELECT status, data #>> '{change_request,status}', data #> '{change_request,approved_cost}', data #>> '{change_request,decided_at}'
FROM answer('POST', '/api/change-requests/1/approve', '{"approved_cost": 4999.99, "decision_note": "With frame."}', :'aya');
SELECT * FROM refusal('POST', '/api/change-requests/1/approve', '{"approved_cost": 4999.99}', :'aya');
SELECT * FROM refusal('POST', '/api/change-requests/1/withdraw', NULL, :'chitra');
SELECT status, data #>> '{change_request,status}' FROM answer('POST', '/api/change-requests/1/complete', NULL, :'aya');
SELECT status FROM answer('POST', '/api/change-requests', '{"booking_id": 1, "title": "A pool"}', :'chitra');
SELECT status, data #>> '{change_request,decision_note}' FROM answer('POST', '/api/change-requests/3/reject', '{"decision_note": "No."}', :'aya');
SELECT status FROM answer('POST', '/api/change-requests', '{"booking_id": 1, "title": "A pond"}', :'chitra');
SELECT status, data #>> '{change_request,status}' FROM answer('POST', '/api/change-requests/4/withdraw', NULL, :'chitra');
SELECT status, c -> 'id', c ->> 'status' FROM answer('GET', '/api/change-requests?sort=id', NULL, :'aya'), jsonb_array_elements(data -> 'change_requests') c;
SELECT status FROM answer('GET', '/api/change-requests/1', NULL, :'chitra');
SELECT * FROM refusal('GET', '/api/change-requests/1', NULL, :'dev');
SELECT * FROM refusal('DELETE', '/api/change-requests/1', NULL, :'chitra');

-- The account of it all, a refund, and the end.
SELECT status, jsonb_pretty(receipts(data)) FROM answer('GET', '/api/bookings/1/statement', NULL, :'chitra');
SELECT * FROM refusal('POST', '/api/payments/1/refund', '{"amount": 100000.01}', :'aya');
SELECT * FROM refusal('POST', '/api/payments/1/refund', NULL, :'chitra');
SELECT status, data #>> '{payment,kind}', data #> '{payment,amount}', data #>> '{payment,status}', data #> '{payment,refund_of}'
FROM answer('POST', '/api/payments/1/refund', '{"amount": 1000, "reason": "Goodwill"}', :'aya');
SELECT * FROM refusal('POST', '/api/payments/1/refund', '{"amount": 1, "reason": "a\u0007b"}', :'aya');
SELECT * FROM refusal('POST', '/api/bookings/1/cancel', '{"reason": "a\u0007b"}', :'chitra');
SELECT status FROM answer('POST', '/api/bookings/1/cancel', '{"reason": "Moving"}', :'chitra');
SELECT p -> 'id', p ->> 'kind', p -> 'amount', p ->> 'status' FROM answer('GET', '/api/bookings/1/payments?sort=id', NULL, :'root'), jsonb_array_elements(data -> 'payments') p;
SELECT * FROM refusal('POST', '/api/payments/2/pay', '{"method": "upi", "transaction_reference": "U3"}', :'chitra');
SELECT data #> '{statement,paid}', data #> '{statement,refunds_due}', data #> '{statement,balance}' FROM answer('GET', '/api/bookings/1/statement', NULL, :'aya');
SELECT * FROM realty.check_invariants();
\i :end
