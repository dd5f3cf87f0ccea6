-- Everything the extension owns, as in the catalog: a change that adds, drops or opens
-- something is visible here. First the rules that nothing may break (no rows, always),
-- then the inventory.
\pset format unaligned
\pset fieldsep ' | '
\pset footer off
\pset null '-'
CREATE TEMP VIEW owned AS
SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'realty' AND d.deptype = 'e';
CREATE TEMP VIEW rels AS
SELECT c.oid, c.relname, c.relkind, c.relnamespace, (n.nspname || '.' || c.relname) COLLATE "C" AS name, c.relrowsecurity, c.reloptions
FROM owned o JOIN pg_class c ON o.classid = 'pg_class'::regclass AND c.oid = o.objid JOIN pg_namespace n ON n.oid = c.relnamespace;
CREATE TEMP VIEW funcs AS
SELECT p.*, n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name
FROM owned o JOIN pg_proc p ON o.classid = 'pg_proc'::regclass AND p.oid = o.objid JOIN pg_namespace n ON n.oid = p.pronamespace;

-- Rules ------------------------------------------------------------------------
-- A table without row security
SELECT name FROM rels WHERE relkind IN ('r', 'p') AND NOT relrowsecurity;
-- A table or sequence that pg_dump would leave behind, and a mark for what is none of ours
SELECT r.name FROM rels r WHERE r.relkind IN ('r', 'S')
    AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'realty' AND r.oid = ANY (e.extconfig));
SELECT s.oid::regclass AS identity_sequence FROM rels r JOIN pg_depend d ON d.refobjid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
    JOIN pg_class s ON s.oid = d.objid AND d.classid = 'pg_class'::regclass AND s.relkind = 'S', pg_extension e
WHERE e.extname = 'realty' AND NOT s.oid = ANY (e.extconfig);
-- A table whose rows cannot be changed or deleted once it is published: it has neither a key nor FULL
SELECT r.name FROM rels r JOIN pg_class c USING (oid) WHERE r.relkind IN ('r', 'p') AND c.relreplident <> 'f'
    AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = r.oid AND CASE c.relreplident WHEN 'd' THEN i.indisprimary ELSE i.indisreplident END);
-- No comment: a table, a view, a function, a schema, or a CHECK that a person may meet
SELECT name FROM rels WHERE relkind IN ('r', 'v', 'm') AND obj_description(oid, 'pg_class') IS NULL ORDER BY name;
SELECT name FROM funcs WHERE obj_description(oid, 'pg_proc') IS NULL ORDER BY name;
SELECT n.nspname FROM owned o JOIN pg_namespace n ON o.classid = 'pg_namespace'::regclass AND n.oid = o.objid WHERE obj_description(n.oid, 'pg_namespace') IS NULL;
SELECT c.conname FROM pg_constraint c JOIN rels r ON r.oid = c.conrelid WHERE c.contype IN ('c', 'x') AND obj_description(c.oid, 'pg_constraint') IS NULL ORDER BY 1;
-- A CHECK that is not named as a fact of its table, or is not validated
SELECT r.name, c.conname FROM pg_constraint c JOIN rels r ON r.oid = c.conrelid
WHERE c.contype = 'c' AND (c.conname NOT LIKE r.relname || '\_%' OR c.conname LIKE '%\_check' OR NOT c.convalidated) ORDER BY 2;
-- An enumeration (status, type, kind …) that names no values for people
SELECT c.conname FROM pg_constraint c JOIN rels r ON r.oid = c.conrelid
WHERE c.conname LIKE '%\_is\_known' AND obj_description(c.oid, 'pg_constraint') NOT LIKE 'must be %' ORDER BY 1;
-- What PUBLIC may do
SELECT name, 'execute' AS may FROM funcs WHERE has_function_privilege('public', oid, 'EXECUTE')
UNION ALL SELECT name, a.privilege_type FROM rels JOIN pg_class c USING (oid), aclexplode(c.relacl) a WHERE a.grantee = 0
UNION ALL SELECT n.nspname, a.privilege_type FROM owned o JOIN pg_namespace n ON o.classid = 'pg_namespace'::regclass AND n.oid = o.objid, aclexplode(n.nspacl) a WHERE a.grantee = 0;
-- SECURITY DEFINER without a pinned search_path
SELECT name FROM funcs WHERE prosecdef AND NOT EXISTS (SELECT FROM unnest(proconfig) s WHERE s LIKE 'search\_path=%');
-- A SQL or PL function whose body is a text, looked up by the caller's search_path
SELECT f.name FROM funcs f JOIN pg_language l ON l.oid = f.prolang WHERE l.lanname <> 'c' AND f.prosqlbody IS NULL
    AND NOT EXISTS (SELECT FROM unnest(f.proconfig) s WHERE s LIKE 'search\_path=%');
-- A view that runs as its owner, unless it is a barrier
SELECT name FROM rels WHERE relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
    AND NOT coalesce('security_barrier=true' = ANY (reloptions), false);
-- A right on a view of api that its table does not give, or the other way round, for an API role
SELECT g.grantee, g.table_name, g.column_name, g.privilege_type, string_agg(g.table_schema, ', ') AS only_in
FROM information_schema.role_column_grants g
WHERE g.table_schema IN ('api', 'realty') AND g.grantee LIKE 'realty\_%' AND g.privilege_type IN ('INSERT', 'UPDATE')
    AND NOT (g.grantee IN ('realty_builder', 'realty_admin') AND g.table_name = 'units' AND g.column_name IN ('status', 'held_until'))
    AND NOT (g.table_schema = 'realty' AND g.table_name = 'payments' AND g.column_name IN ('status', 'method', 'transaction_reference', 'refund_of', 'note'))
    AND NOT (g.table_schema = 'realty' AND g.table_name = 'change_requests' AND g.column_name IN ('status', 'estimated_cost', 'approved_cost', 'decision_note'))
GROUP BY 1, 2, 3, 4 HAVING count(*) <> 2 ORDER BY 1, 2, 3, 4;
-- A policy that no API role's grant serves, or a grant that no policy lets through
SELECT r.relname, x.role, a.privilege_type AS granted FROM rels r JOIN pg_class c USING (oid), aclexplode(c.relacl) a,
    LATERAL (SELECT a.grantee::regrole::text) x (role)
WHERE r.relkind = 'r' AND x.role IN ('realty_anon', 'realty_customer', 'realty_builder', 'realty_admin') AND a.privilege_type IN ('SELECT', 'DELETE')
    AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = r.oid AND a.grantee = ANY (p.polroles)
                    AND p.polcmd IN ('*', CASE a.privilege_type WHEN 'SELECT' THEN 'r' ELSE 'd' END)) ORDER BY 1, 2, 3;
-- A restrictive policy, one for PUBLIC, or one that names the role and not the identity
SELECT r.relname, p.polname FROM pg_policy p JOIN rels r ON r.oid = p.polrelid WHERE NOT p.polpermissive OR 0 = ANY (p.polroles);
SELECT r.relname, p.polname FROM pg_policy p JOIN rels r ON r.oid = p.polrelid
WHERE 'realty_admin'::regrole = ANY (p.polroles) AND coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) !~ 'realty\.(user_type|user_id)\(\)';
-- Identity functions that a policy calls row by row
SELECT r.relname, p.polname FROM pg_policy p JOIN rels r ON r.oid = p.polrelid,
    LATERAL (SELECT concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))) e (text)
WHERE regexp_count(e.text, 'realty\.[a-z_]+\(\)') <> regexp_count(e.text, 'SELECT \(?realty\.[a-z_]+\(\)');
-- A trigger whose name does not say its place, or not of its table; a table with updated_at and no touch, with CHECKs and no validator last
SELECT r.relname, t.tgname FROM pg_trigger t JOIN rels r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgname !~ ('^' || r.relname || '_[0-9]{3}_');
SELECT r.relname FROM rels r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = 'updated_at' WHERE r.relkind = 'r'
    AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = r.oid AND t.tgfoid = 'realty.touch'::regproc);
SELECT r.relname FROM rels r WHERE r.relkind = 'r' AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attname = 'extra')
    AND 'realty.validate' IS DISTINCT FROM (SELECT t.tgfoid::regproc::text FROM pg_trigger t WHERE t.tgrelid = r.oid AND NOT t.tgisinternal
         AND t.tgtype & 2 = 2 AND t.tgtype & 1 = 1 ORDER BY t.tgname DESC LIMIT 1);
-- A foreign key that does more than refuse, and one whose own side has no index
SELECT c.conname, c.confdeltype FROM pg_constraint c JOIN rels r ON r.oid = c.conrelid WHERE c.contype = 'f' AND c.confdeltype NOT IN ('r', 'a') ORDER BY 1;
SELECT c.conrelid::regclass, c.conname FROM pg_constraint c JOIN rels r ON r.oid = c.conrelid
WHERE c.contype = 'f' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]) ORDER BY 2;
-- An invalid index, an unlogged table, a key that is not an identity
SELECT i.indexrelid::regclass FROM pg_index i JOIN rels r ON r.oid = i.indrelid WHERE NOT i.indisvalid;
SELECT r.name FROM rels r JOIN pg_class c USING (oid) WHERE c.relpersistence <> 'p';
SELECT r.name FROM rels r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = 'id' WHERE r.relkind = 'r' AND a.attidentity <> 'a';
-- A view's column that may be inserted and has not its table's default (one that calls a function of realty stays the table's);
-- one that has not its table's comment or rules
CREATE TEMP VIEW pairs AS
SELECT v.oid AS view, a.attnum, a.attname, a.attacl, t.oid AS "table", t.relname, b.attnum AS at, b.attgenerated,
    (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = v.oid AND d.adnum = a.attnum) AS view_default,
    (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = t.oid AND d.adnum = b.attnum) AS table_default
FROM rels v JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0 JOIN rels t ON t.relname = v.relname AND t.name LIKE 'realty.%'
    JOIN pg_attribute b ON b.attrelid = t.oid AND b.attname = a.attname WHERE v.name LIKE 'api.%' AND v.relkind = 'v';
SELECT relname, attname, view_default, table_default FROM pairs
WHERE attgenerated = '' AND view_default IS DISTINCT FROM table_default
    AND (view_default IS NOT NULL OR table_default NOT LIKE '%realty.%' AND EXISTS (SELECT FROM aclexplode(attacl) g WHERE g.privilege_type = 'INSERT'));
SELECT p.relname, p.attname FROM pairs p WHERE col_description(view, attnum) IS NULL AND (col_description("table", at) IS NOT NULL
    OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = "table" AND k.contype = 'c' AND starts_with(k.conname, relname || '_' || attname || '_')));
DROP VIEW pairs;
-- Roles: no superuser, no BYPASSRLS, no password, no inheriting login
SELECT rolname FROM pg_authid WHERE rolname LIKE 'realty\_%'
    AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolpassword IS NOT NULL OR rolcanlogin AND rolinherit);

-- Inventory --------------------------------------------------------------------
SELECT rolname, rolcanlogin AS login, rolinherit AS inherits,
    (SELECT string_agg(m.roleid::regrole::text, ', ' ORDER BY m.roleid::regrole::text) FROM pg_auth_members m WHERE m.member = a.oid) AS member_of
FROM pg_authid a WHERE rolname LIKE 'realty\_%' ORDER BY 1;
SELECT n.nspname AS schema, (SELECT string_agg(a.grantee::regrole::text || '=' || a.privilege_type, ', ' ORDER BY 1) FROM aclexplode(n.nspacl) a WHERE a.grantee <> n.nspowner) AS granted
FROM owned o JOIN pg_namespace n ON o.classid = 'pg_namespace'::regclass AND n.oid = o.objid ORDER BY 1;
SELECT r.name AS "table", (SELECT count(*) FROM pg_policy p WHERE p.polrelid = r.oid) AS policies, nullif(m.condition, '') AS dumped
FROM rels r LEFT JOIN (SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension WHERE extname = 'realty') m ON m.oid = r.oid
WHERE r.relkind = 'r' ORDER BY r.name;
SELECT r.name AS sequence FROM rels r WHERE r.relkind = 'S' ORDER BY 1;
SELECT name AS view, array_to_string(reloptions, ', ') AS options FROM rels WHERE relkind = 'v' ORDER BY name;
SELECT r.relname AS "table", p.polname AS policy, CASE p.polcmd WHEN '*' THEN 'all' WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' ELSE 'delete' END AS cmd,
    (SELECT string_agg(replace(x::regrole::text, 'realty_', ''), ', ' ORDER BY x::regrole::text) FROM unnest(p.polroles) x) AS "to"
FROM pg_policy p JOIN rels r ON r.oid = p.polrelid ORDER BY r.relname, p.polname;
SELECT r.relname AS "table", t.tgname AS trigger, t.tgfoid::regproc AS calls,
    concat_ws(' ', CASE WHEN t.tgtype & 2 = 2 THEN 'before' WHEN t.tgtype & 64 = 64 THEN 'instead' ELSE 'after' END,
        CASE WHEN t.tgtype & 4 = 4 THEN 'insert' END, CASE WHEN t.tgtype & 16 = 16 THEN 'update' END,
        CASE WHEN t.tgtype & 8 = 8 THEN 'delete' END, CASE WHEN t.tgtype & 32 = 32 THEN 'truncate' END,
        CASE WHEN t.tgtype & 1 = 1 THEN 'row' ELSE 'statement' END) AS fires
FROM pg_trigger t JOIN rels r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal ORDER BY r.relname, t.tgname;
SELECT f.name AS function, l.lanname AS language, CASE f.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
    CASE WHEN f.proisstrict THEN 'strict' END AS strict, CASE f.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel,
    concat_ws(' ', CASE WHEN f.proleakproof THEN 'leakproof' END, CASE WHEN f.prosecdef THEN 'definer' END, array_to_string(f.proconfig, ' ')) AS more,
    (SELECT string_agg(replace(a.grantee::regrole::text, 'realty_', ''), ', ' ORDER BY a.grantee::regrole::text) FROM aclexplode(f.proacl) a WHERE a.grantee <> f.proowner) AS granted
FROM funcs f JOIN pg_language l ON l.oid = f.prolang ORDER BY f.name COLLATE "C";
-- Keys, and columns that are never empty
SELECT r.relname AS "table", c.conname AS constraint, pg_get_constraintdef(c.oid) AS definition
FROM pg_constraint c JOIN rels r ON r.oid = c.conrelid WHERE r.relkind = 'r' AND c.contype IN ('p', 'u', 'x', 'f') ORDER BY r.relname COLLATE "C", c.conname COLLATE "C";
SELECT r.relname AS "table", i.indexrelid::regclass AS "unique index" FROM pg_index i JOIN rels r ON r.oid = i.indrelid
WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY i.indexrelid::regclass::text COLLATE "C";
SELECT r.relname AS "table", string_agg(a.attname, ', ' ORDER BY a.attnum) AS "not null"
FROM rels r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND a.attnotnull WHERE r.relkind = 'r' GROUP BY r.relname ORDER BY r.relname COLLATE "C";
SELECT r.relname AS "table", t.tgname AS trigger, CASE t.tgenabled WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' ELSE 'never' END AS fires FROM pg_trigger t JOIN rels r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled <> 'O' ORDER BY 1, 2;
-- Rights on whole tables, then on columns
SELECT r.name, replace(x.role, 'realty_', '') AS role, string_agg(lower(a.privilege_type), ', ' ORDER BY a.privilege_type) AS may
FROM rels r JOIN pg_class c USING (oid), aclexplode(c.relacl) a, LATERAL (SELECT a.grantee::regrole::text) x (role)
WHERE a.grantee <> c.relowner GROUP BY r.name, x.role ORDER BY r.name, x.role;
SELECT r.name, replace(x.role, 'realty_', '') AS role, lower(a.privilege_type) AS may, string_agg(t.attname, ', ' ORDER BY t.attnum) AS columns
FROM rels r JOIN pg_attribute t ON t.attrelid = r.oid, aclexplode(t.attacl) a, LATERAL (SELECT a.grantee::regrole::text) x (role)
GROUP BY r.name, x.role, a.privilege_type ORDER BY r.name, x.role, a.privilege_type;
-- Settings
SELECT name, context, vartype AS type, unit, boot_val AS default FROM pg_settings WHERE name LIKE 'realty.%' ORDER BY name COLLATE "C";
DROP VIEW funcs, rels, owned;
