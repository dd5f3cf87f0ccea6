-- Decisions on change requests, with the caller's rights: first the row must be visible,
-- then it is locked and the state machine consulted, then the guards decide.

CREATE FUNCTION api.review_change_request(change_request_id bigint, estimated_cost numeric DEFAULT NULL)
RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'under_review');
    UPDATE realty.change_requests c
    SET status = 'under_review', estimated_cost = coalesce(review_change_request.estimated_cost, c.estimated_cost)
    WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.review_change_request(bigint, numeric) IS
'The builder reviews a change and gives an estimate of its cost: now or in a further review, when it may only fall. The customer is notified.
Errors PT404, PT403, PT409 (decided before, above the estimate that the customer has seen), PT422.';

CREATE FUNCTION api.approve_change_request(change_request_id bigint, approved_cost numeric, decision_note text DEFAULT NULL)
RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'approved');
    UPDATE realty.change_requests c
    SET status = 'approved', approved_cost = approve_change_request.approved_cost,
        decision_note = approve_change_request.decision_note
    WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.approve_change_request(bigint, numeric, text) IS
'The builder will do it for this cost: the booking''s total grows by it, and an instalment opens.
Errors PT404, PT403, PT409 (decided before, booking ended, no estimate, above the estimate and not accepted, a credit of more than is left to pay), PT422.';

CREATE FUNCTION api.accept_change_request(change_request_id bigint, cost numeric) RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
SET realty.argument_names = 'accepted_cost=cost'
BEGIN ATOMIC
    SELECT realty.refuse_field(cost IS NULL, 'cost', 'is required');
    SELECT realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id));
    UPDATE realty.change_requests c SET accepted_cost = cost WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.accept_change_request(bigint, numeric) IS
'The customer agrees to a cost above the estimate, up to which the builder may approve it then. Errors PT404, PT409 (decided before, no estimate yet), PT422.';

CREATE FUNCTION api.reject_change_request(change_request_id bigint, decision_note text DEFAULT NULL)
RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'rejected');
    UPDATE realty.change_requests c SET status = 'rejected', decision_note = reject_change_request.decision_note
    WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.reject_change_request(bigint, text) IS
'The builder will not do it. Errors PT404, PT403, PT409 (decided before), PT422.';

CREATE FUNCTION api.complete_change_request(change_request_id bigint) RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'completed');
    UPDATE realty.change_requests c SET status = 'completed' WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.complete_change_request(bigint) IS
'The builder has done it. Errors PT404, PT403, PT409 (not approved).';

CREATE FUNCTION api.withdraw_change_request(change_request_id bigint) RETURNS SETOF api.change_requests
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT realty.begin_transition('change_requests',
        realty.found((SELECT c.id FROM api.change_requests c WHERE c.id = change_request_id)), 'withdrawn');
    UPDATE realty.change_requests c SET status = 'withdrawn' WHERE c.id = change_request_id;
    SELECT v.* FROM api.change_requests v WHERE v.id = change_request_id;
END;
COMMENT ON FUNCTION api.withdraw_change_request(bigint) IS
'The customer no longer wants it. Errors PT404, PT403, PT409 (decided before).';
