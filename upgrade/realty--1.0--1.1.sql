\echo Use "ALTER EXTENSION realty UPDATE TO '1.1'" to load this file. \quit

-- Every relation is locked before anything is changed (docs/decisions/0043), so that requests and sessions under way wait for the commit instead
-- of meeting it half way, which would end in a deadlock and a 503. They take their locks in another order than this script, so
-- it never waits for one of theirs longer than it takes PostgreSQL to look for a deadlock: then it lets go of all it
-- has, and tries again. What it waits for are statements that run long and transactions that are left open.
DO $$
DECLARE
    -- well below deadlock_timeout, for a session that began to wait for us looks for a deadlock after that
    patience interval := current_setting('deadlock_timeout')::interval * 0.4;
    give_up timestamptz := clock_timestamp() + interval '5 minutes';
    attempt timestamptz;
    lock_timeout text := current_setting('lock_timeout');
    relation regclass;
BEGIN
    LOOP
        BEGIN
            attempt := clock_timestamp();
            -- views first, as requests do
            FOR relation IN
                SELECT c.oid FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
                JOIN pg_catalog.pg_extension e ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid
                WHERE e.extname = 'realty' AND c.relkind IN ('r', 'v') ORDER BY c.relkind DESC, c.oid
            LOOP
                PERFORM set_config('lock_timeout',
                    greatest(1, extract(milliseconds FROM attempt + patience - clock_timestamp())::integer)::text, true);
                EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', relation);
            END LOOP;
            PERFORM set_config('lock_timeout', lock_timeout, true);
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF clock_timestamp() > give_up THEN
                RAISE EXCEPTION 'the tables of realty were in use for five minutes'
                    USING ERRCODE = '55P03', HINT = 'End what has been in a transaction for long (pg_stat_activity), then update again.';
            END IF;
        END;
        PERFORM pg_sleep(0.1 + random() * 0.2);
    END LOOP;
END $$;

-- make check-upgrade prints what is missing here.

CREATE OR REPLACE FUNCTION realty.schema_facts() RETURNS TABLE (kind text, object text, definition text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2000
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET intervalstyle = 'postgres' SET quote_all_identifiers = off
BEGIN ATOMIC
    WITH owned AS MATERIALIZED (
        SELECT d.classid, d.objid, e.extowner FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
        WHERE e.extname = 'realty' AND d.deptype = 'e'
    ), relations AS MATERIALIZED (
        SELECT c.*, CASE WHEN c.relowner <> o.extowner THEN 'owner ' || pg_get_userbyid(c.relowner) END AS other_owner
        FROM pg_class c JOIN owned o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid
    ), facts (class, id, sub, definition) AS (
        SELECT 'pg_class'::regclass, c.oid, 0, CASE WHEN c.relkind = 'v' THEN concat_ws(' ', c.reloptions::text, md5(pg_get_viewdef(c.oid)), c.other_owner)
            ELSE concat_ws(' ', CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
                           'persistence ' || c.relpersistence::text, 'identity ' || c.relreplident::text, c.other_owner) END
        FROM relations c
        UNION ALL
        SELECT 'pg_class'::regclass, a.attrelid, a.attnum, concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''), pg_get_expr(d.adbin, d.adrelid))
        FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE c.relkind IN ('r', 'p')
        UNION ALL
        SELECT 'pg_class'::regclass, i.indexrelid, 0, pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid AND i.indislive THEN '' ELSE ' INVALID' END
        FROM pg_index i JOIN relations c ON c.oid = i.indrelid
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid, 0, concat_ws(' ', pg_get_constraintdef(k.oid),
            (SELECT 'enabled ' || string_agg(DISTINCT t.tgenabled::text, '') FROM pg_trigger t WHERE t.tgconstraint = k.oid))
        FROM pg_constraint k JOIN relations c ON c.oid = k.conrelid
        UNION ALL
        SELECT 'pg_trigger'::regclass, t.oid, 0, 'enabled ' || t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
        UNION ALL
        SELECT 'pg_policy'::regclass, p.oid, 0, concat_ws(' ', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, p.polcmd::text,
            'TO ' || (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END, ', ' ORDER BY pg_get_userbyid(r) COLLATE "C") FROM unnest(p.polroles) r),
            'USING ' || pg_get_expr(p.polqual, p.polrelid), 'WITH CHECK ' || pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN relations c ON c.oid = p.polrelid
        UNION ALL
        SELECT 'pg_proc'::regclass, f.oid, 0, concat_ws(' ', CASE WHEN f.prokind IN ('f', 'p') THEN md5(pg_get_functiondef(f.oid)) ELSE f.prokind::text END,
            CASE WHEN f.proowner <> o.extowner THEN 'owner ' || pg_get_userbyid(f.proowner) END)
        FROM pg_proc f JOIN owned o ON o.classid = 'pg_proc'::regclass AND o.objid = f.oid
    ), rights (class, id, sub, grantee, privilege) AS (
        SELECT 'pg_class'::regclass, c.oid, 0, a.grantee, a.privilege_type FROM relations c, aclexplode(c.relacl) a
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid, t.attnum, a.grantee, a.privilege_type
        FROM relations c JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
        UNION ALL
        SELECT 'pg_proc'::regclass, f.oid, 0, a.grantee, a.privilege_type
        FROM pg_proc f JOIN owned o ON o.classid = 'pg_proc'::regclass AND o.objid = f.oid, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
        UNION ALL
        SELECT 'pg_namespace'::regclass, n.oid, 0, a.grantee, a.privilege_type
        FROM pg_namespace n JOIN owned o ON o.classid = 'pg_namespace'::regclass AND o.objid = n.oid, aclexplode(n.nspacl) a
    )
    SELECT i.type, i.identity, f.definition FROM facts f, pg_identify_object(f.class, f.id, f.sub) i
    UNION ALL
    -- of a site's roles they may be members as it likes, but not of each other, nor of what reads everything
    SELECT 'role', r.rolname, concat_ws(' ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolbypassrls THEN 'passes by row security' END,
        'member of ' || coalesce((SELECT string_agg(g.rolname, ', ' ORDER BY g.rolname COLLATE "C") FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
            WHERE m.member = r.oid AND (starts_with(g.rolname, 'realty_') OR starts_with(g.rolname, 'pg_') OR g.rolsuper OR g.rolbypassrls)), 'none'))
    FROM pg_roles r WHERE r.rolname IN ('realty_anon', 'realty_customer', 'realty_builder', 'realty_admin', 'realty_analyst',
                                        'realty_authenticator', 'realty_gateway')
    UNION ALL
    SELECT 'right', coalesce(r.rolname, 'public') || ' on ' || i.identity, string_agg(g.privilege, ', ' ORDER BY g.privilege)
    FROM rights g LEFT JOIN pg_roles r ON r.oid = g.grantee, pg_identify_object(g.class, g.id, g.sub) i
    WHERE g.grantee = 0 OR r.rolname IN ('realty_anon', 'realty_customer', 'realty_builder', 'realty_admin', 'realty_analyst',
                                         'realty_authenticator', 'realty_gateway')
    GROUP BY 2;
END;

COMMENT ON TABLE realty.schema_objects IS
'What the install script made: each column, constraint, index, trigger, policy, view, function, role and right, as the catalog had it then.
CREATE EXTENSION fills it, and no dump carries it.';

-- Comments and descriptions, in the words of the install script.
COMMENT ON FUNCTION realty.install() IS 'Used once by CREATE EXTENSION: rejects a database that is not UTF8, creates the seven roles.
Errors: 0A000 for another encoding, 42710 for an existing role with superuser or BYPASSRLS.';
COMMENT ON FUNCTION realty.search_query(text, boolean) IS 'All words of q, or any of them, matched as prefixes; null when there is none. Error PT422 for more than 200 bytes or 10 words.';
COMMENT ON FUNCTION realty.unit_document(text, text, text, text) IS 'The document by which a unit is found, apart from its project''s.';
COMMENT ON FUNCTION realty.identity_key(text) IS 'The text as names are compared: NFKC, without case and zero-width characters, dashes and quotes of all kinds as - and '' and ",
single blanks between words and none around.';
COMMENT ON FUNCTION realty.is_line(text) IS 'Is it one line: without control, direction and zero-width characters, except joiners between letters and in emoji?';
COMMENT ON FUNCTION realty.has_known_characters(text) IS 'Is each of its characters assigned by Unicode, and not for private use? Identifying columns accept no others.';
COMMENT ON FUNCTION realty.is_mailbox(text) IS 'Is it one mailbox (RFC 5321), with a dotted local part and a domain of at least two labels, in letters of any alphabet?';
COMMENT ON FUNCTION realty.phone_e164(text, text) IS 'The number in E.164 form (+919845012345), a number without a country code as one of that country (ISO 3166); null when it cannot be determined.';
COMMENT ON FUNCTION realty.jsonb_text_size_within(jsonb, integer) IS 'Has the document at most that many bytes as text, and 32 levels? Computed without printing it, since 1e131071 is short only until then.';
COMMENT ON FUNCTION realty.is_bounded_json(jsonb, integer) IS 'Has the document at most that many bytes as text, 30 levels, and numbers of at most 40 digits and an exponent within 40?';
COMMENT ON FUNCTION realty.is_in_hundredths(numeric, integer) IS 'Has it at most 2 significant decimals, and at most that many digits before them, with either sign?';
COMMENT ON FUNCTION realty.is_web_address(text, integer) IS 'Is it an http or https address or a path of this site, of at most that many characters, without a user''s name, blanks, controls and backslashes?';
COMMENT ON FUNCTION realty.are_short_texts(text[], integer, integer) IS 'Are there at most that many, each with 1 to that many characters, in one dimension and none of them null?';
COMMENT ON COLUMN realty.users.anonymised_at IS 'When the account was deleted: personal data is removed from it, its bookings and entries remain.';
COMMENT ON COLUMN realty.users.phone_e164 IS 'phone in E.164 form, +919845012345, by the setting country where it has no country code; null when it cannot be determined. Maintained by a trigger.';
COMMENT ON CONSTRAINT users_email_is_not_of_the_deleted ON realty.users IS 'must not be an address of deleted accounts';
COMMENT ON COLUMN realty.builders.time_zone IS 'The builder''s time zone: every day, month and year of its business is in it. Initially the site''s (setting time_zone).';
COMMENT ON TABLE realty.builder_availability IS 'When a builder receives visitors, in builders.time_zone: weekly windows, and exceptions by date. The exceptions of a
date replace that day''s weekly windows. A builder without any weekly window receives Monday to Saturday from 10:00 to 18:00.';
COMMENT ON TABLE realty.audit_log IS 'The user, time and content of each change: one entry a row, and one a statement for inserts of units. Append only.';
COMMENT ON COLUMN realty.audit_log.old_row IS 'Before; of more than 64 kB the largest members are cut, and its member _cut has their sizes in bytes.';
COMMENT ON COLUMN realty.bookings.booking_number IS 'BK, the year of the booking in the builder''s time zone, a number: set by a trigger, from the default of # and a number.';
COMMENT ON COLUMN realty.bookings.hold_seconds_left IS 'How much of the hold was left when a payment came in; the hold resumes with it when the payment is rejected or refunded.';
COMMENT ON TABLE realty.change_requests IS 'A customer''s requests to alter a booked unit.';
COMMENT ON COLUMN realty.change_requests.estimated_cost IS 'Given with the review; the customer is notified of it, and it cannot rise. Without one only a change that costs nothing can be approved.';
COMMENT ON COLUMN realty.database_identity.id IS 'Made by CREATE EXTENSION, preserved by dump and restore, replaced by realty.renew_identity().';
COMMENT ON TABLE realty.messages IS 'Messages between two accounts. A thread is a root message and the messages whose parent it is, between the same two.';
COMMENT ON TABLE realty.notification_templates IS 'Texts of notifications by kind and audience. In title and body a name in braces stands for a fact of the event: {project}, {customer}.
Kinds that begin with booking_ have number, unit, project, customer, builder, until (of a hold) and reason; those with appointment_ have visit, time,
reason, project, customer and builder; those with payment_, refund_ and change_ have number, unit, project,
customer, builder, amount, title (of a payment its milestone), receipt and note, of a change also estimate and accepted; update_published has project, title and percent;
message_received has sender, subject and text; company_changed has company, license, was_company and was_license.';
COMMENT ON COLUMN realty.notifications.xact IS 'The transaction that wrote it, so that a stream can resume; set by a trigger, and again by a restore.';
COMMENT ON TABLE realty.outbox IS 'E-mails to be sent by the site''s mailer: see realty.outbox_take. No API role reads it.';
COMMENT ON COLUMN realty.outbox.data IS 'The values of the e-mail. A secret in it (token) is removed when it is delivered.';
COMMENT ON COLUMN realty.payment_references.method IS 'Empty for a payment without a method so far.';
COMMENT ON COLUMN realty.projects.is_listed IS 'Publicly visible and open for booking: the project is on sale, and its builder sells.';
COMMENT ON CONSTRAINT projects_latitude_goes_with_longitude ON realty.projects IS 'must be given together with longitude';
COMMENT ON COLUMN realty.resources.default_sort IS 'the default order; a leading - means descending';
COMMENT ON COLUMN realty.resources.lookups IS '{"column": "function (pattern text) → text[]"}: for a text column with few values, those that are ILIKE the pattern, so that
a filter on it becomes an equality that an index serves; null: too many, each row is checked';
COMMENT ON COLUMN realty.resources.implied IS '{"column": {"value": "boolean column"}}: rows with that value have the boolean column true; a filter by the value adds
it, so that an index can serve it. The boolean column is not shown';
COMMENT ON COLUMN realty.routes.resource IS 'the resource whose rows it handles; with call, the format of the rows in the response';
COMMENT ON COLUMN realty.routes.roles IS 'permitted callers: public (with or without a token), user (any token), builder, customer, admin (an administrator passes everywhere); anonymous: the token is ignored';
COMMENT ON COLUMN realty.routes.envelope IS 'seed: {"success": …, "data": …}; bare: the body is the value of data alone';
COMMENT ON TABLE realty.idempotency_keys IS 'First responses to requests with an Idempotency-Key, kept for 24 hours.';
COMMENT ON TABLE realty.refresh_tokens IS 'SHA-256 of every refresh token that has not expired. A used one that is sent again revokes its session.';
COMMENT ON TABLE realty.common_passwords IS 'Passwords that are rejected, in lower case. A site adds its own.';
COMMENT ON COLUMN realty.system_settings.is_public IS 'Readable by every client; otherwise by administrators only.';
COMMENT ON TABLE realty.transitions IS 'The state machines: permitted changes of status, the permitted actors, and the consequences.';
COMMENT ON COLUMN realty.transitions.entity IS 'The table that has the status; refunds are the payments of that kind.';
COMMENT ON COLUMN realty.units.shown IS 'Visible to others than its builder: publicly, or to its buyer. The common condition of policies and an index; a booking of a listed unit does not change it.';
COMMENT ON CONSTRAINT units_held_until_goes_with_held ON realty.units IS 'must be set while the status is held, and only then';
COMMENT ON TABLE realty.inventory IS 'The inventory ledger: every statement that changes units adds its difference as a row, so bookings of one project never
wait for each other. The sum per project is its stored count; a statement now and then folds unlocked rows.';
COMMENT ON COLUMN realty.inventory.blocked IS 'Difference in the number of blocked units: only their builder counts them.';
COMMENT ON TABLE realty.unit_changes IS 'Publicly visible changes of units, for the streams of their projects. Kept for an hour, and not included in dumps.';
COMMENT ON COLUMN realty.unit_changes.unit_id IS 'Empty for a change of too many units, or in place of older rows: a reader that has not received it reads all units.';
COMMENT ON FUNCTION realty.users_access() IS 'Trigger: ends the account''s sessions and its tokens for a new password, in e-mails too; its argument is the reason';
COMMENT ON FUNCTION realty.users_contact() IS 'Trigger: trims blanks around an e-mail address, maintains phone_e164.';
COMMENT ON FUNCTION realty.builders_relist() IS 'Trigger: the projects of a company whose account or verification changes leave the market, or return to it.';
COMMENT ON FUNCTION realty.builders_unverify() IS 'Trigger: a company that changes its name or licence is no longer verified, and the administrators are notified.';
COMMENT ON FUNCTION realty.erase_user(bigint) IS 'Removes the person from an account and from everything that refers to it, as DELETE of the account does; docs/erasure.md lists what is removed. For the owner alone. Errors PT404, PT409.';
COMMENT ON FUNCTION realty.unnest_few(bigint[]) IS 'The elements as rows. The planner expects one: for lists that are mostly that short, and whose rows are then fetched by an index.';
COMMENT ON FUNCTION realty.appointments_effects() IS 'Trigger: notifies customer and builder, except the acting user.';
COMMENT ON FUNCTION realty.clock_of(text, bigint, bigint) IS 'The time zone for a time without an offset: that of the appointment''s, booking''s or update''s builder, of
the project''s, else the caller''s. Owner only.';
COMMENT ON FUNCTION realty.open_hours(bigint, date, date) IS 'When the builder receives visitors on these days in the builder''s time zone: the exceptions of a day, else its weekly windows; without
any, Monday to Saturday from 10:00 to 18:00.';
COMMENT ON FUNCTION realty.busy_hours(bigint, tstzmultirange) IS 'When the builder''s active appointments are; without the customers, so it is public.';
COMMENT ON FUNCTION realty.window_faults(jsonb) IS 'All violations of opening hours as api.set_availability accepts them: a JSON array of {field, message}.';
COMMENT ON FUNCTION realty.audit_image(jsonb) IS 'The row as the audit log stores it: of more than 64 kB the largest members are cut, and _cut has their sizes in bytes.';
COMMENT ON FUNCTION realty.audit_append_only() IS 'Trigger: only a superuser can alter the audit log (PT403).';
COMMENT ON FUNCTION realty.bookings_guard() IS 'Trigger: which bookings are possible and how a booking may change. Errors PT409 (unit taken, hold lapsed, too many bookings, transition), PT422, PT403.';
COMMENT ON FUNCTION realty.bookings_hold_effects() IS 'Trigger: the unit is held as long as its booking, or booked while a payment keeps it; the parties are notified of an extended hold.';
COMMENT ON FUNCTION realty.booked_projects() IS 'Projects in which the caller has an active booking; empty when the caller is not a customer.';
COMMENT ON FUNCTION realty.expire_lapsed_hold(bigint) IS 'Expires the booking whose hold of this unit has lapsed, if there is one. Every role may call it: it only records what has happened by time.';
COMMENT ON FUNCTION realty.updates_guard() IS 'Trigger: a report names its author, is published once, and records the progress of that time. Errors PT422.';
COMMENT ON FUNCTION realty.updates_notify() IS 'Trigger: notifies the project''s buyers of what the statement has published.';
COMMENT ON FUNCTION realty.user_id() IS 'id of the signed-in user; null without one';
COMMENT ON FUNCTION realty.user_type() IS 'builder, customer or admin; null without a signed-in user';
COMMENT ON FUNCTION realty.session_id() IS 'id of the session that the access token belongs to; null without a signed-in user';
COMMENT ON FUNCTION realty.authenticate(text) IS 'assumes the identity and the role of an access token until the transaction ends; PT401 otherwise';
COMMENT ON FUNCTION realty.anon_token(integer) IS 'an anonymous token, for clients that have to send one (supabase-js): it grants no more than no token does; for the owner alone';
COMMENT ON FUNCTION realty.database_replace() IS 'Trigger: a new identity, by a restore too, replaces the existing one';
COMMENT ON FUNCTION realty.renew_identity() IS 'gives the database another identity and returns it: every earlier token, session and e-mail with a token is void. For a copy beside its original; for the owner alone';
COMMENT ON FUNCTION realty.sweep(integer) IS 'Expires lapsed holds, deletes old rows and applies a changed realty.verified_builders_only, at most that many of each kind, and returns how many. Nothing depends on it.
As many as the batch: call it again. Failures are logged as warnings, and retried by the next call. For the owner, or by a GRANT.';
COMMENT ON FUNCTION realty.statistics() IS 'What happened in this database since the server started (names that end in _total), and its present state; null where nothing is known so far.
At most 1000 e-mails and holds are counted, so it costs a millisecond. For the owner, or by a GRANT.';
COMMENT ON FUNCTION realty.metrics() IS 'the same in Prometheus'' text format, and every error by its code; the gateway adds it to its own';
COMMENT ON FUNCTION realty.status() IS 'The state of this database and its workers, for an operator: SELECT * FROM realty.status(). It lists settings that differ from
their defaults, without secrets. Deviations are those of the last check: realty.check_schema() and realty.check_invariants()
count anew. For the owner, or by a GRANT.';
COMMENT ON FUNCTION realty.messages_notify() IS 'Trigger: notifies the recipients.';
COMMENT ON FUNCTION realty.hide_message(bigint) IS 'Hides a message from the caller, its sender or recipient; null when there is none to hide.';
COMMENT ON FUNCTION realty.notifications_stamp() IS 'Trigger: records the writing transaction, and wakes its user''s streams at the commit.';
COMMENT ON FUNCTION realty.outbox_take(integer) IS 'e-mails to send now, the oldest first; one not reported by realty.outbox_done within five minutes is handed out again. For the mailer''s login, by a GRANT';
COMMENT ON FUNCTION realty.outbox_done(bigint) IS 'the e-mail is sent: its secret is removed; PT404 when none with that id is waiting';
COMMENT ON FUNCTION realty.outbox_came() IS 'Trigger: once committed, a worker notifies the listeners on realty_outbox';
COMMENT ON FUNCTION realty.payments_rollup() IS 'Trigger: maintains the booking''s totals of payments, once a statement. Error PT422: more than is owed, or than was paid.';
COMMENT ON FUNCTION realty.payment_plan(jsonb, numeric) IS 'The instalments into which a plan divides an amount, adding up to the cent. Errors PT422 (all violations of the plan), PT409 (nothing is left).';
COMMENT ON FUNCTION realty.projects_effects() IS 'Trigger: maintains builders.total_projects and the listing of units.';
COMMENT ON FUNCTION realty.request(text, text, jsonb, jsonb) IS 'answers one request of the API as the user of its bearer token; path with query string';
COMMENT ON FUNCTION realty.request_raw(text, text, text, bytea, inet) IS 'the same for bytes as a gateway received them; headers are "Name: value" lines, in and out. For its log: the route''s pattern, the caller, the time it took here, and the pg_stat_statements id of the request''s last own statement';
COMMENT ON FUNCTION realty.sessions_guard() IS 'Trigger: a session that has ended cannot be reopened (PT409)';
COMMENT ON FUNCTION realty.touch() IS 'Trigger: sets updated_at.';
COMMENT ON FUNCTION realty.keep_decimals() IS 'Trigger: writes the columns of its arguments with the number of decimals before them (100 as 100.00), and never rounds.';
COMMENT ON FUNCTION realty.round_decimals() IS 'Trigger: rounds the columns of its arguments to the number of decimals before them.';
COMMENT ON FUNCTION realty.validate() IS 'Trigger: rejects a row with all of its violations at once. Error PT422; DETAIL is a JSON array of {field, message}.';
COMMENT ON FUNCTION realty.row_faults(regclass, jsonb, text[]) IS 'The violations of a row of this relation made from the record: a JSON array of {field, message}. Columns in skip are left out,
NULL in a column with a default is not a violation.';
COMMENT ON FUNCTION realty.refer_visibly() IS 'Trigger, with arguments column, view of api and message by threes: a reference to a row that the writer cannot see is rejected like one
to an absent row. Error PT422.';
COMMENT ON FUNCTION realty.refuse_truncate() IS 'Trigger: TRUNCATE is rejected (PT409).';
COMMENT ON FUNCTION realty.refuse_faults(jsonb) IS 'Error PT422 with these violations, a JSON array of {field, message}; nothing when there are none.';
COMMENT ON FUNCTION realty.sample_places() IS 'Locations of sample projects; rate is rupees for a square foot.';
COMMENT ON FUNCTION realty.sample_bookings(integer) IS 'The plan of the bookings: unit, customer, outcome and time; blocked units have none.';
COMMENT ON FUNCTION realty.sample_parties() IS 'The recipients of each booking''s notifications, the facts for the templates, and the ids beside them.';
COMMENT ON FUNCTION realty.sample_sales(integer) IS 'Sample data: bookings in their final state, and their notifications.';
COMMENT ON FUNCTION realty.sample_reports(integer) IS 'Sample data: dated reports of construction, and their notifications.';
COMMENT ON FUNCTION realty.sample_messages(integer) IS 'Sample data: questions about bookings, their answers, and their notifications.';
COMMENT ON FUNCTION realty.record_schema() IS 'Makes the current catalog the reference: the last step but one of each install and upgrade script, and of an upgrade of PostgreSQL.';
COMMENT ON FUNCTION realty.check_schema() IS 'Where the catalog differs from that of the installed version: what is missing, changed or disabled, and rights and permissive
policies that were added. No rows when all is well; a site''s own indexes, triggers and constraints are not reported. For the owner, or by a GRANT.';
COMMENT ON FUNCTION realty.sessions_ended() IS 'Trigger: once committed, the streams of the session''s user repeat their request, and are rejected';
COMMENT ON FUNCTION realty.time_zone() IS 'The site''s time zone: for builders that set none, and for lists and counts across builders.';
COMMENT ON FUNCTION realty.caller_time_zone() IS 'The caller''s time zone: a builder''s own, the site''s for all others.';
COMMENT ON FUNCTION realty.settings_guard() IS 'Trigger: a known setting has a value of its type, and is public; updated_by is the account that writes. Error PT422.';
COMMENT ON FUNCTION realty.stream_until() IS 'The upper bound of this request''s events: what its statement sees, or the gateway''s X-Realty-Until.';
COMMENT ON FUNCTION realty.stream_floor(text) IS 'Changes of all transactions below this number have been delivered: where an index scan may start.';
COMMENT ON FUNCTION realty.stream_part(text, text, bigint, bigint) IS '0: the row was delivered, or is not to be delivered yet; 1: it is of the batch that the reader stopped within; 2: it is new.';
COMMENT ON FUNCTION realty.stream_start(text, bigint) IS 'The cursor of a reader that starts now; newest is the greatest xact visible to it.';
COMMENT ON FUNCTION realty.stream_is_polled() IS 'Does the request say Prefer: wait=0 (RFC 7240)? Then it wants one batch, and the connection is not kept open.';
COMMENT ON FUNCTION realty.stream_answer(text, text, boolean) IS 'A batch of events as the response to a request, with the headers that let the gateway keep it open: the topic that wakes it, and whether there is more already.';
COMMENT ON FUNCTION realty.stream_poll(bigint, integer) IS 'The gateway''s wait for events, for all of its streams: the topics concerned (null: any), and a cursor to read up to. Not the events themselves.';
COMMENT ON FUNCTION realty.begin_transition(text, bigint, text) IS 'Takes the locks for a change of status of a payment or a change request, in their order, and rejects an illegal one (PT409) or
one that the caller may not make (PT403). The caller has already shown that the row is visible.';
COMMENT ON FUNCTION realty.units_amended() IS 'Trigger: notifies the buyer and writes the audit log of an amendment and its reason.';
COMMENT ON FUNCTION realty.begin_amendment(bigint, text) IS 'Until the end of the transaction the columns that identify this unit for its buyer may change; the buyer is notified of the reason.';
COMMENT ON FUNCTION realty.fold_inventory(integer) IS 'Folds the ledger of at most that many projects with many rows, and returns them. For realty.sweep().';
COMMENT ON FUNCTION realty.trim_unit_changes(integer) IS 'Removes the old changes of at most that many projects, and returns them. For realty.sweep().';
COMMENT ON FUNCTION realty.sees_blocked(bigint) IS 'Does the caller see blocked units of this builder: the builder, an administrator, or without identity the owner of the table.';
COMMENT ON VIEW api.customers IS 'Customers: yourself; for builders those with a booking, an appointment or a message; all of them for administrators.';
COMMENT ON VIEW analytics.sales IS 'Every sale: a booking that was confirmed and is still active, on the day it was confirmed.';
COMMENT ON VIEW analytics.collections IS 'Every instalment of an active booking that is not paid yet, by how late it is.';
COMMENT ON VIEW analytics.pipeline IS 'Bookings, change requests and appointments by status.';
COMMENT ON COLUMN analytics.inventory.price IS 'Current price.';
COMMENT ON VIEW api.audit_log IS 'The history of changes: all of it for administrators, own bookings'' history for builders.';
COMMENT ON VIEW api.customers_at_limit IS 'Customers at the limit of open bookings or requested appointments with you, for whom a further one is rejected. Administrators see those of all companies together.';
COMMENT ON COLUMN api.customers_at_limit.requested_appointments IS 'In the future, and not confirmed yet.';
COMMENT ON VIEW api.change_requests IS 'Changes requested by customers, of the bookings you see.';
COMMENT ON VIEW api.private_builders IS 'Internal data of companies.';
COMMENT ON VIEW api.private_projects IS 'A company''s internal data about its projects.';
COMMENT ON VIEW api.private_units IS 'A company''s internal data about its units.';
COMMENT ON VIEW api.private_bookings IS 'A company''s internal data about its bookings.';
COMMENT ON VIEW api.private_customers IS 'The site''s internal data about its customers.';
COMMENT ON COLUMN api.sessions.revoked_at IS 'From then on its tokens are rejected. Set it to end a session.';
COMMENT ON COLUMN api.settings.default_value IS 'The value when it is not set; null for a setting of the site''s own.';
COMMENT ON FUNCTION api.register(text, text, text, text, text, text, text, text, text, text, text, text, text, numeric, numeric, jsonb) IS 'creates the account and the profile of a builder or a customer and logs in; PT422 with all violations, PT409 for a known e-mail';
COMMENT ON FUNCTION api.delete_me(text) IS 'erases the signed-in user: docs/erasure.md lists what is removed. A wrong password is a returned error, with response.status 403, so that it is counted; PT409 when open bookings or payments prevent it';
COMMENT ON FUNCTION api.delete_user(bigint) IS 'Deactivates an account and removes the person from it; bookings and audit entries keep referring to it. Administrators only. Errors PT404, PT409 (an open booking or payment).';
COMMENT ON FUNCTION realty.analysed_project(bigint) IS 'Its argument; error PT404 for a project whose numbers the caller may not see.';
COMMENT ON FUNCTION realty.inventory_totals(bigint) IS 'Units by status, of one project or all, as in the reports.';
COMMENT ON FUNCTION api.appointment_slots(bigint, date, integer) IS 'Times on that day, in the builder''s time zone, at which the project''s builder receives visitors and is free, each that many minutes long and counted from the opening.
With default_hours the builder has set no windows: Monday to Saturday from 10:00 to 18:00.
Errors PT404, PT422.';
COMMENT ON FUNCTION api.set_availability(jsonb, bigint) IS 'Replaces a builder''s weekly windows and exceptions by an array of {weekday or exception_date, opens, closes, is_open}.
An administrator names the builder. Errors PT422 with all violations, PT404.';
COMMENT ON FUNCTION api.reopen_booking(bigint, text) IS 'The builder opens a completed booking again; both parties are notified of the reason. Errors PT404, PT403, PT409 (not completed), PT422.';
COMMENT ON FUNCTION api.extend_booking(bigint, timestamptz, text) IS 'The builder holds the unit longer, at most realty.max_hold_extension from now; the customer is notified of the reason.
Errors PT404, PT409 (hold expired, or none that expires), PT422.';
COMMENT ON FUNCTION api.review_change_request(bigint, numeric) IS 'The builder reviews a change and gives an estimate of its cost: now or in a further review, when it may only fall. The customer is notified.
Errors PT404, PT403, PT409 (decided before, above the estimate that the customer has seen), PT422.';
COMMENT ON FUNCTION api.conversations(integer) IS 'Accounts with which you have exchanged messages, newest first: number of messages, number unread, and the last one. Error PT422.';
COMMENT ON FUNCTION api.schedule_payments(bigint, jsonb) IS 'Makes the instalments of what is left to schedule of a booking, in place of those still due.
The plan is one of
{"type": "equal", "count": 12, "first_due_date": "2027-01-31", "interval_months": 1} (or interval_days),
{"type": "milestones", "milestones": [{"milestone": "Roof", "percent": 40, "due_date": "2027-01-31"}]} (percents make 100),
{"type": "dates", "instalments": [{"due_date": "2027-01-31", "amount": 1000, "milestone": "Roof"}]}.
Errors PT404, PT403, PT409 (nothing left, booking ended), PT422 (all violations of the plan).';
COMMENT ON FUNCTION api.customer(api.bookings) IS 'The customer of the booking: id, name and kind.';
COMMENT ON FUNCTION api.customer(api.appointments) IS 'The customer of the appointment: id, name and kind.';
COMMENT ON FUNCTION api.customer(api.change_requests) IS 'The customer that requests it: id, name and kind.';
COMMENT ON FUNCTION api.users(api.notifications) IS 'The account that is notified: yours.';
COMMENT ON FUNCTION api.sender(api.messages) IS 'Its author: id, name and kind.';
COMMENT ON FUNCTION api.recipient(api.messages) IS 'Its recipient: id, name and kind.';
COMMENT ON FUNCTION realty.units_beside(text) IS 'Units that have a word of q in number, tower, type or facing, of at most a thousand projects that have one, visible or not.';
COMMENT ON FUNCTION api.project_hits(text) IS 'Projects with all words of q in name, location, registration or description, and their ranks. Error PT422.';
COMMENT ON FUNCTION api.builder_hits(text) IS 'Builders with all words of q in name, location or description, and their ranks. Error PT422.';
COMMENT ON FUNCTION api.unit_hits(text) IS 'Units with all words of q in number, tower, type and facing, or some there and the others in their project, and their ranks. Error PT422.';
COMMENT ON FUNCTION api.project_cities(text) IS 'Cities of the projects you may see that are ILIKE the pattern; null when there are 200 or more to check.';
COMMENT ON FUNCTION api.reset_password(text, text) IS 'sets a new password by the token of an e-mail, once, and ends all sessions; PT422 for an invalid token';
COMMENT ON FUNCTION api.reset_setting(text) IS 'An administrator resets a setting: the default is effective again, and a setting of the site''s own is removed (value null). Error PT404.';
COMMENT ON FUNCTION api.notifications_stream() IS 'Your notifications since Last-Event-ID as server-sent events, at most 100 at a time; without a valid cursor one event sync: read the list, changes follow from here.';
COMMENT ON FUNCTION api.project_stream(bigint) IS 'Changes of a project''s units since Last-Event-ID, as one server-sent event availability: the units as they are now, the ids of removed ones, and the counts. Event sync: read all of them, changes follow from here. Error PT404.';
COMMENT ON FUNCTION api.amend_unit(bigint, jsonb, text) IS 'The builder corrects what identifies a unit although it is booked; the buyer and the audit log receive the reason. Errors PT404, PT422.';
UPDATE realty.routes SET summary = 'The signed-in user' WHERE builtin AND summary = 'Who you are';
UPDATE realty.resources SET description = 'changes requested by customers' WHERE builtin AND description = 'changes that customers ask for';
UPDATE realty.routes SET summary = 'The submitted payment did not arrive' WHERE builtin AND summary = 'The money that was submitted did not come';
UPDATE realty.routes SET summary = 'Request a change of a unit you booked' WHERE builtin AND summary = 'Ask for a change of a unit you booked';
UPDATE realty.routes SET summary = 'Change the request, while it is submitted' WHERE builtin AND summary = 'Change what you ask for, while it is submitted';
UPDATE realty.resources SET description = 'customers at the limit of open bookings or appointments' WHERE builtin AND description = 'customers who have as much open as they may';
UPDATE realty.routes SET summary = 'Customers at the limit of open bookings or requested appointments with you; with all companies together, for administrators' WHERE builtin AND summary = 'Customers who have as many open bookings or requested appointments with you as one may have; with all companies together, for administrators';
UPDATE realty.routes SET summary = 'Request an appointment' WHERE builtin AND summary = 'Ask for an appointment';
UPDATE realty.routes SET summary = 'Write a message' WHERE builtin AND summary = 'Write to somebody';
UPDATE realty.routes SET summary = 'Accounts with which you exchange messages' WHERE builtin AND summary = 'With whom you exchange messages';
UPDATE realty.resources SET description = 'the history of changes, with the row before and after' WHERE builtin AND description = 'who changed what, with the row before and after';
UPDATE realty.routes SET summary = 'List customers: builders see those with a booking, an appointment or a message' WHERE builtin AND summary = 'List customers: builders see those who booked with them, made an appointment or wrote';
UPDATE realty.routes SET summary = 'Bookings, change requests and appointments by status' WHERE builtin AND summary = 'What stands in which state';
UPDATE realty.routes SET description = 'Server-sent events. availability: units (id, status, held_until, price) that have changed, ids of removed units, total_units and available_units. sync: read the units again, changes follow from here; it comes first, and when too much has changed. A unit whose held_until has passed is available with no further event. Resume with Last-Event-ID. Prefer: wait=0 asks for one batch.' WHERE builtin AND description = 'Server-sent events. availability: units (id, status, held_until, price) that have changed, ids of units that are gone, total_units and available_units. sync: read the units anew, changes follow from here; it comes first, and when too much has changed. A unit whose held_until has passed is available with no further event. Take up with Last-Event-ID. Prefer: wait=0 asks for what there is, and no more.';
UPDATE realty.routes SET description = 'Server-sent events. notification: as in the list. sync: read the list, changes follow from here; it comes first unless Last-Event-ID is given. end: the stream has ended with this error, for example because the token has expired. Prefer: wait=0 asks for one batch.' WHERE builtin AND description = 'Server-sent events. notification: as in the list. sync: read the list, news follow from here; it comes first unless Last-Event-ID is given. end: the stream has ended with this error, as when the token has expired. Prefer: wait=0 asks for what there is, and no more.';

-- What views took over from these columns is taken over again by complete_views().
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN
        SELECT a.attrelid::regclass AS view, a.attname FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class v ON v.oid = a.attrelid AND v.relkind = 'v' AND v.relnamespace = 'api'::regnamespace
        WHERE (v.relname, a.attname) IN (('users', 'email'), ('users', 'anonymised_at'), ('users', 'phone_e164'), ('builders', 'time_zone'),
            ('audit_log', 'old_row'), ('bookings', 'booking_number'), ('bookings', 'hold_seconds_left'), ('change_requests', 'estimated_cost'),
            ('notifications', 'xact'), ('projects', 'is_listed'), ('projects', 'latitude'), ('system_settings', 'is_public'), ('units', 'held_until'),
            ('units', 'shown'))
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS NULL', c.view, c.attname);
    END LOOP;
END $$;

ALTER FUNCTION realty.check_invariants() SET jit = off;

-- The end of each upgrade script, as of the install script.
SELECT realty.complete_views();
SELECT realty.record_schema();
NOTIFY pgrst, 'reload schema';
